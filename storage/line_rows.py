"""Lines read: from JSON to rows, with everything that follows from a text worked out anew.

A line may have been edited, or come from an archive that other rules made: what it says of itself (hashes,
marks of near copies, its place in time) is believed only where it fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from parsers import Block, Image
from parsers.language import count_words
from storage import clusters
from storage.codec import block_to_json, hints_from_json, hints_to_json, image_to_json, storable
from storage.identity import text_hash
from storage.line_shape import Line
from storage.models import ARTICLE
from storage.places import stands_in_time, wanted_position

_OFFSETS = ("published", "modified")


class BadLineError(ValueError):
    """A line is none that Cleanwire wrote; the message has its number and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line as rows: of `article`, of its history, of its ledger; `links` None where it tells of none.

    `edited` says that hashes or marks are others than the line gave.
    """

    row: dict[str, Any]
    keys: list[bytes]
    revisions: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    source: dict[str, Any] | None
    other_sources: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] | None = None
    edited: bool = False

    @property
    def named(self) -> set[int]:
        """The numbers of all articles that tries at its links are of."""
        tries = (one["article_id"] for link in self.links or () for one in link["tries"])
        return {number for number in tries if number is not None}


def read_lines(numbered: Iterable[tuple[int, str | bytes]]) -> list[Record]:
    """Read lines, each with its number, leaving out blank ones; BadLineError for one that is none of ours."""
    told = [_read(number, line) for number, line in numbered if line.strip()]
    rows = [_row(one) for one in told]
    marks = clusters.near_hashes([row["text"] for row in rows])
    return [_record(*each) for each in zip(told, rows, marks, strict=True)]


def _read(number: int, line: str | bytes) -> dict[str, Any]:
    try:
        return Line.model_validate_json(line, strict=True).model_dump()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else first["msg"]
        raise BadLineError(f"line {number}: no line of `cleanwire export` ({reason[:200]})") from None


def _record(told: Mapping[str, Any], row: dict[str, Any], mark: str | None) -> Record:
    revisions = [{**one, "content_hash": _version_hash(one)} for one in told["revisions"]]
    own = text_hash(row["title"], row["text"])
    revisions[-1]["content_hash"] = own
    edited = (own, mark) != (row["content_hash"], row["near_hash"])
    if own != row["content_hash"]:
        row["word_count"] = count_words(row["text"])
    row |= {"content_hash": own, "near_hash": mark}
    if not stands_in_time(row):
        row["position"] = wanted_position(row, row["id"])
    keys = [bytes.fromhex(key) for key in told["addresses"]]
    told_links = told["links"]
    links = None if told_links is None else [_link(one) for one in told_links]
    return Record(row, keys, revisions, told["changes"], told["source"], told["other_sources"], links, edited)


def _row(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of `article`, as a page's would be."""
    row = {column.name: told.get(column.name) for column in ARTICLE.columns}
    row |= {"title": storable(told["title"]), "text": storable(told["text"])}
    row["images"] = [image_to_json(Image(**image)) for image in told["images"]]
    row["blocks"] = [block_to_json(Block(**block)) for block in told["blocks"]]
    for name in _OFFSETS:
        moment = row[f"{name}_at"]
        row[f"{name}_offset"] = None if moment is None else int(moment.utcoffset().total_seconds() // 60)
    return row


def _version_hash(revision: Mapping[str, Any]) -> str:
    content = revision["content"] or {}
    return text_hash(str(content.get("title")), str(content.get("text")))


def _link(told: Mapping[str, Any]) -> dict[str, Any]:
    return {**told, "hints": hints_to_json(hints_from_json(told["hints"]))}
