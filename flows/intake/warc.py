"""Pages from WARC files, CC-NEWS among them: streamed record by record, and taken up again at any record."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from os import SEEK_CUR
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from flows.intake.answers import refuse_type
from flows.intake.errors import Refused, Unreadable
from flows.intake.listing import address
from flows.intake.sniff import looks_binary
from parsers import Page

SUFFIXES = (".warc", ".warc.gz")
BEGINNINGS = (b"WARC/", b"\x1f\x8b")  # of a record, as it is or gzipped
PAGE_RECORDS = frozenset({"response", "resource"})
OK = "200"


@dataclass(frozen=True, slots=True)
class Record:
    """A page of a WARC file; `following` is where in the file the next record begins, in bytes."""

    page: Page
    following: int


def is_warc(path: Path) -> bool:
    """Tell by its name whether a file is a WARC."""
    return path.name.lower().endswith(SUFFIXES)


def read_warc(path: Path, max_bytes: int, start: int = 0) -> Iterator[Record]:
    """Read the pages from byte `start` on, where a record must begin; Unreadable names the file and the byte.

    Records that hold no page (requests, pictures, errors, more than `max_bytes`) are passed over.
    """
    place = start
    try:
        with path.open("rb") as file:
            _go_to_record(file, start)
            with closing(ArchiveIterator(file)) as records:
                for record in records:
                    page = _page(record, max_bytes)
                    place = records.get_record_offset() + records.get_record_length()
                    if page is not None:
                        yield Record(page, place)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}; check the path and its permissions") from None
    except (ArchiveLoadFailed, EOFError, zlib.error, ValueError) as error:
        said = " ".join(str(error).split())[:100]
        raise Unreadable(f"{path}: broken after byte {place} ({said}); the pages before it are in") from None


def _go_to_record(file: BinaryIO, start: int) -> None:
    """Go to where a record begins, past the empty lines that end the one before it.

    Raises ArchiveLoadFailed where none does: warcio would look for the end of its first line, however far.
    """
    file.seek(start)
    while (byte := file.read(1)) and byte in b"\r\n":
        pass
    head = byte + file.read(len(BEGINNINGS[0]) - 1)
    if head and not head.startswith(BEGINNINGS):
        raise ArchiveLoadFailed("no WARC record")
    file.seek(-len(head), SEEK_CUR)


def _page(record: ArcWarcRecord, max_bytes: int) -> Page | None:
    """Make a page of a record that holds one; None for any other."""
    if record.format != "warc":
        raise ArchiveLoadFailed("no WARC record")
    if record.rec_type not in PAGE_RECORDS:
        return None
    http = record.http_headers
    kind = http.get_header("content-type") if http else record.rec_headers.get_header("content-type")
    url = address(record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"), "")
    if url is None or (http is not None and http.get_statuscode() != OK) or not _may_be_page(kind):
        return None
    content = record.content_stream().read(max_bytes + 1)
    if len(content) <= max_bytes and _is_cut(record):
        raise EOFError("its last record is cut off")
    if not content or len(content) > max_bytes or looks_binary(content):
        return None
    return Page(
        url=url,
        content=content,
        content_type=kind,
        fetched_at=_moment(record.rec_headers.get_header("WARC-Date")),
        status=int(OK),
        headers=tuple((name.lower(), value) for name, value in http.headers) if http else (),
    )


def _is_cut(record: ArcWarcRecord) -> bool:
    """Tell whether the file ends before the record does; warcio itself says nothing of that."""
    record.raw_stream.read()
    return bool(record.raw_stream.limit > 0)


def _may_be_page(kind: str | None) -> bool:
    """Tell by its media type whether a record may hold a page."""
    try:
        refuse_type(kind, packed=False)
    except Refused:
        return False
    return True


def _moment(written: str | None) -> datetime | None:
    """Read WARC-Date; None where there is none that can be read."""
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
