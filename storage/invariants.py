"""What is true of the rows of a whole archive, each rule as a query for the rows that break it.

The rules of articles hold for a span of them, `:low` < id <= `:high`: read span by span, beside everything
else that is asked of the same articles, each page of a large archive comes from the disk but once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from storage.values import ArticleStatus, ChangeKind, EditClass, LinkState

STATES, STATUSES, KINDS, EDITS = (
    ", ".join(f"'{name}'" for name in get_args(names))
    for names in (LinkState, ArticleStatus, ChangeKind, EditClass)
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`query` finds the rows that break the rule; `fault` says so of one, by its columns."""

    fault: str
    query: str


OF_ARTICLES = (
    Rule(
        "article {id}: its version {version} has no revision",
        """SELECT a.id, a.version FROM article a LEFT JOIN revision r
        ON r.article_id = a.id AND r.version = a.version
        WHERE a.id > :low AND a.id <= :high AND r.version IS NULL ORDER BY a.id""",
    ),
    Rule(
        "article {id}: {found} revisions up to version {version}",
        """SELECT a.id, a.version, count(r.version) AS found FROM article a
        JOIN revision r ON r.article_id = a.id WHERE a.id > :low AND a.id <= :high GROUP BY a.id, a.version
        HAVING count(r.version) <> a.version OR max(r.version) > a.version ORDER BY a.id""",
    ),
    Rule(
        "article {article_id}: the content of its version {version} is missing",
        """SELECT r.article_id, r.version FROM revision r JOIN article a ON a.id = r.article_id
        WHERE a.id > :low AND a.id <= :high AND r.version < a.version
        AND coalesce(CAST(r.content AS text), 'null') = 'null' ORDER BY r.article_id, r.version""",
    ),
    Rule(
        "article {id}: its content_hash is not that of its version {version}",
        """SELECT a.id, a.version FROM article a JOIN revision r
        ON r.article_id = a.id AND r.version = a.version
        WHERE a.id > :low AND a.id <= :high AND r.content_hash <> a.content_hash ORDER BY a.id""",
    ),
    Rule(
        "article {id}: its snapshot is not that of its version {version}",
        """SELECT a.id, a.version FROM article a JOIN revision r
        ON r.article_id = a.id AND r.version = a.version
        WHERE a.id > :low AND a.id <= :high AND r.snapshot_hash <> a.snapshot_hash ORDER BY a.id""",
    ),
    Rule(
        "article {article_id}: the page of its version {version} is missing",
        """SELECT r.article_id, r.version FROM revision r LEFT JOIN snapshot s ON s.hash = r.snapshot_hash
        WHERE r.article_id > :low AND r.article_id <= :high AND s.hash IS NULL
        AND (SELECT coalesce(max(value), 0) FROM counter WHERE name = 'snapshot') = 0
        ORDER BY r.article_id, r.version""",
    ),
    Rule(
        "article {id}: it is removed, but no version says so",
        """SELECT a.id FROM article a LEFT JOIN revision r ON r.article_id = a.id AND r.edit = 'removed'
        WHERE a.id > :low AND a.id <= :high AND a.status = 'removed' AND r.version IS NULL ORDER BY a.id""",
    ),
    Rule(
        "article {id}: it is {status}, but its version {version} says that it is removed",
        """SELECT a.id, a.status, a.version FROM article a JOIN revision r
        ON r.article_id = a.id AND r.version = a.version
        WHERE a.id > :low AND a.id <= :high AND a.status <> 'removed' AND r.edit = 'removed' ORDER BY a.id""",
    ),
    Rule(
        "article {id}: its cluster {cluster_id} is no article",
        """SELECT a.id, a.cluster_id FROM article a LEFT JOIN article c ON c.id = a.cluster_id
        WHERE a.id > :low AND a.id <= :high AND c.id IS NULL ORDER BY a.id""",
    ),
    Rule(
        "article {id}: its cluster {cluster_id} is of another's",
        """SELECT a.id, a.cluster_id FROM article a JOIN article c ON c.id = a.cluster_id
        WHERE a.id > :low AND a.id <= :high AND a.cluster_id <> a.id AND c.cluster_id <> c.id
        ORDER BY a.id""",
    ),
    Rule(
        "article {id}: {status} is no status",
        f"""SELECT id, status FROM article
        WHERE id > :low AND id <= :high AND status NOT IN ({STATUSES}) ORDER BY id""",  # noqa: S608 - a constant
    ),
    Rule(
        "article {id}: a time of its precision, {precision}, is none",
        """SELECT id, coalesce(published_precision, 'none') AS precision FROM article
        WHERE id > :low AND id <= :high AND (published_precision NOT IN ('second', 'day')
        OR (published_precision IS NOT NULL AND published_at IS NULL)) ORDER BY id""",
    ),
    Rule(
        "article {id}: no address leads to it",
        """SELECT a.id FROM article a LEFT JOIN address d ON d.article_id = a.id
        WHERE a.id > :low AND a.id <= :high AND d.article_id IS NULL ORDER BY a.id""",
    ),
    Rule(
        "change {seq}: there is no article {article_id}",
        """SELECT c.seq, c.article_id FROM change c LEFT JOIN article a ON a.id = c.article_id
        WHERE c.article_id > :low AND c.article_id <= :high AND a.id IS NULL ORDER BY c.seq""",
    ),
    Rule(
        "change {seq}: article {article_id} has no version {version}",
        """SELECT c.seq, c.article_id, c.version FROM change c
        JOIN article a ON a.id = c.article_id LEFT JOIN revision r
        ON r.article_id = c.article_id AND r.version = c.version
        WHERE c.article_id > :low AND c.article_id <= :high AND r.version IS NULL ORDER BY c.seq""",
    ),
    Rule(
        "article {article_id}: {found} changes tell of its version {version}",
        """SELECT article_id, version, count(*) AS found FROM change
        WHERE article_id > :low AND article_id <= :high AND kind <> 'merged'
        GROUP BY article_id, version HAVING count(*) > 1 ORDER BY article_id, version""",
    ),
    Rule(
        "article {article_id}: its version {version} is of no known edit: {edit}",
        f"""SELECT article_id, version, edit FROM revision
        WHERE article_id > :low AND article_id <= :high AND edit NOT IN ({EDITS})
        ORDER BY article_id, version""",  # noqa: S608 - the same
    ),
    Rule(
        "article {article_id}: its version {version} cannot be {edit}",
        f"""SELECT article_id, version, edit FROM revision
        WHERE article_id > :low AND article_id <= :high AND edit IN ({EDITS})
        AND (version = 1 AND edit <> 'first' OR version > 1 AND edit = 'first')
        ORDER BY article_id, version""",  # noqa: S608 - the same
    ),
    Rule(
        "change {seq}: {kind}, though version {version} of article {article_id} is {edit}",
        f"""SELECT c.seq, c.kind, c.version, c.article_id, r.edit FROM change c JOIN revision r
        ON r.article_id = c.article_id AND r.version = c.version
        WHERE c.article_id > :low AND c.article_id <= :high AND c.kind IN ({KINDS}) AND r.edit IN ({EDITS})
        AND c.kind NOT IN ('merged', CASE r.edit WHEN 'first' THEN 'created' WHEN 'removed' THEN 'removed'
        WHEN 'reparsed' THEN 'reparsed' ELSE 'revised' END) ORDER BY c.seq""",  # noqa: S608 - the same
    ),
    Rule(
        "change {seq}: its time or fields are not those of version {version} of article {article_id}",
        """SELECT c.seq, c.version, c.article_id FROM change c JOIN revision r
        ON r.article_id = c.article_id AND r.version = c.version
        WHERE c.article_id > :low AND c.article_id <= :high AND c.kind <> 'merged'
        AND (c.at <> r.seen_at OR CAST(c.fields AS text) <> CAST(r.changed AS text)) ORDER BY c.seq""",
    ),
)
OF_THE_ARCHIVE = (
    Rule(
        "snapshots: {found} pages are missing, though {known} were let go or never came",
        """SELECT found, known FROM (SELECT (SELECT max(value) FROM counter WHERE name = 'snapshot') AS known,
        (SELECT count(DISTINCT r.snapshot_hash) FROM revision r LEFT JOIN snapshot s
        ON s.hash = r.snapshot_hash WHERE s.hash IS NULL) AS found) told WHERE known > 0 AND found > known""",
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
        "change stream: {found} changes up to number {last}",
        """SELECT found, last FROM (SELECT (SELECT count(*) FROM change) AS found, max(n.number) AS last FROM
        (SELECT coalesce(max(seq), 0) AS number FROM change
        UNION ALL SELECT value FROM counter WHERE name = 'change') n) told WHERE found <> last""",
    ),
    Rule(
        "counter {name}: it is missing",
        """SELECT n.name FROM
        (SELECT 'article' AS name UNION ALL SELECT 'change' UNION ALL SELECT 'snapshot') n
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
        "rules of {name}: they are missing",
        """SELECT n.name FROM (SELECT 'furniture' AS name UNION ALL SELECT 'word index') n
        LEFT JOIN made_by m ON m.part = n.name WHERE m.part IS NULL ORDER BY n.name""",
    ),
    Rule(
        "near copies: article {article_id} of band {value} does not exist",
        """SELECT b.value, b.article_id FROM (SELECT value, article_id FROM band
        UNION ALL SELECT value, article_id FROM band_new) b LEFT JOIN article a ON a.id = b.article_id
        WHERE a.id IS NULL ORDER BY b.value, b.article_id""",
    ),
    Rule(
        "receiver {id}: it has heard up to change {seq}, which has not happened yet",
        """SELECT r.id, r.seq FROM receiver r JOIN counter c ON c.name = 'change'
        WHERE r.seq > c.value ORDER BY r.id""",
    ),
    Rule(
        "watch {id}: it waits for changes after {since}, which has not happened yet",
        """SELECT w.id, w.since FROM watch w JOIN counter c ON c.name = 'change'
        WHERE w.since > c.value ORDER BY w.id""",
    ),
    Rule(
        "watch {watch_id}: it has told of version {version} of article {article_id}, which is not there",
        """SELECT f.watch_id, f.article_id, f.version FROM firing f LEFT JOIN article a
        ON a.id = f.article_id AND f.version BETWEEN 1 AND a.version WHERE a.id IS NULL
        ORDER BY f.watch_id, f.article_id, f.version""",
    ),
    Rule(
        "delivery {id}: its changes are no changes {first_seq} to {last_seq}",
        """SELECT d.id, d.first_seq, d.last_seq FROM delivery d JOIN receiver r ON r.id = d.receiver_id
        WHERE d.first_seq < 1 OR d.first_seq > d.last_seq OR d.last_seq > r.seq ORDER BY d.id""",
    ),
    Rule(
        "subscription {id}: {state} is no state",
        """SELECT id, state FROM subscription
        WHERE state NOT IN ('wanted', 'asked', 'active', 'denied', 'leaving') ORDER BY id""",
    ),
)
OF_SQLITE = (
    Rule(
        "counter source: it is missing",
        "SELECT 1 AS one WHERE NOT EXISTS (SELECT 1 FROM counter WHERE name = 'source')",
    ),
)
