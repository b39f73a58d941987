"""Between values and rows: what a draft becomes in the tables, and what comes back from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from parsers import Block, Draft, Hints, Image, Origin
from storage.damage import Illegible

PLAIN = (
    "title", "subtitle", "description", "text", "byline", "published_precision", "language", "section",
    "is_free", "kind", "dateline", "license", "canonical_url", "site_name", "word_count",
)  # fmt: skip

JSON_COLUMNS = ("authors", "tags", "images", "blocks", "provenance")
EDITORIAL = tuple(name for name in PLAIN if name != "word_count")  # what makes a new version when it changes


def storable(text: str) -> str:
    """Drop what neither database takes in a text: NUL, and lone surrogates (as "?")."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


class WrittenJson(str):
    """A value that is JSON already: compact_json() wrote it before the database was asked."""

    __slots__ = ()


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact_json(value: Any) -> WrittenJson:
    r"""Write JSON without needless blanks, readable in any script, without NUL (`jsonb` refuses \u0000)."""
    try:
        written = orjson.dumps(value).decode()
    except TypeError:  # lone surrogates, numbers above 64 bits: what the standard library takes all the same
        written = storable(_write(value))
    if "\\u0000" in written:
        written = storable(_write(_without_nul(value)))
    return WrittenJson(written)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list | tuple) else value


_NO_HINTS = Hints()


def hints_to_json(hints: Hints) -> dict[str, Any] | None:
    """Write hints as a small object, None where there is nothing in them."""
    if hints == _NO_HINTS:
        return None
    return {key: value for key, value in asdict(hints).items() if value}


def hints_from_json(found: Mapping[str, Any] | None) -> Hints:
    """Read hints back."""
    if not found:
        return _NO_HINTS
    return Hints(**{**found, "authors": tuple(found.get("authors", ()))})


def draft_columns(draft: Draft) -> dict[str, Any]:
    """Return the columns of `article` that a draft fills, times still aware."""
    columns = {name: _clean(getattr(draft, name)) for name in PLAIN}
    columns["authors"] = [storable(author) for author in draft.authors]
    columns["tags"] = [storable(tag) for tag in draft.tags]
    columns["images"] = [image_to_json(image) for image in draft.images]
    columns["blocks"] = [block_to_json(block) for block in draft.blocks]
    columns["provenance"] = {
        name: {"rule": origin.rule, "place": origin.place, "raw": origin.raw}
        for name, origin in draft.provenance.items()
    }
    for name in ("published", "modified"):
        moment = getattr(draft, f"{name}_at")
        columns[f"{name}_at"] = moment
        columns[f"{name}_offset"] = _offset_minutes(moment)
    return columns


def with_offset(moment: datetime | None, minutes: int | None) -> datetime | None:
    """Give a UTC time its page's own offset back."""
    if moment is None or not minutes:
        return moment
    return moment.astimezone(timezone(timedelta(minutes=minutes)))


def article_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a row of `article` into the fields of an Article."""
    values = {
        name: value for name, value in row.items() if not name.endswith(("_offset", "position", "place"))
    }
    for name in ("published", "modified"):
        values[f"{name}_at"] = with_offset(row[f"{name}_at"], row[f"{name}_offset"])
    return values | nested_values(row)


def nested_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the JSON columns of `article` into values; Illegible where one has not the shape of its column."""
    values = {}
    for name, read in _NESTED.items():
        try:
            values[name] = read(row[name])
        except (AttributeError, KeyError, TypeError):
            which = f"article {row['id']}: " if "id" in row else ""
            raise Illegible(f"{which}its {name} are no {name}: {str(row[name])[:60]!r}") from None
    return values


def _texts(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list):
        raise TypeError
    return tuple(_text(one) for one in found)


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise TypeError
    return found


def _image_from_json(found: Mapping[str, Any]) -> Image:
    told: dict[str, Any] = {name: None if value is None else _text(value) for name, value in found.items()}
    return Image(**told)


_NESTED: dict[str, Callable[[Any], Any]] = {
    "authors": _texts,
    "tags": _texts,
    "images": lambda found: tuple(map(_image_from_json, found)),
    "blocks": lambda found: tuple(map(block_from_json, found)),
    "provenance": lambda found: {
        name: Origin(**{part: _text(value) for part, value in origin.items()})
        for name, origin in found.items()
    },
}


def read_json(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns of `article` with the lists and objects that their JSON holds."""
    return {**columns, **{name: json.loads(columns[name]) for name in JSON_COLUMNS}}


def draft_of(columns: Mapping[str, Any]) -> Draft:
    """Return the draft that filled these columns."""
    values = article_values(columns)
    return Draft(**{field.name: values[field.name] for field in fields(Draft) if field.name in values})


def block_from_json(found: Mapping[str, Any]) -> Block:
    """Read one block of the story back."""
    _text(found["kind"]), _text(found["text"])
    return Block(**{**found, "items": _texts(found.get("items", []))})


def block_to_json(block: Block) -> dict[str, Any]:
    """Write one block of the story, without what it does not have."""
    found: dict[str, Any] = {"kind": block.kind, "text": block.text}
    if block.level:
        found["level"] = block.level
    if block.items:
        found["items"] = list(block.items)
    if block.ordered:
        found["ordered"] = True
    return found


def image_to_json(image: Image) -> dict[str, Any]:
    """Write one picture, without what is not told of it."""
    found = {"url": image.url, "caption": image.caption, "credit": image.credit}
    return {name: value for name, value in found.items() if value is not None}


def _offset_minutes(moment: datetime | None) -> int | None:
    offset = None if moment is None else moment.utcoffset()
    return None if offset is None else int(offset.total_seconds() // 60)


def editorial(source: Draft | Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields whose change makes a new version, in the form that JSON gives back.

    `source` is a draft, or a row of `article`.
    """
    row = draft_columns(source) if isinstance(source, Draft) else source
    content = {name: row[name] for name in EDITORIAL}
    moment = with_offset(row["published_at"], row["published_offset"])
    content["published_at"] = None if moment is None else moment.isoformat()
    content["authors"] = list(row["authors"])
    content["tags"] = list(row["tags"])
    return content


def kept_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that a superseded version is remembered by: its editorial fields, blocks and images."""
    moment = with_offset(row["modified_at"], row["modified_offset"])
    return {
        **editorial(row),
        "modified_at": None if moment is None else moment.isoformat(),
        "word_count": row["word_count"],
        "blocks": list(row["blocks"]),
        "images": list(row["images"]),
    }


def _clean(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
