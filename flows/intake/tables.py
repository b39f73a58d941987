"""Tables as spreadsheets and people write them: CSV with a head line, or addresses one a line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flows.intake.listing import NotAListing

URL_COLUMNS = ("url", "link", "loc", "address", "href", "xmlurl")
DELIMITERS = ",;\t|"
WEB = re.compile(r"https?://\S+", re.IGNORECASE)
COMMENTS = re.compile(r"\A(?:[ \t]*(?:#[^\n]*)?\r?\n)*")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run (OWASP, CSV injection)
GUARDED = (*FORMULA, "'")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its address, and its other cells under the names that the head line gives them."""

    url: str
    cells: dict[str, str] = field(default_factory=dict)

    def take(self, *names: str) -> str | None:
        """Take out the first cell under one of these names in whatever case; None where it is empty."""
        for name in names:
            for own in [one for one in self.cells if one.strip().lower() == name]:
                value = self.cells.pop(own)
                if value:
                    return value
        return None


def read_rows(text: str) -> list[Row]:
    """Take a list apart (# begins a comment); NotAListing where it has no addresses nor a column of them."""
    text = COMMENTS.sub("", text.lstrip("\ufeff"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise NotAListing("the list is empty")
    if WEB.fullmatch(lines[0]):
        return [Row(line) for line in lines]
    try:
        return _table(text)
    except csv.Error as error:
        raise NotAListing(f"CSV that cannot be read: {error}") from None


def _table(text: str) -> list[Row]:
    """Read CSV with the delimiter that makes the head line name an address column, among the most others."""
    heads = {delimiter: next(_lines(text, delimiter)) for delimiter in DELIMITERS}
    delimiter = max(heads, key=lambda one: (_column(heads[one]) is not None, len(heads[one])))
    column = _column(heads[delimiter])
    if column is None:
        raise NotAListing("neither addresses one a line nor CSV with a column `url`")
    head, *rows = _lines(text, delimiter)
    names = [_unguarded(name) for name in head]
    return [_row(names, row, column) for row in rows if any(row)]


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    """Read a table's lines as they stand (RFC 4180)."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _column(head: list[str]) -> int | None:
    """Find the column of addresses."""
    names = [name.strip().lower() for name in head]
    return next((names.index(wanted) for wanted in URL_COLUMNS if wanted in names), None)


def _row(head: list[str], row: list[str], column: int) -> Row:
    """Name a line's cells; those that are empty, or stand under no name, say nothing."""
    cells = {name: _unguarded(cell) for name, cell in zip(head, row, strict=False) if name.strip() and cell}
    cells.pop(head[column], None)
    return Row(_unguarded(row[column]) if column < len(row) else "", cells)


def write_rows(head: Sequence[str | None], rows: list[list[str | None]]) -> str:
    """Write a table of which no cell can be a formula; None is an empty cell, and "" is told from it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([["" if cell is None else _guarded(cell) for cell in row] for row in [head, *rows]])
    return out.getvalue()


def _guarded(cell: str) -> str:
    """Put a quote before what a spreadsheet would run, and before a quote, which `_unguarded` takes away."""
    return f"'{cell}" if not cell or cell.startswith(GUARDED) else cell


def _unguarded(cell: str) -> str:
    """Undo the quote that guards a cell."""
    return cell[1:] if cell == "'" or (cell[:1] == "'" and cell[1:].startswith(GUARDED)) else cell
