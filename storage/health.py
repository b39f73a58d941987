"""How the archive fares, in one value: what a person looks at in the morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from storage.event_health import EventHealth, event_health
from storage.ledger import counts
from storage.models import ARTICLE, LINK, REVISION, SNAPSHOT, SOURCE
from storage.upkeep import size

SHOWN = 20  # failing hosts and sources, those that fail most
FAILING = ("failed", "quarantined")


@dataclass(frozen=True, slots=True)
class FailingHost:
    """A host with links that failed or were set aside: how many, and the newest reason."""

    host: str
    links: int
    last_error: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class FailingSource:
    """A source whose last polls failed: how many in a row, and why the last one did."""

    id: int
    url: str
    failures: int
    last_error: str | None
    polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """Links by state, articles and the newest one's arrival, what fails, events, and sizes in bytes."""

    links: dict[str, int]
    articles: int
    newest_article_at: datetime | None
    snapshots: int
    sources: int
    failing_hosts: tuple[FailingHost, ...]
    failing_sources: tuple[FailingSource, ...]
    events: EventHealth
    database_bytes: int


def health(session: Session) -> Health:
    """Look the archive over."""
    connection = session.connection()
    newest = select(REVISION.c.seen_at).where(
        REVISION.c.article_id == select(func.max(ARTICLE.c.id)).scalar_subquery()
    )
    articles, snapshots, sources = (
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (ARTICLE, SNAPSHOT, SOURCE)
    )
    return Health(
        links=dict(sorted(counts(session, None).items())),
        articles=articles,
        newest_article_at=connection.execute(newest.order_by(REVISION.c.version).limit(1)).scalar(),
        snapshots=snapshots,
        sources=sources,
        failing_hosts=_failing_hosts(session),
        failing_sources=_failing_sources(session),
        events=event_health(session),
        database_bytes=size(session),
    )


def _failing_hosts(session: Session) -> tuple[FailingHost, ...]:
    number = func.count().label("links")
    worst = select(LINK.c.host, number).where(LINK.c.state.in_(FAILING)).group_by(LINK.c.host)
    hosts = session.connection().execute(worst.order_by(number.desc(), LINK.c.host).limit(SHOWN)).all()
    return tuple(_failing_host(session, row.host, row.links) for row in hosts)


def _failing_host(session: Session, host: str, links: int) -> FailingHost:
    query = select(LINK.c.reason, LINK.c.checked_at).where(LINK.c.host == host, LINK.c.state.in_(FAILING))
    last = session.connection().execute(query.order_by(LINK.c.checked_at.desc(), LINK.c.id).limit(1)).one()
    return FailingHost(host, links, last.reason, last.checked_at)


def _failing_sources(session: Session) -> tuple[FailingSource, ...]:
    query = select(SOURCE).where(SOURCE.c.failures > 0).order_by(SOURCE.c.failures.desc(), SOURCE.c.id)
    rows = session.connection().execute(query.limit(SHOWN))
    return tuple(FailingSource(r.id, r.url, r.failures, r.last_error, r.polled_at) for r in rows)
