"""The ledger of imported articles: their sources, the links that led to them, and each try at those."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, select, text, update
from sqlmodel import Session

from parsers.urls import authority
from storage.inserting import insert_rows
from storage.ledger import enter_hosts
from storage.line_rows import Record
from storage.lines import LINK_FIELDS, SOURCE_FIELDS, TRY_FIELDS
from storage.membership import one_of
from storage.models import ATTEMPT, COUNTER, LINK, SOURCE
from storage.sources import new_id

IMPORTER = "import"  # stands as the worker of the one try at a link that lines tell nothing of
REASON = "brought in by import"
NUMBERED = """SELECT setval(name, greatest(:id, pg_sequence_last_value(name)))
    FROM (SELECT pg_get_serial_sequence('source', 'id')::regclass AS name) AS s"""
Row = dict[str, Any]


class LedgerRestorer:
    """Enters what found and fetched the articles of lines; in a `fresh` archive sources keep their numbers.

    `highest` is the highest number of an article that some try of theirs names.
    """

    def __init__(self, session: Session, now: datetime, *, fresh: bool) -> None:
        self.highest = 0
        self._session = session
        self._now = now
        self._fresh = fresh
        self._sources: dict[str, int] = {}

    def source(self, told: Mapping[str, Any] | None, number: int | None) -> int | None:
        """Give the number that a source has here, which had `number` there: by its address, or entered.

        An archive that was not empty does not poll what comes into it so.
        """
        if told is None:
            return None
        url = told["url"]
        if url not in self._sources:
            known = self._session.connection().execute(select(SOURCE.c.id).where(SOURCE.c.url == url))
            found = known.scalar()
            self._sources[url] = self._new_source(told, told["id"] or number) if found is None else found
        return self._sources[url]

    def _new_source(self, told: Mapping[str, Any], number: int | None) -> int:
        connection = self._session.connection()
        row = {name: told[name] for name in SOURCE_FIELDS if name != "id"}
        row |= {"active": told["active"] and self._fresh, "added_at": told["added_at"] or self._now}
        row |= {"failures": 0, "due_at": self._now if row["active"] else None}
        numbered = self._keep_number(number) or new_id(self._session)
        enter_hosts(self._session, [told["host"]])
        entered = connection.execute(SOURCE.insert().values(**numbered, **row).returning(SOURCE.c.id))
        return int(entered.scalar_one())

    def _keep_number(self, number: int | None) -> dict[str, int]:
        """Keep a source's number in an archive that was empty, so that nobody else is given it."""
        connection = self._session.connection()
        if number is None or not self._fresh:
            return {}
        if connection.execute(select(SOURCE.c.id).where(SOURCE.c.id == number)).first() is not None:
            return {}
        if connection.dialect.name == "postgresql":
            connection.execute(text(NUMBERED), {"id": number})
        else:
            counted = update(COUNTER).where(COUNTER.c.name == "source", COUNTER.c.value < number)
            connection.execute(counted.values(value=number))
        return {"id": number}

    def enter(self, rows: Sequence[Row], records: Sequence[Record]) -> None:
        """Enter the links of articles, which are there as `rows`, and the tries at them.

        A link that the ledger knows stays as it is, but that it has an article now if it had none; one that
        leads to another article here gets no tries.
        """
        told = [
            (row["id"], link)
            for row, record in zip(rows, records, strict=True)
            for link in self._links(row, record)
        ]
        taken = self._taken({link["url"] for _, link in told})
        told = [(owner, link) for owner, link in told if link["url"] not in taken]
        known = self._numbers({link["url"] for _, link in told})
        new: dict[str, Row] = {}
        for owner, link in told:
            if link["url"] not in known:
                new.setdefault(link["url"], _link_row(owner, link))
        self._enter_links(list(new.values()))
        numbers = known | self._numbers(new)
        tries = [{**one, "link_id": numbers[link["url"]]} for _, link in told for one in link["tries"]]
        insert_rows(self._session.connection(), ATTEMPT, sorted(tries, key=lambda one: one["at"]))
        self._adopt([(numbers[link["url"]], owner, link) for owner, link in told if link["url"] in known])

    def _enter_links(self, new: Sequence[Row]) -> None:
        enter_hosts(self._session, {link["host"] for link in new} - {""})
        insert_rows(self._session.connection(), LINK, new)

    def _taken(self, urls: Collection[str]) -> set[str]:
        connection = self._session.connection()
        query = select(LINK.c.url).where(one_of(connection, LINK.c.url, urls), LINK.c.article_id.is_not(None))
        return set(connection.execute(query).scalars()) if urls else set()

    def _numbers(self, urls: Collection[str]) -> dict[str, int]:
        connection = self._session.connection()
        query = select(LINK.c.url, LINK.c.id).where(one_of(connection, LINK.c.url, urls))
        return {row.url: row.id for row in connection.execute(query)} if urls else {}

    def _adopt(self, known: Iterable[tuple[int, int, Row]]) -> None:
        """Let links that were known and led to nothing have their articles; what is at rest is settled."""
        rows = [
            {"key": key, "owner": owner, **{name: link[name] for name in ("state", "reason", "due_at")}}
            for key, owner, link in known
        ]
        mine = update(LINK).where(LINK.c.id == bindparam("key"), LINK.c.article_id.is_(None))
        rests = and_(LINK.c.state != "due", LINK.c.state != "claimed")
        settled = {
            name: case((rests, bindparam(name, type_=LINK.c[name].type)), else_=LINK.c[name])
            for name in ("state", "reason", "due_at")
        }
        if rows:
            values = mine.values(article_id=bindparam("owner"), **settled)
            self._session.connection().execute(values, rows)

    def _links(self, row: Row, record: Record) -> Iterator[Row]:
        """Give the links of an article as they are to stand here; one, if its line tells of none."""
        if record.links is None:
            yield _made_up(row, self._now)
            return
        told = [one for one in (record.source, *record.other_sources) if one is not None]
        numbers = {one["id"]: self.source(one, None) for one in told if one["id"] is not None}
        renumbered = {number: number if self._fresh else None for number in record.named}
        renumbered[record.row["id"]] = row["id"]
        self.highest = max(self.highest, *(number or 0 for number in renumbered.values()))
        for link in record.links:
            tries = [{**one, "article_id": renumbered.get(one["article_id"])} for one in link["tries"]]
            yield {**link, "source_id": numbers.get(link["source_id"]), "tries": tries}


def _made_up(row: Row, now: datetime) -> Row:
    """Make the link of an article whose line tells of none: this import is the one try at it."""
    asked = row["original_url"] or ""
    url = asked if asked.startswith("file:") else row["url"]
    end = "failed" if row["status"] == "removed" else "stored"
    state = {"state": end, "reason": REASON, "snapshot_hash": row["snapshot_hash"]}
    one = {**dict.fromkeys(TRY_FIELDS), **state, "at": now, "worker": IMPORTER, "url": row["url"]}
    one |= {"fetched_at": row["fetched_at"]}
    return {
        **dict.fromkeys(LINK_FIELDS), **state, "url": url, "source_id": row["source_id"], "attempts": 0,
        "discovered_at": row["discovered_at"], "checked_at": row["last_checked_at"],
        "tries": [{**one, "article_id": row["id"], "version": row["version"]}],
    }  # fmt: skip


def _link_row(owner: int, link: Row) -> Row:
    asked = link["location"] or link["url"]
    host = authority(asked) if asked.startswith(("http://", "https://")) else ""
    return {name: link[name] for name in LINK_FIELDS} | {"article_id": owner, "host": host}
