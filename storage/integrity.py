"""Is the archive whole? What the databases check themselves, and what only this archive knows of its rows.

Each rule of RULES is a query for the rows that break it and a line that names one such row. They are read in
one view of the archive that stands still, so that a check beside writers finds no half of anyone's work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

import zstandard
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from storage.database import Database
from storage.models import SNAPSHOT
from storage.nearness import cluster_faults
from storage.renewal import is_outdated
from storage.rereading import article_faults
from storage.shapes import unreadable
from storage.values import ArticleStatus, ChangeKind, EditClass, LinkState

BATCH = 100  # snapshots in memory at once
STATES, STATUSES, KINDS, EDITS = (
    ", ".join(f"'{name}'" for name in get_args(names))
    for names in (LinkState, ArticleStatus, ChangeKind, EditClass)
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`query` finds the rows that break the rule; `fault` says so of one, by its columns."""

    fault: str
    query: str


RULES = (
    Rule(
        "article {id}: its version {version} has no revision",
        """SELECT a.id, a.version FROM article a LEFT JOIN revision r
        ON r.article_id = a.id AND r.version = a.version WHERE r.version IS NULL ORDER BY a.id""",
    ),
    Rule(
        "article {id}: {found} revisions up to version {version}",
        """SELECT a.id, a.version, count(r.version) AS found FROM article a
        JOIN revision r ON r.article_id = a.id GROUP BY a.id, a.version
        HAVING count(r.version) <> a.version OR max(r.version) > a.version ORDER BY a.id""",
    ),
    Rule(
        "article {article_id}: the content of its version {version} is missing",
        """SELECT r.article_id, r.version FROM revision r JOIN article a ON a.id = r.article_id
        WHERE r.version < a.version AND coalesce(CAST(r.content AS text), 'null') = 'null'
        ORDER BY r.article_id, r.version""",
    ),
    Rule(
        "article {id}: its content_hash is not that of its version {version}",
        """SELECT a.id, a.version FROM article a JOIN revision r
        ON r.article_id = a.id AND r.version = a.version
        WHERE r.content_hash <> a.content_hash ORDER BY a.id""",
    ),
    Rule(
        "article {id}: its snapshot is not that of its version {version}",
        """SELECT a.id, a.version FROM article a JOIN revision r
        ON r.article_id = a.id AND r.version = a.version
        WHERE r.snapshot_hash <> a.snapshot_hash ORDER BY a.id""",
    ),
    Rule(
        "article {article_id}: the page of its version {version} is missing",
        """SELECT r.article_id, r.version FROM revision r LEFT JOIN snapshot s ON s.hash = r.snapshot_hash
        WHERE s.hash IS NULL AND (SELECT coalesce(max(value), 0) FROM counter WHERE name = 'snapshot') = 0
        ORDER BY r.article_id, r.version""",
    ),
    Rule(
        "snapshots: {found} pages are missing, though {known} were let go or never came",
        """SELECT found, known FROM (SELECT (SELECT max(value) FROM counter WHERE name = 'snapshot') AS known,
        (SELECT count(DISTINCT r.snapshot_hash) FROM revision r LEFT JOIN snapshot s
        ON s.hash = r.snapshot_hash WHERE s.hash IS NULL) AS found) told WHERE known > 0 AND found > known""",
    ),
    Rule(
        "article {id}: it is removed, but no version says so",
        """SELECT a.id FROM article a LEFT JOIN revision r ON r.article_id = a.id AND r.edit = 'removed'
        WHERE a.status = 'removed' AND r.version IS NULL ORDER BY a.id""",
    ),
    Rule(
        "article {id}: its cluster {cluster_id} is no article",
        """SELECT a.id, a.cluster_id FROM article a LEFT JOIN article c ON c.id = a.cluster_id
        WHERE c.id IS NULL ORDER BY a.id""",
    ),
    Rule(
        "article {id}: its cluster {cluster_id} is of another's",
        """SELECT a.id, a.cluster_id FROM article a JOIN article c ON c.id = a.cluster_id
        WHERE c.cluster_id <> c.id ORDER BY a.id""",
    ),
    Rule(
        "article {id}: {status} is no status",
        f"SELECT id, status FROM article WHERE status NOT IN ({STATUSES}) ORDER BY id",  # noqa: S608 - a constant
    ),
    Rule(
        "article {id}: no address leads to it",
        """SELECT a.id FROM article a LEFT JOIN address d ON d.article_id = a.id
        WHERE d.article_id IS NULL ORDER BY a.id""",
    ),
    Rule(
        "change {seq}: there is no article {article_id}",
        """SELECT c.seq, c.article_id FROM change c LEFT JOIN article a ON a.id = c.article_id
        WHERE a.id IS NULL ORDER BY c.seq""",
    ),
    Rule(
        "change {seq}: article {article_id} has no version {version}",
        """SELECT c.seq, c.article_id, c.version FROM change c
        JOIN article a ON a.id = c.article_id LEFT JOIN revision r
        ON r.article_id = c.article_id AND r.version = c.version WHERE r.version IS NULL ORDER BY c.seq""",
    ),
    Rule(
        "article {article_id}: {found} changes tell of its version {version}",
        """SELECT article_id, version, count(*) AS found FROM change WHERE kind <> 'merged'
        GROUP BY article_id, version HAVING count(*) > 1 ORDER BY article_id, version""",
    ),
    Rule(
        "change {seq}: {kind} is no kind of change",
        f"SELECT seq, kind FROM change WHERE kind NOT IN ({KINDS}) ORDER BY seq",  # noqa: S608 - a constant
    ),
    Rule(
        "change {seq}: they are numbered from 1",
        "SELECT seq FROM change WHERE seq < 1 ORDER BY seq",
    ),
    Rule(
        "article {article_id}: its version {version} is of no known edit: {edit}",
        f"""SELECT article_id, version, edit FROM revision WHERE edit NOT IN ({EDITS})
        ORDER BY article_id, version""",  # noqa: S608 - the same
    ),
    Rule(
        "change stream: {found} changes up to number {last}",
        """SELECT found, last FROM (SELECT (SELECT count(*) FROM change) AS found, max(n.number) AS last FROM
        (SELECT coalesce(max(seq), 0) AS number FROM change
        UNION ALL SELECT value FROM counter WHERE name = 'change') n) told WHERE found <> last""",
    ),
    Rule(
        "counter {name}: it is missing",
        """SELECT n.name FROM (SELECT 'article' AS name UNION ALL SELECT 'change') n
        LEFT JOIN counter c ON c.name = n.name WHERE c.name IS NULL ORDER BY n.name""",
    ),
    Rule(
        "counter {name}: it stands at {value}, behind {last}",
        """SELECT c.name, c.value, m.last FROM counter c JOIN (
        SELECT 'article' AS name, max(id) AS last FROM article
        UNION ALL SELECT 'change', max(seq) FROM change
        UNION ALL SELECT 'source', max(id) FROM source) m ON m.name = c.name
        WHERE m.last > c.value ORDER BY c.name""",
    ),
    Rule(
        "link {url}: {state}, but it has no article",
        """SELECT url, state FROM link WHERE article_id IS NULL
        AND state IN ('stored', 'revised', 'duplicate') ORDER BY id""",
    ),
    Rule(
        "link {url}: its article is {named}, that of its last try {tried}",
        """SELECT l.url, coalesce(CAST(l.article_id AS text), 'none') AS named, t.article_id AS tried
        FROM link l JOIN attempt t ON t.id = (SELECT max(a.id) FROM attempt a
        WHERE a.link_id = l.id AND a.article_id IS NOT NULL)
        WHERE t.article_id <> coalesce(l.article_id, 0) AND (l.article_id > 0 OR l.state = 'unchanged')
        ORDER BY l.id""",
    ),
    Rule(
        "link {url}: {state}, but nothing says when it may be claimed",
        "SELECT url, state FROM link WHERE due_at IS NULL AND state IN ('due', 'claimed') ORDER BY id",
    ),
    Rule(
        "link {url}: {state} is no state",
        f"SELECT url, state FROM link WHERE state NOT IN ({STATES}) ORDER BY id",  # noqa: S608 - a constant
    ),
    Rule(
        "near copies: article {article_id} of band {value} does not exist",
        """SELECT b.value, b.article_id FROM (SELECT value, article_id FROM band
        UNION ALL SELECT value, article_id FROM band_new) b LEFT JOIN article a ON a.id = b.article_id
        WHERE a.id IS NULL ORDER BY b.value, b.article_id""",
    ),
)
INDEXED = {
    "sqlite": "SELECT id AS position FROM fulltext_docsize",
    "postgresql": "SELECT position FROM fulltext",
}


def faults(database: Database) -> Iterator[str]:
    """Yield one line for every fault of the archive; none when it is whole. Reads all of it."""
    if database.dialect == "sqlite" and (damage := _sqlite_faults(database)):
        yield from damage
        return  # what a damaged file says of its rows means nothing
    with database.read() as session:
        yield from _broken(session, RULES)
        unindexed = list(_broken(session, _index_rules(database.dialect)))
        yield from unindexed
        if outdated := is_outdated(session):
            yield "word index: other rules than today's made it: `cleanwire upkeep` makes it anew"
        illegible = list(unreadable(session)) if database.dialect == "sqlite" else []
        yield from illegible
        if not illegible:
            yield from article_faults(session, words=not (unindexed or outdated))
            yield from cluster_faults(session.connection())
        yield from _snapshot_faults(session)


def _broken(session: Session, rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        for row in session.connection().execute(text(rule.query)).mappings():
            yield rule.fault.format_map(row)


def _index_rules(dialect: str) -> tuple[Rule, Rule]:
    """Word index and articles agree on who is there."""
    indexed = INDEXED[dialect]
    return (
        Rule(
            "article {id}: it is not in the word index",
            f"SELECT a.id FROM article a LEFT JOIN ({indexed}) f ON f.position = a.position "  # noqa: S608 - constants
            "WHERE f.position IS NULL ORDER BY a.id",
        ),
        Rule(
            "word index: no article stands at its position {position}",
            f"SELECT f.position FROM ({indexed}) f LEFT JOIN article a ON a.position = f.position "  # noqa: S608 - the same
            "WHERE a.position IS NULL ORDER BY f.position",
        ),
    )


def _sqlite_faults(database: Database) -> list[str]:
    """Ask SQLite about its file, its references and its word index."""
    found = []
    with database.alone() as connection:
        try:
            said = connection.execute(text("PRAGMA integrity_check")).scalars()
            found += [f"SQLite: {line}" for line in said if line != "ok"]
            for row in connection.execute(text("PRAGMA foreign_key_check")):
                found.append(f"{row[0]}: row {row[1]} refers to a {row[2]} that does not exist")
            connection.execute(text("INSERT INTO fulltext (fulltext) VALUES ('integrity-check')"))
        except OperationalError:
            raise  # the disk or a lock, not what is in the file
        except DriverError as error:
            found.append(f"SQLite: {error.orig}")
    return found


def _snapshot_faults(session: Session) -> Iterator[str]:
    """Unpack every snapshot and compare it with its hash and size."""
    query = (
        select(SNAPSHOT.c.hash, SNAPSHOT.c.size, SNAPSHOT.c.content).order_by(SNAPSHOT.c.hash).limit(BATCH)
    )
    unpacker, last = zstandard.ZstdDecompressor(), ""
    while rows := session.connection().execute(query.where(SNAPSHOT.c.hash > last)).all():
        for row in rows:
            try:
                content = unpacker.decompress(row.content)
            except zstandard.ZstdError:
                yield f"snapshot {row.hash}: it cannot be unpacked"
                continue
            if hashlib.sha256(content).hexdigest() != row.hash or len(content) != row.size:
                yield f"snapshot {row.hash}: its bytes are not those it is named after"
        last = rows[-1].hash
