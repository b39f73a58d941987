"""What an answer's status and headers mean for a page: come in, be refused, be gone, or come again later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from flows.intake.errors import Gone, IntakeError, Refused, Unreachable

DAY = 86400.0
GONE = frozenset({404, 410})
LATER = frozenset({202, 408, 425, 429})
TEXTUAL = frozenset(
    {"application/xhtml+xml", "application/xml", "application/rss+xml", "application/atom+xml"}
)
UNNAMED = frozenset({"", "application/octet-stream", "binary/octet-stream", "unknown/unknown", "*/*"})
PACKED = frozenset({"application/gzip", "application/x-gzip"})
SERVER_FAULT = 500


@contextmanager
def faults_in_words(seconds: float) -> Iterator[None]:
    """Raise Unreachable, in our own words, for every fault of an exchange bounded to so many seconds."""
    try:
        yield
    except TimeoutError:
        raise Unreachable(f"no whole answer within {seconds:g} s") from None
    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
        raise Unreachable(f"the connection failed: {_line(error)}") from None
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, httpx.StreamError) as error:
        raise Unreachable(f"the server broke off or does not speak HTTP: {_line(error)}") from None


def _line(error: Exception) -> str:
    """Write an error as one short line without control characters."""
    text = " ".join(str(error).split())[:160]
    return "".join(char for char in text if char.isprintable()) or type(error).__name__


def fault_of(response: httpx.Response, now: datetime) -> IntakeError | None:
    """Say why this answer brings no page; None for a plain 2xx with a body."""
    status = response.status_code
    if status in GONE:
        return Gone(status)
    if status in LATER or status >= SERVER_FAULT:
        wish = retry_after(response.headers.get("retry-after"), now)
        return Unreachable(f"the server answered {named(status)}", wish, status)
    if status in {200, 203}:
        return None
    return Refused(f"the server answered {named(status)}")


def named(status: int) -> str:
    """Write a status with its standard name, `503 Service Unavailable`."""
    phrase = httpx.codes.get_reason_phrase(status)
    return f"{status} {phrase}".strip()


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3) as seconds from `now`, at most a day; None for junk or the past."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return DAY if len(text) > len("86400") else min(float(text), DAY)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(seconds, DAY) if seconds > 0 else None


def refuse_type(content_type: str | None, *, packed: bool) -> None:
    """Raise Refused for a media type that no page or feed has; `packed` lets gzip files in (sitemaps)."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in TEXTUAL or kind in UNNAMED:
        return
    if kind.endswith(("+xml", "+json", "/json")) and not kind.startswith("image/"):
        return
    if packed and kind in PACKED:
        return
    raise Refused(f"{kind[:60]} cannot be a page")
