"""Why a page did not come in: every fault of a door is one of these, with its reason in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

GONE = 410


class IntakeError(Exception):
    """A page did not come in; `reason` is one line for people, without secrets or control characters.

    `ended_at` is the address at which a redirect had led there, None where none had.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ended_at: str | None = None


class Refused(IntakeError):  # noqa: N818 - the name in the design: a verdict that stands until something changes
    """The page will not be fetched or cannot be one: trying again changes nothing."""


class Encoded(Refused):
    """The body came in an encoding that was not asked for: nobody knows what it says."""


class Gone(IntakeError):  # noqa: N818 - the server's own word for it
    """The server says there is no such page: `status` is 404 or 410."""

    def __init__(self, status: int) -> None:
        said = "is gone" if status == GONE else "is not there"
        super().__init__(f"the server says the page {said} ({status}); check its address")
        self.status = status


class Elsewhere(IntakeError):  # noqa: N818 - kin of those around it
    """A redirect leads to another host, `url`, which is to be asked in its own turn."""

    def __init__(self, url: str) -> None:
        super().__init__("a redirect leads to another host")
        self.url = url


class Unreachable(IntakeError):  # noqa: N818 - the name in the design
    """The page could not be had now; `retry_after` is the server's wish in seconds, where it has one.

    `status` is what it answered, None for no answer.
    """

    def __init__(self, reason: str, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.status = status


class PoisonError(IntakeError):
    """What came in killed, hung or swelled the process that read it; `reason` says which."""


class Unreadable(IntakeError):  # noqa: N818 - kin of the three above
    """A file cannot be a page: missing, empty, binary, too large or not to be opened."""


@contextmanager
def ended_at(url: str | None) -> Iterator[None]:
    """Let a fault that comes up here name the address that a redirect had led to, where one had."""
    try:
        yield
    except IntakeError as fault:
        fault.ended_at = fault.ended_at or url
        raise
