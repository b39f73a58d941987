"""Lists of sources that are no OPML: CSV and addresses one a line, in and out, and news-please's sitelist."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import hjson

from flows.intake.entries import LINK_KINDS, UNKNOWN_KIND, Entry, Level, SourceList, source_address, whole
from flows.intake.listing import NotAListing
from flows.intake.tables import URL_COLUMNS, Row, read_rows, write_rows

COLUMNS = ("url", "kind", "name", "language", "folder")
WISHES = ("keep_days", "keep_count", "poll_seconds", "active")
LEVELS = "levels"  # the folders again, as JSON, where one has more than a name
OWN = ":"  # stands before the name of an attribute that a column of ours, or this, would swallow
TAKEN = frozenset({*COLUMNS, *WISHES, *URL_COLUMNS, LEVELS, "title"})


def read_entries(text: str) -> SourceList:
    """Read sources from CSV or addresses one a line; columns that are not known come back in `attributes`."""
    found = SourceList()
    for row in read_rows(text):
        kind = row.take("kind") or UNKNOWN_KIND
        url = source_address(row.url, kind)
        if url is None:
            found.left_out.append(row.url or "a line without an address")
        else:
            found.entries.append(_entry(url, kind, row))
    return found


def _entry(url: str, kind: str, row: Row) -> Entry:
    """Read one source; what the columns of ours leave are attributes of its own."""
    name = row.take("name", "title") or ""
    language, folder, levels = row.take("language"), row.take("folder"), row.take(LEVELS)
    days, count, seconds = (whole(row.take(wish)) for wish in WISHES[:3])
    active = (row.take("active") or ("no" if kind in LINK_KINDS else "yes")) != "no"
    own = {name.removeprefix(OWN): value for name, value in row.cells.items()}
    above = _levels(levels) or tuple(Level(part) for part in _parts(folder or ""))
    return Entry(url, kind, name, language, above, own, days, count, seconds, active)


def _levels(written: str | None) -> tuple[Level, ...]:
    """Read folders that have more than a name; none where it is not what `_written_levels` writes."""
    try:
        return tuple(
            Level(str(name), None if url is None else str(url), {str(k): str(v) for k, v in own.items()})
            for name, url, own in json.loads(written or "[]")
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return ()


def _written_levels(above: tuple[Level, ...]) -> str | None:
    """Write folders as JSON where one of them has more than a name."""
    if not any(level.url or level.attributes for level in above):
        return None
    return json.dumps(
        [[level.name, level.url, dict(level.attributes)] for level in above], ensure_ascii=False
    )


def _parts(path: str) -> Iterator[str]:
    """Take a path of folders apart at each slash that no backslash stands before."""
    part = ""
    letters = iter(path)
    for letter in letters:
        if letter == "/":
            yield part
            part = ""
        else:
            part += next(letters, "") if letter == "\\" else letter
    if path:
        yield part


def write_list(entries: Iterable[Entry]) -> str:
    """Write sources as addresses, one a line."""
    return "".join(f"{entry.url}\n" for entry in entries)


def write_table(entries: Iterable[Entry]) -> str:
    """Write sources as CSV, their own attributes as further columns; no cell can be a formula."""
    listed = list(entries)
    further = sorted({name for entry in listed for name in entry.attributes})
    rows = [_cells(entry) + [entry.attributes.get(name) for name in further] for entry in listed]
    ours = [*COLUMNS, *WISHES, LEVELS]
    own = [OWN + name if name.strip().lower() in TAKEN or not name.strip() or name.startswith(OWN) else name
           for name in further]  # fmt: skip
    used = [
        n for n in range(len(ours) + len(own)) if n < len(COLUMNS) or any(row[n] is not None for row in rows)
    ]
    return write_rows([[*ours, *own][n] for n in used], [[row[n] for n in used] for row in rows])


def _cells(entry: Entry) -> list[str | None]:
    """Write one source's columns of ours; None for what is not said."""
    folder = "/".join(level.name.replace("\\", "\\\\").replace("/", "\\/") for level in entry.above)
    wishes = [entry.keep_days, entry.keep_count, entry.poll_seconds]
    usual = entry.active is not (entry.kind in LINK_KINDS)
    return [
        entry.url, entry.kind, entry.name or None, entry.language, folder or None,
        *(None if wish is None else str(wish) for wish in wishes),
        None if usual else "yes" if entry.active else "no", _written_levels(entry.above),
    ]  # fmt: skip


def read_sitelist(text: str) -> SourceList:
    """Read news-please's sitelist.hjson; NotAListing where it has no `base_urls`."""
    try:
        document = hjson.loads(text)
    except (ValueError, RecursionError):
        raise NotAListing("not Hjson") from None
    sites = document.get("base_urls") if isinstance(document, dict) else None
    if not isinstance(sites, list):
        raise NotAListing("no sitelist: there is no list `base_urls`")
    found = SourceList()
    for site in sites:
        _read_site(site, found)
    return found


def _read_site(site: Any, found: SourceList) -> None:
    """Read one site, which may name several addresses."""
    named = site.get("url") if isinstance(site, dict) else None
    for value in named if isinstance(named, list) else [named]:
        url = source_address(value) if isinstance(value, str) else None
        if url is None:
            found.left_out.append(_plain(value if value is not None else site))
        else:
            found.entries.append(Entry(url, attributes=_settings(site)))


def _settings(site: Mapping[str, Any]) -> dict[str, str]:
    """Keep what else a sitelist says of a site, as text."""
    return {str(key): _plain(value) for key, value in site.items() if key != "url"}


def _plain(value: object) -> str:
    """Write a setting of a site as text that says the same."""
    return value if isinstance(value, str) else str(hjson.dumpsJSON(value))
