"""Pages from WARC files, CC-NEWS among them: streamed record by record, and taken up again at any record."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from os import SEEK_CUR
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParserException

from flows.intake.answers import refuse_type
from flows.intake.errors import Refused, Unreadable
from flows.intake.listing import address
from flows.intake.recorded import undo
from flows.intake.sniff import looks_binary
from parsers import Page

SUFFIXES = (".warc", ".warc.gz")
BEGINNINGS = (b"WARC/", b"\x1f\x8b")  # of a record, as it is or gzipped
PAGE_RECORDS = frozenset({"response", "resource"})
OK = "200"
LONGEST_LINE = 2**16  # bytes
LONGEST_HEAD = 2**20  # bytes of lines without an empty one between them
# What warcio trips over in a record that is broken, as it comes: it promises no errors of its own.
TRIPS = (
    ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, zlib.error, ValueError, OverflowError,
    AttributeError, TypeError, LookupError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """A page of a WARC file, or why it cannot be had; `following` is the byte where the next one begins."""

    page: Page | Unreadable
    following: int


class _Reader(DecompressingBufferedReader):  # type: ignore[misc] # warcio ships no types
    """Reads lines and heads of bounded length, and tells of damage where warcio would write to stderr."""

    head = 0
    decompressor: Any

    def readline(self, length: int | None = None) -> bytes:
        """Read a line, as far as `length` bytes; ArchiveLoadFailed past LONGEST_LINE or LONGEST_HEAD."""
        line: bytes = super().readline(LONGEST_LINE if length is None else min(length, LONGEST_LINE))
        self.head = self.head + len(line) if line.strip() else 0
        cut = len(line) >= self.block_size and not line.endswith(b"\n") and len(line) != length
        if cut or self.head > LONGEST_HEAD:
            raise ArchiveLoadFailed("a line or a record's head without end")
        return line

    def _decompress(self, data: bytes) -> bytes:
        """Inflate a block; one that does not begin as gzip does is taken as it is."""
        try:
            return self.decompressor.decompress(data) if self.decompressor else data
        except zlib.error:
            if self.num_block_read:
                raise
            self.decompressor = None
            return data


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
                records.reader = _Reader(file)
                while (record := _next(records)) is not None:
                    page = _page(record, max_bytes)
                    place = _end(records, place)
                    if isinstance(page, Unreadable):
                        page = Unreadable(f"{path}: {page.reason}")
                    if page is not None:
                        yield Record(page, place)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}; check the path and its permissions") from None
    except ArchiveLoadFailed as error:
        said = " ".join(str(error).split())[:100]
        raise Unreadable(f"{path}: broken after byte {place} ({said}); the pages before it are in") from None


@contextmanager
def _as_broken() -> Iterator[None]:
    """Raise ArchiveLoadFailed for whatever warcio trips over."""
    try:
        yield
    except TRIPS as error:
        raise ArchiveLoadFailed(str(error) or type(error).__name__) from None


def _next(records: ArchiveIterator) -> ArcWarcRecord | None:
    """Give the next record's head; None at the end of the file, ArchiveLoadFailed for none that can be read.

    A record must say its length (ISO 28500, 5.4): without it nobody knows where the next one begins.
    """
    with _as_broken():
        record = next(records, None)
    if record is not None and record.format != "warc":
        raise ArchiveLoadFailed("no WARC record")
    if record is not None and not isinstance(record.raw_stream, LimitReader):
        raise ArchiveLoadFailed("a record without Content-Length")
    return record


def _end(records: ArchiveIterator, begun: int) -> int:
    """Skip what is left of a record and say where the next one begins, in bytes."""
    with _as_broken():
        end = int(records.get_record_offset() + records.get_record_length())
    if end <= begun:  # what warcio makes of one gzip member that holds many records
        raise ArchiveLoadFailed("gzipped as a whole and not by record; unpack it first")
    return end


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


def _page(record: ArcWarcRecord, max_bytes: int) -> Page | Unreadable | None:
    """Make a page of a record that holds one, or say why it cannot be had; None for any other."""
    if record.rec_type not in PAGE_RECORDS:
        return None
    http = record.http_headers
    kind = http.get_header("content-type") if http else record.rec_headers.get_header("content-type")
    url = address(record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"), "")
    if url is None or (http is not None and http.get_statuscode() != OK) or not _may_be_page(kind):
        return None
    raw = _raw(record, 2 * max_bytes)  # codings that add to a body do not double it
    try:
        content = _undone(record, raw, max_bytes) if len(raw) <= 2 * max_bytes else b""
    except Unreadable as fault:
        return Unreadable(f"{url}: {fault.reason}")
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


def _raw(record: ArcWarcRecord, most: int) -> bytes:
    """Read a record's body as it is stored, one byte past `most` at the most.

    ArchiveLoadFailed where the file ends before the record does; warcio itself says nothing of that.
    """
    with _as_broken():
        raw: bytes = record.raw_stream.read(most + 1)
    if len(raw) <= most and record.raw_stream.limit > 0:
        raise ArchiveLoadFailed("its last record is cut off")
    return raw


def _undone(record: ArcWarcRecord, raw: bytes, max_bytes: int) -> bytes:
    """Undo the codings that an HTTP record names; Unreadable where that cannot be done."""
    http = record.http_headers
    if http is None:
        return raw
    said = (http.get_header("transfer-encoding", ""), http.get_header("content-encoding", ""))
    return undo(raw, *said, max_bytes)


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
