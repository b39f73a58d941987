"""The ledger: the state of every link, from the day it is found to the day its page is settled.

`link.due_at` is when a link may be claimed: its time when it is due, the end of the lease while it is
claimed, the next try after a failure, null when nothing more is to be done. So one comparison finds new
work, work to try again and work whose worker died.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, union, update
from sqlmodel import Session

from storage.codec import hints_from_json, hints_to_json
from storage.inserting import insert_rows, update_rows
from storage.membership import one_of
from storage.models import HOST, LINK
from storage.values import Claim, Link

ENTERING_LOCK = 0x6C696E6B73  # "links": an advisory lock of PostgreSQL's
_CLAIMED = (
    LINK.c.id, LINK.c.url, LINK.c.host, LINK.c.attempts, LINK.c.hints, LINK.c.etag, LINK.c.last_modified,
    LINK.c.snapshot_hash, LINK.c.location, LINK.c.hops, LINK.c.follow,
)  # fmt: skip


def discover(
    session: Session, links: Iterable[Link], source: int | None, *, now: datetime, again: bool = False
) -> int:
    """Enter links and return how many are new; `again` makes known ones that nobody holds due once more.

    Of known ones `again` also sees to it that they are followed as deep as is wished now.
    """
    found = [_link_row(link, source, now) for link in links]
    enter_alone(session)
    enter_hosts(session, {row["host"] for row in found} - {""})
    new = insert_rows(session.connection(), LINK, found, known_stay=True)
    if again:
        _make_due(session, [row["url"] for row in found], now)
        for follow in {row["follow"] for row in found} - {None}:
            _let_follow(session, [row["url"] for row in found if row["follow"] == follow], follow)
    return new


def enter_alone(session: Session) -> None:
    """Let nobody else enter links until the transaction ends.

    Two who enter the same ones in another order would each wait for the other. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(select(func.pg_advisory_xact_lock(ENTERING_LOCK)))


def enter_hosts(session: Session, hosts: Collection[str]) -> None:
    """Let hosts be known; those that are keep what is known of them."""
    rows = [{"host": host, "failures": 0} for host in sorted(hosts)]
    insert_rows(session.connection(), HOST, rows, known_stay=True)


def _link_row(link: Link, source: int | None, now: datetime) -> dict[str, Any]:
    return {
        "url": link.url, "original_url": link.original_url, "host": link.host, "source_id": source,
        "state": "due", "reason": "", "hints": hints_to_json(link.hints),
        "discovered_at": now, "due_at": now, "attempts": 0, "follow": link.follow or None,
    }  # fmt: skip


def _make_due(session: Session, urls: Sequence[str], now: datetime) -> None:
    idle = and_(LINK.c.worker.is_(None), LINK.c.state != "due")
    statement = update(LINK).where(idle, one_of(session.connection(), LINK.c.url, urls))
    session.connection().execute(statement.values(state="due", reason="asked for again", due_at=now))


def _let_follow(session: Session, urls: Sequence[str], follow: int) -> None:
    less = func.coalesce(LINK.c.follow, 0) < follow
    deeper = update(LINK).where(less, one_of(session.connection(), LINK.c.url, urls)).values(follow=follow)
    session.connection().execute(deeper)


def claim(  # noqa: PLR0913 - the four that follow the star are named at every call
    session: Session,
    now: datetime,
    hosts: int,
    pages: int,
    *,
    worker: str,
    lease: float,
    among: Collection[str] | None = None,
    at_hand: bool = False,
) -> list[Claim]:
    """Lease at most `pages` links of at most `hosts` hosts to `worker` for `lease` seconds.

    A host is leased whole, so that no two workers ask it at a time; it is left alone until its `next_at`.
    Links without a host are leased one by one, and so are all of them when their pages are `at_hand`: then no
    host is asked. `among` claims only these URLs. Pages that nobody has seen yet come first, and so do their
    hosts: what is only tried or looked at again never keeps them waiting.
    """
    wanted = and_(LINK.c.due_at <= now)
    if among is not None:
        wanted = and_(wanted, one_of(session.connection(), LINK.c.url, among))
    until = now + timedelta(seconds=lease)
    leased = [] if at_hand else _lease_hosts(session, wanted, (now, until), hosts, worker)
    rows = _due_at(session, wanted, leased, pages)
    alone = wanted if at_hand else and_(wanted, LINK.c.host == "")
    rows += _due(session, alone, pages - len(rows))
    taken = {"state": "claimed", "worker": worker, "due_at": until}
    update_rows(
        session.connection(), LINK, [{"id": row.id, "attempts": row.attempts + 1, **taken} for row in rows]
    )
    return [_claim(row, worker, until) for row in rows]


def _due_at(session: Session, wanted: ColumnElement[bool], hosts: Sequence[str], pages: int) -> list[Any]:
    """Give at most so many links that are due at these hosts, about as many of each."""
    rows: list[Any] = []
    share = math.ceil(pages / max(1, len(hosts)))
    for host in hosts:
        rows += _due(session, and_(wanted, LINK.c.host == host), min(share, pages - len(rows)))
    return rows


def states(session: Session, urls: Collection[str]) -> dict[str, str]:
    """Give the state of each of these addresses that the ledger knows."""
    query = select(LINK.c.url, LINK.c.state).where(one_of(session.connection(), LINK.c.url, urls))
    return {url: state for url, state in session.connection().execute(query)}  # noqa: C416 - mypy reads it


def ends(session: Session, urls: Collection[str]) -> list[tuple[str, str, str, datetime | None]]:
    """Give address, state, reason and when it is due of each of these addresses that the ledger knows."""
    columns = (LINK.c.url, LINK.c.state, LINK.c.reason, LINK.c.due_at)
    query = select(*columns).where(one_of(session.connection(), LINK.c.url, urls))
    return list(session.connection().execute(query).tuples())


def open_among(session: Session, urls: Collection[str], now: datetime, worker: str) -> list[str]:
    """Give those of these addresses whose links are due, or in the hands of another worker than this one."""
    is_open = or_(LINK.c.due_at <= now, and_(LINK.c.state == "claimed", LINK.c.worker != worker))
    query = select(LINK.c.url).where(is_open, one_of(session.connection(), LINK.c.url, urls))
    return list(session.connection().execute(query).scalars())


def _lease_hosts(
    session: Session, wanted: ColumnElement[bool], term: tuple[datetime, datetime], hosts: int, worker: str
) -> list[str]:
    now, until = term
    free = or_(HOST.c.lease_until.is_(None), HOST.c.lease_until <= now, HOST.c.worker == worker)
    ready = or_(HOST.c.next_at.is_(None), HOST.c.next_at <= now)
    work = select(LINK.c.id).where(wanted, LINK.c.host == HOST.c.host)
    unseen = work.where(LINK.c.checked_at.is_(None)).exists()
    query = select(HOST.c.host).where(free, ready, work.exists())
    query = query.order_by(unseen.desc(), HOST.c.next_at.nulls_first(), HOST.c.host).limit(hosts)
    leased = list(session.connection().execute(_for_me(query)).scalars())
    if leased:
        statement = update(HOST).where(HOST.c.host.in_(leased)).values(worker=worker, lease_until=until)
        session.connection().execute(statement)
    return leased


def _for_me(query: Select[Any]) -> Select[Any]:
    """Lock what is found and pass over what others have locked: a clause that SQLite needs not and drops."""
    return query.with_for_update(skip_locked=True)


def _due(session: Session, wanted: ColumnElement[bool], limit: int) -> list[Any]:
    rows: list[Any] = []
    for kind in (LINK.c.checked_at.is_(None), LINK.c.checked_at.is_not(None)):
        if len(rows) < limit:
            query = select(*_CLAIMED).where(wanted, kind)
            query = query.order_by(LINK.c.due_at, LINK.c.id).limit(limit - len(rows))
            rows += session.connection().execute(_for_me(query))
    return rows


def _claim(row: Any, worker: str, until: datetime) -> Claim:
    return Claim(
        link_id=row.id, url=row.url, host=row.host, worker=worker, lease_until=until,
        attempt=row.attempts + 1, hints=hints_from_json(row.hints), etag=row.etag,
        last_modified=row.last_modified, snapshot_hash=row.snapshot_hash,
        location=row.location, hops=row.hops or 0, follow=row.follow or 0,
    )  # fmt: skip


def renew(session: Session, claims: Sequence[Claim], until: datetime) -> None:
    """Make these claims, and their hosts' leases, last until then; what was lost meanwhile stays lost."""
    if not claims:
        return
    links = update(LINK).where(LINK.c.id == bindparam("key"), LINK.c.worker == bindparam("holder"))
    rows = [{"key": claim.link_id, "holder": claim.worker} for claim in claims]
    session.connection().execute(links.values(due_at=until), rows)
    held = sorted({(claim.host, claim.worker) for claim in claims if claim.host})
    if held:
        hosts = update(HOST).where(HOST.c.host == bindparam("key"), HOST.c.worker == bindparam("holder"))
        rows = [{"key": host, "holder": worker} for host, worker in held]
        session.connection().execute(hosts.values(lease_until=until), rows)


def give_back(session: Session, claims: Sequence[Claim]) -> None:
    """Return claims unworked: their links are due at once, and this try is not counted."""
    if claims:
        statement = _returned().where(LINK.c.id == bindparam("key"), LINK.c.worker == bindparam("holder"))
        rows = [{"key": claim.link_id, "holder": claim.worker} for claim in claims]
        session.connection().execute(statement, rows)


def _returned() -> Any:
    return update(LINK).values(
        state="due", worker=None, due_at=LINK.c.discovered_at, attempts=LINK.c.attempts - 1
    )


def leased_workers(session: Session) -> list[str]:
    """Name every worker that holds a link or a host, in order."""
    held = union(
        select(LINK.c.worker).where(LINK.c.worker.is_not(None)),
        select(HOST.c.worker).where(HOST.c.worker.is_not(None)),
    )
    return sorted(session.connection().execute(held).scalars())


def give_back_worker(session: Session, worker: str) -> int:
    """Return all that a dead worker held and say how many links that were."""
    links = session.connection().execute(_returned().where(LINK.c.worker == worker)).rowcount
    freed = update(HOST).where(HOST.c.worker == worker).values(worker=None, lease_until=None)
    session.connection().execute(freed)
    return links


def lease_host(session: Session, host: str, now: datetime, *, worker: str, lease: float) -> datetime | None:
    """Lease one host to a worker for `lease` seconds: None, or the time when it may be free."""
    enter_hosts(session, [host])
    row = session.connection().execute(select(HOST).where(HOST.c.host == host).with_for_update()).one()
    held = row.lease_until if row.worker not in {None, worker} else None
    busy = [at for at in (held, row.next_at) if at is not None and at > now]
    if not busy:
        values = {"worker": worker, "lease_until": now + timedelta(seconds=lease)}
        session.connection().execute(update(HOST).where(HOST.c.host == host).values(values))
    return max(busy, default=None)


def release_host(session: Session, host: str, worker: str, next_at: datetime | None) -> None:
    """End a worker's lease of a host, which is left alone until `next_at`."""
    mine = update(HOST).where(HOST.c.host == host, HOST.c.worker == worker)
    session.connection().execute(mine.values(worker=None, lease_until=None, next_at=next_at))


def name_waiting(session: Session, now: datetime, among: Collection[str] | None) -> None:
    """Write until when its host rests as the reason of each due link, of these URLs or of all, that waits."""
    query = select(LINK.c.id, HOST.c.next_at).join(HOST, HOST.c.host == LINK.c.host)
    waiting = query.where(LINK.c.state == "due", HOST.c.next_at > now)
    if among is not None:
        waiting = waiting.where(one_of(session.connection(), LINK.c.url, among))
    rows = [
        {"key": row.id, "why": f"its host rests until {row.next_at:%Y-%m-%d %H:%M:%S} UTC"}
        for row in session.connection().execute(waiting)
    ]
    if rows:
        named = update(LINK).where(LINK.c.id == bindparam("key"), LINK.c.state == "due")
        session.connection().execute(named.values(reason=bindparam("why")), rows)


def next_claimable(session: Session, among: Collection[str]) -> datetime | None:
    """Say when a link of these may be claimed at the earliest; None when each has come to its end."""
    held = case((HOST.c.worker.is_not(None), HOST.c.lease_until))
    query = select(LINK.c.due_at, HOST.c.next_at, held).outerjoin(HOST, HOST.c.host == LINK.c.host)
    waiting = query.where(
        one_of(session.connection(), LINK.c.url, among), LINK.c.state.in_(["due", "claimed"])
    )
    rows = session.connection().execute(waiting).tuples()
    return min((max(at for at in row if at is not None) for row in rows), default=None)


def counts(session: Session, among: Collection[str] | None) -> dict[str, int]:
    """Count links by state: all of them, or these URLs only."""
    query = select(LINK.c.state, func.count()).group_by(LINK.c.state)
    if among is not None:
        query = query.where(one_of(session.connection(), LINK.c.url, among))
    return {name: value for name, value in session.connection().execute(query)}  # noqa: C416 - mypy reads it


def due_elsewhere(session: Session, now: datetime) -> int:
    """Count the links that are due and wait for their host: it rests, or somebody holds it."""
    query = select(func.count()).select_from(LINK).join(HOST, HOST.c.host == LINK.c.host)
    waits = or_(HOST.c.lease_until > now, HOST.c.next_at > now)
    waiting = query.where(LINK.c.state == "due", LINK.c.due_at <= now, waits)
    return session.connection().execute(waiting).scalar_one()
