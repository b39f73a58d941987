"""Where links come from: the sources that are kept, polled when due, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, literal, or_, select, update
from sqlmodel import Session

from storage.database import new_rows
from storage.models import COUNTER, HOST, LINK, SOURCE
from storage.subscriptions import advertise

ARCHIVE = "warc"
READ_TO = "read_to"
HOSTS_AT_ONCE = 500  # that one claim leases, however many have sources that are due
STORED = ("stored", "revised", "unchanged")
LONGEST_NUMBER = 9  # digits of a source's number: its column has 32 bits


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to be kept; `attributes` is what a list said of it, under the list's own names.

    One that is not `active` is kept and never polled; the other wishes are as in `Source`.
    """

    url: str
    kind: str
    host: str
    name: str = ""
    language: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    keep_days: int | None = None
    keep_count: int | None = None
    poll_seconds: int | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it is kept: `links` is how many it found, `stored` how many of them are articles now.

    `keep_days` and `keep_count` say how long and how many of its raw pages stay, None for all of them.
    `changed_at` is when it last answered in full; `etag` and `last_modified` belong to that answer.
    """

    id: int
    url: str
    kind: str
    name: str
    host: str
    active: bool
    language: str | None
    poll_seconds: int | None
    keep_days: int | None
    keep_count: int | None
    added_at: datetime
    polled_at: datetime | None
    due_at: datetime | None
    changed_at: datetime | None
    etag: str | None
    last_modified: str | None
    failures: int
    last_error: str | None
    links: int
    stored: int
    attributes: Mapping[str, Any]

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time to poll it."""
        return self.active and self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll came to: `error` where it failed, else the validators of a full answer (`full`) or a 304.

    `kind` and `name` are what the source turned out to be; None leaves them as they are. `hub` is where it
    lets itself be subscribed to, under its address `topic` (WebSub). `lost` says what of it could not be had
    although it answered: it stands as the source's last error, and the poll has not failed.
    """

    due_at: datetime | None
    error: str | None = None
    lost: str | None = None
    full: bool = False
    etag: str | None = None
    last_modified: str | None = None
    kind: str | None = None
    name: str | None = None
    active: bool = True
    hub: str | None = None
    topic: str | None = None


def add_sources(session: Session, sources: Iterable[NewSource], now: datetime) -> list[str]:
    """Keep sources, due at once; those kept already stay as they are. Gives the addresses that are new."""
    added = []
    for source in sources:
        row = {
            **new_id(session),
            "url": source.url, "kind": source.kind, "name": source.name, "host": source.host,
            "active": source.active, "language": source.language, "added_at": now,
            "due_at": now if source.active else None, "failures": 0, "links_found": 0,
            "keep_days": source.keep_days, "keep_count": source.keep_count,
            "poll_seconds": source.poll_seconds, "attributes": dict(source.attributes),
        }  # fmt: skip
        entered = new_rows(session, SOURCE).values(row).returning(SOURCE.c.id)
        if session.connection().execute(entered).first() is not None:
            added.append(source.url)
            session.connection().execute(new_rows(session, HOST), {"host": source.host, "failures": 0})
    return added


def new_id(session: Session) -> dict[str, int]:
    """Number a new source where the database would give it a deleted one's number: SQLite."""
    if session.get_bind().dialect.name == "postgresql":
        return {}
    highest = select(func.coalesce(func.max(SOURCE.c.id), 0)).scalar_subquery()
    counted = update(COUNTER).where(COUNTER.c.name == "source")
    counted = counted.values(value=func.max(COUNTER.c.value, highest) + 1).returning(COUNTER.c.value)
    return {"id": session.connection().execute(counted).scalar_one()}


def remove_source(session: Session, name: str) -> bool:
    """Forget the source of this address or number; its links and articles stay. False where there is none."""
    return session.connection().execute(delete(SOURCE).where(is_named(name))).rowcount > 0


def is_named(name: str) -> ColumnElement[bool]:
    """Match the source that a text means: by its address, or by its number, which fits into 32 bits."""
    if name.isascii() and name.isdigit() and len(name) <= LONGEST_NUMBER:
        return or_(SOURCE.c.url == name, SOURCE.c.id == int(name))
    return SOURCE.c.url == name


def sources(session: Session) -> list[Source]:
    """List every source with its yield, in the order they were added."""
    stored = select(LINK.c.source_id, func.count().label("stored")).where(LINK.c.state.in_(STORED))
    by_source = stored.group_by(LINK.c.source_id).subquery()
    query = select(SOURCE, func.coalesce(by_source.c.stored, 0).label("stored"))
    query = query.outerjoin(by_source, by_source.c.source_id == SOURCE.c.id).order_by(SOURCE.c.id)
    return [_source(row) for row in session.connection().execute(query)]


def _source(row: Row[Any]) -> Source:
    """Make a source of its row."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    values["links"] = values.pop("links_found")
    names = Source.__dataclass_fields__
    return Source(**{name: value for name, value in values.items() if name in names})


def named_sources(session: Session, names: Iterable[str]) -> dict[str, int | None]:
    """Find the number of each source that is named by its number or address; None where there is none."""
    by_name = {str(one.id): one.id for one in sources(session)} | {
        one.url: one.id for one in sources(session)
    }
    return {name: by_name.get(name) for name in names}


def claim_sources(
    session: Session,
    now: datetime,
    *,
    worker: str,
    lease: float,
    among: Collection[int] | None = None,
    due: tuple[datetime | None, datetime] | None = None,
) -> list[Source]:
    """Lease at most HOSTS_AT_ONCE hosts of due sources that nobody else asks now, and give those sources.

    `due` is after when (None: ever) and by when, now by default, they have to have become due; `among` are
    numbers of sources that are wanted instead, due or not. What they yielded is not counted here.
    The caller ends each lease with `release_host`; one that is not ended comes back after `lease` seconds.
    """
    after, by = due or (None, now)
    chosen = _became_due(after, by) if among is None else SOURCE.c.id.in_(among)
    free = or_(HOST.c.lease_until.is_(None), HOST.c.lease_until <= now)
    ready = or_(HOST.c.next_at.is_(None), HOST.c.next_at <= now)
    query = select(HOST.c.host).where(free, ready, HOST.c.host.in_(select(SOURCE.c.host).where(chosen)))
    query = query.limit(HOSTS_AT_ONCE).with_for_update(skip_locked=True)
    hosts = set(session.connection().execute(query).scalars())
    held = update(HOST).where(HOST.c.host.in_(hosts))
    session.connection().execute(held.values(worker=worker, lease_until=now + timedelta(seconds=lease)))
    wanted = select(SOURCE, literal(0).label("stored")).where(chosen, SOURCE.c.host.in_(hosts))
    return [_source(row) for row in session.connection().execute(wanted.order_by(SOURCE.c.id))]


def rested_at(session: Session, due: tuple[datetime | None, datetime], by: datetime) -> datetime | None:
    """Say when the first free host with due sources has rested, None where none has until `by`.

    `due` is as claim_sources takes it.
    """
    after, since = due
    free = or_(HOST.c.lease_until.is_(None), HOST.c.lease_until <= since)
    query = select(func.min(HOST.c.next_at)).where(free, HOST.c.next_at <= by)
    query = query.where(HOST.c.host.in_(select(SOURCE.c.host).where(_became_due(after, since))))
    return session.connection().execute(query).scalar()


def _became_due(after: datetime | None, by: datetime) -> ColumnElement[bool]:
    due = and_(SOURCE.c.active, SOURCE.c.due_at <= by)
    return due if after is None else and_(due, SOURCE.c.due_at > after)


def any_late(session: Session, since: datetime, after: datetime | None = None) -> bool:
    """Tell whether a source has been due since then although its host was neither held nor at rest.

    With `after`, one that became due later than that.
    """
    free = and_(*(or_(at.is_(None), at <= since) for at in (HOST.c.lease_until, HOST.c.next_at)))
    late = select(SOURCE.c.id).join(HOST, HOST.c.host == SOURCE.c.host)
    late = late.where(_became_due(after, since), free).limit(1)
    return session.connection().execute(late).first() is not None


def renew_hosts(session: Session, worker: str, until: datetime) -> None:
    """Hold every host that a worker leases until then."""
    mine = update(HOST).where(HOST.c.worker == worker, HOST.c.lease_until.is_not(None))
    session.connection().execute(mine.values(lease_until=until))


def settle_poll(session: Session, source: int, polled: Polled, new_links: int, now: datetime) -> None:
    """Write down how a poll ended, and how many links it added to the source's count."""
    values: dict[str, Any] = {
        "polled_at": now, "due_at": polled.due_at, "active": polled.active,
        "last_error": polled.error or polled.lost,
        "failures": 0 if polled.error is None else SOURCE.c.failures + 1,
        "links_found": SOURCE.c.links_found + new_links,
    }  # fmt: skip
    if polled.full:
        values |= {"changed_at": now, "etag": polled.etag, "last_modified": polled.last_modified}
    if polled.kind is not None:
        values["kind"] = polled.kind
    if polled.name:
        values["name"] = polled.name
    session.connection().execute(update(SOURCE).where(SOURCE.c.id == source).values(values))
    if polled.hub and polled.topic:
        advertise(session, source, polled.hub, polled.topic, now)


def progress(session: Session) -> dict[str, int]:
    """Say, by file URI, at which byte each archive that was left in the middle is to be taken up again."""
    query = select(SOURCE.c.url, SOURCE.c.attributes).where(SOURCE.c.kind == ARCHIVE)
    return {url: attributes[READ_TO] for url, attributes in session.connection().execute(query)}


def keep_progress(session: Session, reached: Mapping[str, int], now: datetime) -> None:
    """Write down, by file URI, up to which byte archives are read; one read to its end, 0, is forgotten."""
    left = {url: at for url, at in reached.items() if at}
    if ended := reached.keys() - left.keys():
        gone = delete(SOURCE).where(SOURCE.c.kind == ARCHIVE, SOURCE.c.url.in_(sorted(ended)))
        session.connection().execute(gone)
    add_sources(session, [NewSource(url, ARCHIVE, "", attributes={READ_TO: 0}) for url in left], now)
    for url, at in left.items():
        values = {"attributes": {READ_TO: at}, "polled_at": now, "due_at": None, "active": False}
        session.connection().execute(update(SOURCE).where(SOURCE.c.url == url).values(values))
