"""How a server and we agree that nothing changed: ETag and Last-Modified (RFC 9110, 13.1)."""

from __future__ import annotations

from dataclasses import dataclass

from parsers import Page

LONGEST_VALIDATOR = 512


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last answer said of itself, to be sent back: its ETag and Last-Modified."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that the page is as it was when its validators were given."""

    url: str


def validators(page: Page) -> Validators:
    """Read what to send back next time; a validator that is no short printable ASCII is left out."""
    headers = {name.lower(): value for name, value in page.headers}
    sane = {
        name: value
        for name, value in headers.items()
        if name in {"etag", "last-modified"}
        and len(value) <= LONGEST_VALIDATOR
        and value.isascii()
        and value.isprintable()
    }
    return Validators(sane.get("etag"), sane.get("last-modified"))
