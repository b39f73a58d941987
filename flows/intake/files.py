"""Pages from files: one file, a folder walked in a stable order, or a stream such as standard input."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes, urlsplit

from flows.intake.errors import Unreadable
from flows.intake.sniff import looks_binary
from parsers import Page

MEBIBYTE = 2**20
MAX_BYTES = 10 * MEBIBYTE
CONTENT_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".shtml": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
}
DATABASES = (".db", ".db-wal", ".db-shm", ".db-journal")
ASSETS = ("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript")


def list_files(target: Path, pass_over: Callable[[Path], None] = lambda _: None) -> Iterator[Path]:
    """List a file, or a folder's files in a stable order, unread; Unreadable names what is missing.

    Hidden files, symbolic links and what belongs to a saved page (pictures, styles, scripts) are left out
    of a folder, and `pass_over` hears of each; a target that is named itself is never left out.
    """
    if target.is_dir():
        yield from _walk(target, pass_over)
    elif target.is_file():
        yield target
    elif target.exists():
        raise Unreadable(f"{target}: neither a file nor a folder")
    else:
        raise Unreadable(f"{target}: no such file or folder; check the path")


def _walk(folder: Path, pass_over: Callable[[Path], None]) -> Iterator[Path]:
    """Go through a folder, names sorted; a closed folder is named by Unreadable once the rest is listed."""
    closed: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=closed.append):
        shut = [name for name in folders if name.startswith(".") or Path(place, name).is_symlink()]
        folders[:] = sorted(set(folders) - set(shut))
        for path in (Path(place, name) for name in shut):
            pass_over(path)
        for path in (Path(place, name) for name in sorted(names)):
            hidden = path.name.startswith(".") or path.is_symlink() or not path.is_file()
            if hidden or is_asset(path.name):
                pass_over(path)
            else:
                yield path
    if closed:
        raise Unreadable(f"{closed[0].filename}: {closed[0].strerror}; check the permissions")


def is_asset(name: str) -> bool:
    """Tell by its name whether a file is a page's picture, style, script or font, or an archive of ours."""
    return name.endswith(DATABASES) or (mimetypes.guess_type(name)[0] or "").startswith(ASSETS)


def read(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[Page]:
    """Read a file, or every page of a folder in that stable order; Unreadable names what is no page."""
    for file in list_files(path):
        yield read_page(file, max_bytes)


def read_page(path: Path, max_bytes: int = MAX_BYTES) -> Page:
    """Read one file as a page, its url the file URI; Unreadable if empty, binary, large or closed to us."""
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
            changed = os.fstat(file.fileno()).st_mtime
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}; check the path and its permissions") from None
    judge(content, str(path), max_bytes)
    return Page(
        url=path.absolute().as_uri(),
        content=content,
        content_type=CONTENT_TYPES.get(path.suffix.lower()),
        fetched_at=datetime.fromtimestamp(max(changed, 0), UTC),
    )


def standard_input() -> BinaryIO:
    """Give standard input; Unreadable where it is closed."""
    if sys.stdin is None:
        raise Unreadable("standard input: it is closed; pipe a page into it or name a file")
    return sys.stdin.buffer


def read_stream(stream: BinaryIO, max_bytes: int = MAX_BYTES) -> Page:
    """Read one page from standard input; its url is `stdin:` and the SHA-256 of its bytes."""
    content = stream.read(max_bytes + 1)
    judge(content, "standard input", max_bytes)
    name = hashlib.sha256(content).hexdigest()
    return Page(url=f"stdin:{name}", content=content, fetched_at=datetime.now(UTC))


def judge(content: bytes, name: str, max_bytes: int) -> None:
    """Raise Unreadable, naming the file, for what cannot be a page."""
    if not content.strip(b"\x00\t\n\r\x0b\x0c "):
        raise Unreadable(f"{name}: the file is empty; save the page again")
    if len(content) > max_bytes:
        raise Unreadable(f"{name}: larger than {max_bytes} bytes; CLEANWIRE_MAX_BYTES sets the bound")
    if looks_binary(content):
        raise Unreadable(f"{name}: binary, not a page; give HTML or plain text")


def path_of(url: str) -> Path:
    """Give the path of a file URI, any file name included."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(url).path)))


def address_of(target: str) -> str:
    """Give the address by which the ledger knows what people name: a path's file URI, else as it is."""
    named = target.startswith("file://")
    path = path_of(target) if named else Path(target)
    return path.resolve().as_uri() if named or ":" not in target or os.path.exists(path) else target  # noqa: PTH110 - Path.exists() raises for a name that is too long
