"""Saving pages: snapshot, article or revision, change record and ledger state in the session's transaction.

Pages are saved in waves, so that a batch costs a few statements per table rather than a dozen per page. Two
pages that may be one article never share a wave: the second finds what the first has written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from parsers import Draft, Page, parser_version
from storage import furniture, identity, snapshots
from storage.changes import take_turn
from storage.hops import bring_home
from storage.inserting import insert_rows, update_rows
from storage.models import ARTICLE, ATTEMPT, LINK
from storage.preparing import Item, Prepared, prepare, without_furniture
from storage.recognition import known_articles, read_rows, stands_elsewhere
from storage.revisions import Decision, decide_content, from_own_page
from storage.values import Claim, Outcome, Saved, SavedState
from storage.writer import Found, Kept, Writer

LOST = ("failed", "refused", "quarantined")
_UNSEEN = {"etag": None, "last_modified": None, "snapshot_hash": None}  # what comes back is read anew


def save(session: Session, claim: Claim, page: Page, draft: Draft, now: datetime) -> Saved:
    """Store one parsed page and settle its link, all in the session's transaction."""
    return save_many(session, [(claim, page, draft)], now)[0]


def save_many(session: Session, items: Sequence[Item], now: datetime) -> list[Saved]:
    """Store many parsed pages as save() would one after another, faster; results in the order of `items`."""
    return save_prepared(session, prepare(items, now), now)


def save_prepared(session: Session, prepared: Sequence[Prepared], now: datetime) -> list[Saved]:
    """Store prepared pages in the session's transaction; results in the order given."""
    writer = Writer(session, take_turn(session), now, parser_version())
    known = furniture.of_hosts(session, {one.columns["host"] for one in prepared})
    arrivals = without_furniture(prepared, known) if known else prepared
    saved: dict[int, Saved] = {}
    left = list(arrivals)
    while left:
        wave, later = _wave(left)
        saved |= _save_wave(session, writer, wave)
        left = [arrival for arrival in wave if id(arrival) not in saved] + later
    writer.finish()
    return [saved[id(arrival)] for arrival in arrivals]


def _wave(left: Sequence[Prepared]) -> tuple[list[Prepared], list[Prepared]]:
    """Part pages that by their marks can be no one article from those that come after them."""
    wave: list[Prepared] = []
    later: list[Prepared] = []
    seen: set[object] = set()
    for arrival in left:
        (later if seen & arrival.marks else wave).append(arrival)
        seen |= arrival.marks
    return wave, later


def _save_wave(session: Session, writer: Writer, wave: Sequence[Prepared]) -> dict[int, Saved]:
    """Save a wave but for pages whose article another of its pages is: they come once that one is written."""
    columns = (LINK.c.id, LINK.c.article_id, LINK.c.source_id, LINK.c.discovered_at)
    links = {row.id: row for row in read_rows(session, columns, [arrival.claim.link_id for arrival in wave])}
    known = known_articles(session, wave, links)
    wave = _one_an_article(wave, known)
    snapshots.keep(session, [arrival.snapshot for arrival in wave])
    results = []
    for arrival in wave:
        link, kept = links[arrival.claim.link_id], known.get(id(arrival))
        decision = _decide(arrival, kept)
        found = Found(arrival.columns, arrival.words, link.source_id, link.discovered_at)
        article_id, version = writer.write(decision, kept, found, arrival.keys)
        state = _state(decision, kept, link)
        results.append(Saved(state, decision.reason, article_id, version))
    writer.flush()
    _settle_saved(session, wave, results, writer.now)
    return {id(arrival): saved for arrival, saved in zip(wave, results, strict=True)}


def _one_an_article(wave: Sequence[Prepared], known: Mapping[int, Kept]) -> list[Prepared]:
    taken: dict[int, Prepared] = {}
    for arrival in wave:
        kept = known.get(id(arrival))
        taken.setdefault(-len(taken) - 1 if kept is None else kept.row["id"], arrival)
    return list(taken.values())


def _decide(arrival: Prepared, kept: Kept | None) -> Decision:
    if kept is None:
        return decide_content({}, None)
    if kept.row["snapshot_hash"] == arrival.snapshot["hash"] and kept.row["status"] != "removed":
        return Decision("keep", "same bytes")
    copied = stands_elsewhere(arrival, kept) and kept.row["status"] != "removed"
    if copied or _is_variant(arrival, kept):
        return Decision("keep", "another address of the same article")
    if arrival.columns["fetched_at"] < kept.row["fetched_at"] and not arrival.claim.url.startswith("file:"):
        return Decision("keep", "captured before the version that is stored")  # a file's own time says less
    if (
        arrival.unstripped is not None
        and decide_content(arrival.unstripped.content, kept.revision).action == "keep"
    ):
        return Decision("keep", "same title, text and fields")  # what we learned since is no edit of theirs
    decision = decide_content(arrival.content, kept.revision)
    return from_own_page(decision) if _replaces_copy(arrival, kept) else decision


def _is_variant(arrival: Prepared, kept: Kept) -> bool:
    """Tell an AMP or mobile copy: it says in its own words what the article's own address says better."""
    here, canonical = arrival.page.url, arrival.columns["canonical_url"]
    if arrival.claim.url.startswith("file:") or identity.is_one_page(here, kept.row["url"]):
        return False
    return arrival.claimed_key is not None or (canonical is not None and identity.is_copy(here, canonical))


def _replaces_copy(arrival: Prepared, kept: Kept) -> bool:
    """Tell whether an article known from a copy alone is now read at the address that the copy named."""
    told, own, here = kept.row["url"], kept.row["canonical_url"], arrival.page.url
    known = own is not None and kept.row["status"] != "removed"
    return known and identity.is_one_page(here, own) and not identity.is_one_page(told, own)


def _state(decision: Decision, kept: Kept | None, link: Any) -> SavedState:
    if decision.action == "create":
        return "stored"
    if decision.action == "revise":
        return "revised"
    return "unchanged" if kept is not None and link.article_id == kept.row["id"] else "duplicate"


def _settle_saved(
    session: Session, wave: Sequence[Prepared], results: Sequence[Saved], now: datetime
) -> None:
    links, attempts = [], []
    for arrival, saved in zip(wave, results, strict=True):
        claim, page = arrival.claim, arrival.page
        headers = {name.lower(): value for name, value in page.headers}
        links.append({
            "id": claim.link_id, "state": saved.state, "reason": saved.reason, "etag": headers.get("etag"),
            "last_modified": headers.get("last-modified"), "snapshot_hash": arrival.snapshot["hash"],
            "article_id": saved.article_id, "due_at": None, "worker": None, "attempts": 0, "checked_at": now,
        })  # fmt: skip
        attempts.append({
            "link_id": claim.link_id, "at": now, "worker": claim.worker,
            "state": saved.state, "reason": saved.reason, "url": page.url, "status": page.status,
            "headers": [list(pair) for pair in page.headers] or None, "article_id": saved.article_id,
            "snapshot_hash": arrival.snapshot["hash"], "version": saved.version,
            "fetched_at": arrival.columns["fetched_at"],
        })  # fmt: skip
    insert_rows(session.connection(), ATTEMPT, attempts)
    update_rows(session.connection(), LINK, links)
    bring_home(session, [arrival.claim for arrival in wave])


def settle(
    session: Session, claim: Claim, outcome: Outcome, now: datetime, page: Page | None = None
) -> Saved | None:
    """End a claim without a saved page and record the try; a lease lost meanwhile changes nothing.

    The bytes of an unchanged `page` are kept if they are not here: an import brings none. Returns what became
    of the link's article where it is gone and so is removed; else None.
    """
    mine = update(LINK).where(LINK.c.id == claim.link_id, LINK.c.worker == claim.worker)
    values: dict[str, Any] = {"state": outcome.state, "reason": outcome.reason, "due_at": outcome.retry_at}
    values |= {"worker": None, "checked_at": now}
    if outcome.retry_at is None:
        values["attempts"] = 0
    if outcome.gone:
        values |= _UNSEEN
    if not session.connection().execute(mine.values(values)).rowcount:
        return None
    bring_home(session, [claim])
    owner = select(LINK.c.article_id).where(LINK.c.id == claim.link_id)
    article_id = session.connection().execute(owner).scalar()
    version = None if article_id is None else _settle_article(session, claim, article_id, outcome, now)
    arrived = {"status": outcome.status}
    if article_id is not None and outcome.state == "unchanged" and page is not None:
        arrived |= _kept_at_last(session, claim, page, now)
    session.connection().execute(ATTEMPT.insert(), {
        "link_id": claim.link_id, "at": now, "worker": claim.worker, "state": outcome.state,
        "reason": outcome.reason, "article_id": article_id, "version": version, **arrived,
    })  # fmt: skip
    if article_id is None or version is None:
        return None
    return Saved("removed", outcome.reason, article_id, version)


def _kept_at_last(session: Session, claim: Claim, page: Page, now: datetime) -> dict[str, Any]:
    """Keep a page that was known by its hash alone; gives what the try then tells, nothing if it is here."""
    if not snapshots.keep_missing(session, claim, page, now):
        return {}
    arrived = {"url": page.url, "status": page.status, "fetched_at": page.fetched_at or now}
    headers = [list(pair) for pair in page.headers] or None
    return {**arrived, "headers": headers, "snapshot_hash": claim.snapshot_hash}


def _settle_article(
    session: Session, claim: Claim, article_id: int, outcome: Outcome, now: datetime
) -> int | None:
    """Note that an article was looked at, or that it is gone: then its text is kept and it is removed."""
    counters = take_turn(session)  # whoever writes an article has the turn first: no two wait for each other
    if outcome.gone or outcome.state == "unchanged":
        seen = update(ARTICLE).where(ARTICLE.c.id == article_id).values(last_checked_at=now)
        session.connection().execute(seen)
    if not outcome.gone or _stands_elsewhere(session, claim, article_id):
        return None
    writer = Writer(session, counters, now, parser_version())
    version = writer.remove(article_id, outcome.reason)
    writer.finish()
    session.connection().execute(update(LINK).where(LINK.c.article_id == article_id).values(_UNSEEN))
    return version


def _stands_elsewhere(session: Session, claim: Claim, article_id: int) -> bool:
    """Tell whether what is gone is but another address of an article (an AMP copy) that still stands."""
    query = select(ARTICLE.c.url, ARTICLE.c.canonical_url).where(ARTICLE.c.id == article_id)
    own = {identity.address_key(url) for url in session.connection().execute(query).one() if url}
    if not own.isdisjoint(identity.address_key(url) for url in (claim.url, claim.location) if url):
        return False
    others = (LINK.c.article_id == article_id, LINK.c.id != claim.link_id, LINK.c.state.not_in(LOST))
    return session.connection().execute(select(LINK.c.id).where(*others).limit(1)).first() is not None
