"""Lists that people keep: addresses one a line, CSV with a head line, and news-please's sitelist.hjson."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

import hjson

from flows.intake.entries import UNKNOWN_KIND, Entry
from flows.intake.listing import LONGEST_DATE, Item, Listing, NotAListing, address, gathered, said
from parsers import Hints

MOST_ITEMS = 100_000
URL_COLUMNS = ("url", "link", "loc", "address", "href", "xmlurl")
COLUMNS = ("url", "kind", "name", "language", "folder")
WEB = re.compile(r"https?://\S+", re.IGNORECASE)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_list(text: str) -> Listing:
    """Read pages from addresses one a line (# begins a comment) or CSV; NotAListing where it is neither."""
    items, left_out = gathered(_rows(text), _page, MOST_ITEMS)
    return Listing("urls", items=items, left_out=left_out)


def read_entries(text: str) -> list[Entry]:
    """Read sources from the same two forms; columns that are not known come back in `attributes`."""
    entries = []
    for row in _rows(text):
        url = address(row.get("url"), "")
        if url is not None:
            rest = {key: value for key, value in row.items() if key not in COLUMNS and value}
            folder = tuple(filter(None, (row.get("folder") or "").split("/")))
            name, kind = row.get("name") or row.pop("title", "") or "", row.get("kind") or UNKNOWN_KIND
            entries.append(Entry(url, kind, name, row.get("language") or None, folder, rest))
    return entries


def _rows(text: str) -> list[dict[str, str]]:
    """Take a list apart into rows with a `url`; NotAListing where no line holds an address."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise NotAListing("the list is empty")
    if WEB.fullmatch(lines[0].strip()):
        return [{"url": line.strip()} for line in lines]
    return _table(text)


def _table(text: str) -> list[dict[str, str]]:
    """Read CSV, its delimiter found out from the head line; the address column is called `url` after that."""
    head = text.lstrip().splitlines()[0]
    delimiter = max(",;\t|", key=head.count)
    reader = csv.DictReader(io.StringIO(text.lstrip()), delimiter=delimiter, restkey="", restval="")
    names = {name: (name or "").strip().lower() for name in reader.fieldnames or ()}
    column = next(
        (name for wanted in URL_COLUMNS for name, folded in names.items() if folded == wanted), None
    )
    if column is None:
        raise NotAListing("neither addresses one a line nor CSV with a column `url`")
    try:
        return [{**_cells(row, names), "url": row[column]} for row in reader]
    except csv.Error as error:
        raise NotAListing(f"CSV that cannot be read: {error}") from None


def _cells(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Fold a row's column names, and undo the quote that guards a cell from spreadsheets."""
    cells = {names.get(key, ""): str(value) for key, value in row.items() if key}
    return {key: value[1:] if value[:1] == "'" and value[1:].startswith(FORMULA) else value
            for key, value in cells.items()}  # fmt: skip


def _page(row: Mapping[str, str]) -> Item | None:
    """Read one page of a list; None where it has no address."""
    url = address(row["url"], "")
    if url is None:
        return None
    author = said(row.get("author") or row.get("authors"))
    return Item(
        url,
        Hints(
            title=said(row.get("title")),
            published=said(row.get("published") or row.get("date"), LONGEST_DATE),
            authors=(author,) if author else (),
            section=said(row.get("section")),
            language=said(row.get("language")),
        ),
    )


def write_list(entries: Iterable[Entry]) -> str:
    """Write sources as addresses, one a line."""
    return "".join(f"{entry.url}\n" for entry in entries)


def write_table(entries: Iterable[Entry]) -> str:
    """Write sources as CSV, their own attributes as further columns; no cell can be a formula."""
    listed = list(entries)
    further = sorted({name for entry in listed for name in entry.attributes})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *further])
    for entry in listed:
        own = [entry.attributes.get(name, "") for name in further]
        row = [entry.url, entry.kind, entry.name, entry.language or "", "/".join(entry.folder), *own]
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue()


def read_sitelist(text: str) -> list[Entry]:
    """Read news-please's sitelist.hjson; NotAListing where it has no `base_urls`."""
    try:
        document = hjson.loads(text)
    except (ValueError, RecursionError):
        raise NotAListing("not Hjson") from None
    sites = document.get("base_urls") if isinstance(document, dict) else None
    if not isinstance(sites, list):
        raise NotAListing("no sitelist: there is no list `base_urls`")
    return [entry for site in sites if isinstance(site, dict) for entry in _site(site)]


def _site(site: Mapping[str, Any]) -> Iterable[Entry]:
    """Read one site, which may name several addresses."""
    named = site.get("url")
    rest = {key: _plain(value) for key, value in site.items() if key != "url"}
    for value in named if isinstance(named, list) else [named]:
        url = address(value, "") if isinstance(value, str) else None
        if url is not None:
            yield Entry(url, attributes=rest)


def _plain(value: object) -> str:
    """Write a setting of a site as text that says the same."""
    return value if isinstance(value, str) else str(hjson.dumpsJSON(value))
