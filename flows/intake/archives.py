"""Pages from files that hold them among other things: .zip archives of pages, and .eml messages."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import quote

from flows.intake.errors import Unreadable
from flows.intake.files import is_asset, judge, path_of, read_page
from flows.intake.listing import LONGEST_DATE, said
from parsers import Hints, Page

MOST_MEMBERS = 100_000
MOST_BYTES_OF_ALL = 2 * 2**30
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def is_zip(path: Path) -> bool:
    """Tell by its name whether a file is an archive of pages."""
    return path.suffix.lower() == ".zip"


def read_file(url: str, max_bytes: int) -> Page:
    """Read the page at a file URI: a file, a message, or a .zip's member as `read_zip` names it."""
    path = path_of(url)
    if path.suffix.lower() == ".eml":
        return read_mail(path, max_bytes)
    archive = next((above for above in path.parents if is_zip(above) and above.is_file()), None)
    if archive is None:
        return read_page(path, max_bytes)
    name = path.relative_to(archive).as_posix()
    with _opened(archive) as members:
        if name not in members.NameToInfo:
            raise Unreadable(f"{archive}: {name}: no such member")
        page = _member(archive, members, members.getinfo(name), max_bytes)
    if isinstance(page, Unreadable):
        raise page
    return page


def largest(url: str) -> int:
    """Say how many bytes the page at a file URI has at most; a member's are not known before it is read."""
    path = path_of(url)
    return path.stat().st_size if path.is_file() else MOST_BYTES_OF_ALL


def read_zip(path: Path, max_bytes: int) -> Iterator[Page | Unreadable]:
    """Read the pages of a .zip, each bad member as the error that names it; Unreadable where it is no .zip.

    At most MOST_MEMBERS members are read and MOST_BYTES_OF_ALL bytes of them, and an error says how many are
    not; a page's url is the file's URI with the member's name below it, as if it were a folder.
    """
    left = MOST_BYTES_OF_ALL
    with _opened(path) as archive:
        members = [info for info in archive.infolist() if _is_page(info)]
        members.sort(key=lambda info: info.filename)
        for number, info in enumerate(members):
            if number == MOST_MEMBERS or left <= 0:
                rest = len(members) - number
                yield Unreadable(f"{path}: the last {rest} of its pages are left out; split the archive")
                return
            page = _member(path, archive, info, min(max_bytes, left))
            left -= len(page.content) if isinstance(page, Page) else 0
            yield page


def _opened(path: Path) -> zipfile.ZipFile:
    """Open a .zip; Unreadable names one that is none."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Unreadable(f"{path}: not a .zip that can be read ({error})") from None
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}; check the path and its permissions") from None


def _is_page(info: zipfile.ZipInfo) -> bool:
    """Tell by its name whether a member may be a page: no folder, hidden file, picture, style or script."""
    names = info.filename.split("/")
    hidden = any(name.startswith((".", "__MACOSX")) and name not in {".", ".."} for name in names)
    return not (info.is_dir() or hidden or is_asset(names[-1]))


def _member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Page | Unreadable:
    """Read one member within bounds."""
    name = f"{path}: {info.filename}"
    if ".." in info.filename.split("/"):
        return Unreadable(f"{name}: its name leads out of the archive; give it another")
    if archive.NameToInfo.get(info.filename) is not info:
        return Unreadable(f"{name}: a later member has the same name and is read instead; give it another")
    try:
        with archive.open(info) as file:
            content = file.read(most + 1)
        judge(content, name, most)
    except BROKEN as error:
        return Unreadable(f"{name}: cannot be unpacked ({error})")
    except Unreadable as fault:
        return fault
    return Page(url=f"{path.absolute().as_uri()}/{quote(info.filename)}", content=content)


def read_mail(path: Path, max_bytes: int) -> Page:
    """Read the HTML, or else the text, of an .eml message; subject, sender and date are its hints.

    Its bytes are given as they are, with the charset that the message names.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= 2 * max_bytes else b""
        message = message_from_bytes(raw, policy=default)
        body = message.get_body(("html", "plain")) if isinstance(message, EmailMessage) else None
        content = body.get_payload(decode=True) if body is not None else None
        charset = body.get_content_charset("") if body is not None else ""
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}; check the path and its permissions") from None
    except (MessageError, LookupError, ValueError, AttributeError) as error:
        raise Unreadable(f"{path}: not a message that can be read ({error})") from None
    if not raw:
        raise Unreadable(f"{path}: empty, or larger than {2 * max_bytes} bytes (twice CLEANWIRE_MAX_BYTES)")
    if body is None or not isinstance(content, bytes):
        raise Unreadable(f"{path}: the message has neither HTML nor text")
    judge(content, str(path), max_bytes)
    return Page(
        url=path.absolute().as_uri(),
        content=content,
        content_type=body.get_content_type() + (f"; charset={charset}" if charset else ""),
        fetched_at=datetime.fromtimestamp(max(path.stat().st_mtime, 0), UTC),
        hints=_hints(message),
    )


def _hints(message: EmailMessage) -> Hints:
    """Read what a message says of itself."""
    names = (said(name) for name, _ in getaddresses([str(message["from"] or "")]))
    return Hints(
        title=said(str(message["subject"] or "")),
        published=said(str(message["date"] or ""), LONGEST_DATE),
        authors=tuple(filter(None, names)),
    )
