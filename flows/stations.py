"""One page's way from its claim to its end: fetched or read, compared, parsed."""

from __future__ import annotations

import asyncio
import random
import zlib
from dataclasses import replace
from datetime import timedelta

from flows.clock import now
from flows.intake.archives import largest, read_file
from flows.intake.client import READ_BODY, Client, fetch
from flows.intake.errors import Gone, IntakeError, Refused, Unreachable, Unreadable
from flows.intake.room import Share
from flows.intake.validators import NotModified, Validators
from flows.lane import Lane
from flows.workshop import PoisonError, Workshop
from parsers.model import Draft, NotAnArticle, Page
from storage import Claim, Outcome, digest

POISON_TRIES = 3  # a page that costs its parser's life is tried twice more, then set aside
FETCH_TRIES = 10  # after so many failures in a row a page is set aside
FULL_EVERY = 7  # days: as often is a page asked for in full, although its server might say 304
FIRST_PAUSE = 60.0  # seconds before the second try; doubled each time
LONGEST_PAUSE = 86400.0


async def obtain(claim: Claim, lane: Lane, client: Client, share: Share) -> Page | Outcome:
    """Fetch or read a claimed page; what keeps it out becomes the outcome that names it.

    Its bytes take room from `share`.
    """
    try:
        if claim.url.startswith("file:"):
            return await _read(claim.url, client.max_bytes, share)
        await lane.enter(claim.url)
        return await _fetch(claim, lane, client, share)
    except Refused as fault:
        return Outcome("refused", fault.reason)
    except Unreachable as fault:
        return later(claim, fault.reason, fault.retry_after)
    except Gone as fault:
        return Outcome("failed", fault.reason, status=fault.status, gone=True)
    except Unreadable as fault:
        return Outcome("failed", fault.reason)


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
        answer = await fetch(client, claim.url, _known(claim), packed=packed, share=share)
    except Unreachable as fault:
        lane.failed(fault.retry_after)
        raise
    except IntakeError:
        lane.answered()
        raise
    lane.answered()
    if isinstance(answer, NotModified):
        return Outcome("unchanged", "the server says that it has not changed (304)")
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
