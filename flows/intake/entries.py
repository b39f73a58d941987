"""Sources as lists of them are written and read: what OPML, CSV, plain lists and sitelists share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from flows.intake.listing import address

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
UNKNOWN_KIND = "auto"  # found out when the source is first polled
BARE_IN_USER = "%:@!$&'()*+,;=-._~"  # RFC 3986, 3.2.1, and @ itself, as people write it
LONGEST_NUMBER = 9  # digits: what an INTEGER column holds
ARCHIVE_KIND = "warc"  # a file that was read up to somewhere
LINK_KINDS = frozenset({"link", "include"})  # OPML 2.0: a page and another outline; kept, never polled


@dataclass(frozen=True, slots=True)
class Level:
    """A folder of a list, or the source that an entry stands below (`url`), with whatever was said of it."""

    name: str
    url: str | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Entry:
    """One source of a list: `attributes` keeps, under its own name, whatever else the list said of it.

    `above` are the folders that it stands in, the outermost first. The rest are wishes of its keeper: days
    and number of raw pages kept, seconds between two polls (None: nothing was said), polled at all or not.
    """

    url: str
    kind: str = UNKNOWN_KIND
    name: str = ""
    language: str | None = None
    above: tuple[Level, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)
    keep_days: int | None = None
    keep_count: int | None = None
    poll_seconds: int | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class SourceList:
    """A list as it was read: its sources in order, and what named no address that can be asked, in words."""

    entries: list[Entry] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def source_address(written: str | None, kind: str = UNKNOWN_KIND) -> str | None:
    """Make a source's address absolute, http(s) only, its user and password kept; `feed:` goes.

    An archive's is the URI of its file.
    """
    bare = (written or "").strip()
    if kind == ARCHIVE_KIND and bare.startswith("file:///"):
        return bare
    if bare[:5].lower() == "feed:":
        bare = f"http:{bare[5:]}" if bare[5:7] == "//" else bare[5:]
    found = address(bare, "")
    return with_user(found, bare) if found else None


def with_user(url: str, of: str) -> str:
    """Give an address the user name and password of another, where both are of one origin (RFC 6454)."""
    try:
        parts, given = urlsplit(url), urlsplit(of)
        origins = {(one.scheme, one.hostname, one.port) for one in (parts, urlsplit(address(of, "") or ""))}
    except ValueError:
        return url
    user, at, _ = given.netloc.rpartition("@")
    if not at or "@" in parts.netloc or len(origins) > 1:
        return url
    return parts._replace(netloc=f"{quote(user, safe=BARE_IN_USER)}@{parts.netloc}").geturl()


def whole(written: str | None) -> int | None:
    """Read a wish that is a whole number; None for nothing, and for what is none."""
    text = (written or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
