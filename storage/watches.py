"""Watches: saved searches that fire when a new or revised article matches, once per article and version."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, tuple_
from sqlmodel import Session

from storage.changes import last_seq
from storage.event_models import FIRING, RECEIVER, WATCH
from storage.models import ARTICLE
from storage.receivers import named
from storage.results import search_for
from storage.search import finder
from storage.values import Change

FIRING_KINDS = frozenset({"created", "revised"})


@dataclass(frozen=True, slots=True)
class Watch:
    """A saved search: `url` is told of what matches from now on; `fired` counts the versions it told of."""

    id: int
    query: str
    url: str
    added_at: datetime
    fired: int
    fired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Match:
    """An article's version that a watch is to tell of, and the change that led to it."""

    watch_id: int
    article_id: int
    version: int
    change: Change


def add_watch(session: Session, query: str, receiver_id: int, now: datetime) -> int:
    """Keep a search as typed, told to a receiver from the next change on; gives the watch's id."""
    row = {
        "receiver_id": receiver_id, "query": query, "since": last_seq(session), "added_at": now,
        "fired_before": 0,
    }  # fmt: skip
    added = WATCH.insert().values(row).returning(WATCH.c.id)
    return int(session.connection().execute(added).scalar_one())


def remove_watch(session: Session, name: str) -> bool:
    """Forget a watch by its number, and its receiver where that hears of nothing else; False for none."""
    gone = delete(WATCH).where(named(WATCH, name)).returning(WATCH.c.receiver_id)
    receiver = session.connection().execute(gone).scalar()
    if receiver is None:
        return False
    others = select(WATCH.c.id).where(WATCH.c.receiver_id == receiver).exists()
    silent = delete(RECEIVER).where(RECEIVER.c.id == receiver, ~RECEIVER.c.all_changes, ~others)
    session.connection().execute(silent)
    return True


def watches(session: Session) -> list[Watch]:
    """List every watch, in the order they were added."""
    times = func.count(FIRING.c.at) + WATCH.c.fired_before
    fired, last = times.label("fired"), func.max(FIRING.c.at).label("fired_at")
    query = select(WATCH.c.id, WATCH.c.query, RECEIVER.c.url, WATCH.c.added_at, fired, last)
    query = query.join(RECEIVER, RECEIVER.c.id == WATCH.c.receiver_id)
    query = query.outerjoin(FIRING, FIRING.c.watch_id == WATCH.c.id)
    query = query.group_by(*WATCH.c, RECEIVER.c.url).order_by(WATCH.c.id)
    return [Watch(**row) for row in session.connection().execute(query).mappings()]


def matching(session: Session, words: str, ids: Collection[int], now: datetime) -> set[int]:
    """Return those of these articles that `query` finds for the same words, as they stand now."""
    made = finder(session, search_for(words, {"now": now}))
    query = select(ARTICLE.c.position, ARTICLE.c.id).where(ARTICLE.c.id.in_(list(ids)), *made.exact())
    found = {row.position: int(row.id) for row in session.connection().execute(query)}
    return {found[position] for position in made.matching(found)} if found else set()


def matches(
    session: Session, receiver_id: int, changes: Sequence[Change], now: datetime
) -> Iterator[tuple[int, str, list[Match]]]:
    """Yield (watch's id, its search, what it is to tell) for a receiver's watches that these changes fire.

    A search sees an article as it stands now: a change whose version is history already fires for the
    current version, and the change that made that version does not fire once more.
    """
    news = [change for change in changes if change.kind in FIRING_KINDS]
    current = _versions(session, {change.article_id for change in news})
    query = select(WATCH).where(WATCH.c.receiver_id == receiver_id).order_by(WATCH.c.id)
    for watch in session.connection().execute(query).all() if current else ():
        wanted = {one.article_id for one in news if one.seq > watch.since} & current.keys()
        hit = matching(session, watch.query, wanted, now)
        told = _told(session, watch.id, [(one, current[one]) for one in hit])
        fresh = {
            one.article_id: Match(watch.id, one.article_id, current[one.article_id], one)
            for one in reversed(news)  # the first change that leads to an article stays
            if one.article_id in hit - told and one.seq > watch.since
        }
        if fresh:
            yield watch.id, watch.query, sorted(fresh.values(), key=lambda match: match.change.seq)


def _versions(session: Session, ids: Collection[int]) -> dict[int, int]:
    query = select(ARTICLE.c.id, ARTICLE.c.version).where(ARTICLE.c.id.in_(list(ids)))
    return {row.id: row.version for row in session.connection().execute(query)}


def _told(session: Session, watch: int, versions: Sequence[tuple[int, int]]) -> set[int]:
    """Return the articles among these versions of which the watch has told already."""
    if not versions:
        return set()
    keys: Any = tuple_(FIRING.c.article_id, FIRING.c.version)
    query = select(FIRING.c.article_id).where(FIRING.c.watch_id == watch, keys.in_(versions))
    return set(session.connection().execute(query).scalars())
