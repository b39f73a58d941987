"""One page's way from its claim to its end: fetched or read, compared, parsed."""

from __future__ import annotations

import asyncio
import random
import zlib
from dataclasses import replace
from datetime import timedelta

from flows.clock import now
from flows.intake.archives import largest, read_file
from flows.intake.client import MOST_REDIRECTS, READ_BODY, Client, Terms, fetch
from flows.intake.errors import Elsewhere, Gone, IntakeError, PoisonError, Refused, Unreachable
from flows.intake.room import Share
from flows.intake.validators import NotModified, Validators
from flows.lane import Lane, Resting
from flows.logs import safe
from flows.workshop import Workshop
from parsers.model import Draft, NotAnArticle, Page
from parsers.urls import authority, normalise
from storage import Claim, Outcome, Postponed, digest

POISON_TRIES = 3  # a page that costs its parser's life is tried twice more, then set aside
FETCH_TRIES = 10  # after so many failures in a row a page is set aside
FULL_EVERY = 7  # days: as often is a page asked for in full, although its server might say 304
FIRST_PAUSE = 60.0  # seconds before the second try; doubled each time
LONGEST_PAUSE = 86400.0


async def obtain(claim: Claim, lane: Lane, client: Client, share: Share) -> Page | Outcome | Postponed:
    """Fetch or read a claimed page; what keeps it out becomes the outcome that names it.

    A redirect to another host, and a host that rests, put the page off: it is asked for in that host's turn.

    Its bytes take room from `share`.
    """
    try:
        if claim.url.startswith("file:"):
            return await _read(claim.url, client.max_bytes, share)
        return await _fetch(claim, lane, client, share)
    except IntakeError as fault:
        return _end(claim, fault)


def _end(claim: Claim, fault: IntakeError) -> Outcome | Postponed:
    """Say what a fault means for the page, and where a redirect had led when it came up."""
    led = fault.ended_at or claim.location
    reason = fault.reason if led is None else f"{fault.reason} (redirected to {safe(led)})"
    end: Outcome | Postponed = Outcome("failed", reason)
    match fault:
        case Refused():
            end = Outcome("refused", reason)
        case Elsewhere():
            end = _moved(claim, fault.url)
        case Resting():
            end = Postponed(fault.reason, fault.until)
        case Unreachable():
            end = later(claim, reason, fault.retry_after)
        case Gone():
            end = Outcome("failed", reason, status=fault.status, gone=True)
    return end


def _moved(claim: Claim, url: str) -> Outcome | Postponed:
    """Put a page into the queue of the host that it was redirected to; one moved too often is refused."""
    if claim.hops >= MOST_REDIRECTS:
        return Outcome("refused", f"more than {MOST_REDIRECTS} redirects (redirected to {safe(url)})")
    return Postponed(f"redirected to {safe(url)}", None, url, authority(normalise(url)))


async def _read(url: str, max_bytes: int, share: Share) -> Page:
    """Read a file; how much room it takes is known for sure only once it is read."""
    await share.hold(READ_BODY * min(largest(url), max_bytes))
    page = await asyncio.to_thread(read_file, url, max_bytes)
    await share.hold(READ_BODY * len(page.content))
    return page


async def _fetch(claim: Claim, lane: Lane, client: Client, share: Share) -> Page | Outcome:
    """Ask the host for the page, and let the lane know how it answered."""
    try:
        packed = claim.url.endswith(".gz")  # a sitemap's own compression
        url = claim.location or claim.url
        answer = await fetch(client, url, _known(claim), packed=packed, terms=Terms(lane.turn, share))
    except Unreachable as fault:
        lane.failed(fault)
        raise
    except Resting:
        raise
    except IntakeError:
        lane.answered()
        raise
    lane.answered()
    if isinstance(answer, NotModified):
        return Outcome("unchanged", "the server says that it has not changed (304)")
    if claim.location is not None:
        answer = replace(answer, original_url=claim.url)
    return replace(answer, hints=claim.hints)


def _known(claim: Claim) -> Validators:
    """Give what makes the request conditional; one day in FULL_EVERY nothing, lest a 304 be untrue."""
    turn = zlib.crc32(claim.url.encode("utf-8", "replace")) + now().toordinal()
    return Validators() if turn % FULL_EVERY == 0 else Validators(claim.etag, claim.last_modified)


async def judge(claim: Claim, page: Page, workshop: Workshop) -> Draft | Outcome:
    """Parse a page unless its bytes are stored already; a verdict or a poisoned page is an outcome."""
    if digest(page.content) == claim.snapshot_hash:
        return Outcome("unchanged", "the same bytes as last time")
    for _ in range(POISON_TRIES):
        try:
            answer = await workshop.parse(page)
        except PoisonError as error:
            reason = error.reason
            continue
        if isinstance(answer, NotAnArticle):
            return Outcome("refused", f"no article: {answer}")
        return answer
    return Outcome("quarantined", f"{reason}, {POISON_TRIES} times")


def later(claim: Claim, reason: str, wish: float | None) -> Outcome:
    """Put a page off: by the server's wish or twice as long each time, with jitter; at last set it aside."""
    if claim.attempt >= FETCH_TRIES:
        return Outcome("quarantined", f"{reason}; given up after {claim.attempt} tries")
    pause = min(FIRST_PAUSE * 2 ** (claim.attempt - 1), LONGEST_PAUSE)
    pause *= random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret
    return Outcome("failed", reason, now() + timedelta(seconds=max(pause, wish or 0.0)))
