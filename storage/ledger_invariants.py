"""What is true of every link and of the tries at it: rules as in invariants.py."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from parsers.urls import authority
from storage.invariants import STATES, Rule

LAST_TRY = "(SELECT max(t.id) FROM attempt t WHERE t.link_id = l.id)"
OF_LINKS = (
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
        "link {url}: {state}, but no try at it is told",
        f"""SELECT l.url, l.state FROM link l WHERE (l.state NOT IN ('due', 'claimed') OR l.article_id > 0)
        AND l.state IN ({STATES}) AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.link_id = l.id)
        ORDER BY l.id""",  # noqa: S608 - the same
    ),
    Rule(
        "link {url}: {state} ({reason}), its last try {tried} ({why})",
        f"""SELECT l.url, l.state, l.reason, t.state AS tried, t.reason AS why FROM link l
        JOIN attempt t ON t.id = {LAST_TRY} WHERE l.state NOT IN ('due', 'claimed') AND l.state IN ({STATES})
        AND (t.state <> l.state OR t.reason <> l.reason) ORDER BY l.id""",  # noqa: S608 - the same
    ),
    Rule(
        "link {url}: what it was last read as is not what its last try read",
        """SELECT l.url FROM link l JOIN attempt t ON t.id = (SELECT max(a.id) FROM attempt a
        WHERE a.link_id = l.id AND a.snapshot_hash IS NOT NULL)
        WHERE l.snapshot_hash IS NOT NULL AND l.snapshot_hash <> t.snapshot_hash ORDER BY l.id""",
    ),
    Rule(
        "link {url}: {state}, but {holder} holds it",
        """SELECT url, state, coalesce(worker, 'nobody') AS holder FROM link
        WHERE (state = 'claimed') <> (worker IS NOT NULL) ORDER BY id""",
    ),
    Rule(
        "link {url}: on its way through redirects it is nowhere",
        "SELECT url FROM link WHERE (location IS NULL) <> (hops IS NULL) ORDER BY id",
    ),
    Rule(
        "link {url}: its host {host} is not known, so that nobody will ask it",
        """SELECT l.url, l.host FROM link l LEFT JOIN host h ON h.host = l.host
        WHERE l.host <> '' AND h.host IS NULL ORDER BY l.id""",
    ),
    Rule(
        "source {url}: its host {host} is not known, so that nobody will ask it",
        """SELECT s.url, s.host FROM source s LEFT JOIN host h ON h.host = s.host
        WHERE s.host <> '' AND h.host IS NULL AND s.active ORDER BY s.id""",
    ),
    Rule(
        "host {host}: it is held by nobody until a time, or by somebody for ever",
        "SELECT host FROM host WHERE (worker IS NULL) <> (lease_until IS NULL) ORDER BY host",
    ),
    Rule(
        "try {id}: at link {url}: {state} is no end of one",
        f"""SELECT t.id, l.url, t.state FROM attempt t JOIN link l ON l.id = t.link_id
        WHERE t.state IN ('due', 'claimed') OR t.state NOT IN ({STATES}) ORDER BY t.id""",  # noqa: S608 - the same
    ),
    Rule(
        "try {id}: article {article_id} has no version {version}",
        """SELECT t.id, t.article_id, t.version FROM attempt t JOIN article a ON a.id = t.article_id
        WHERE t.version < 1 OR t.version > a.version ORDER BY t.id""",
    ),
    Rule(
        "try {id}: it read another page than version {version} of article {article_id} is made of",
        """SELECT t.id, t.article_id, t.version FROM attempt t JOIN revision r
        ON r.article_id = t.article_id AND r.version = t.version
        WHERE t.state IN ('stored', 'revised') AND t.snapshot_hash <> r.snapshot_hash ORDER BY t.id""",
    ),
)
_NOT_BY_LETTER = """SELECT url, host, location, article_id FROM link
    WHERE substr(coalesce(location, url), 1, length(host) + 8) <> 'http://' || host || '/'
    AND substr(coalesce(location, url), 1, length(host) + 9) <> 'https://' || host || '/' ORDER BY id"""


def strange_hosts(connection: Connection) -> Iterator[str]:
    """Yield a line for each link that waits for another host's turn than that of its address."""
    for row in connection.execute(text(_NOT_BY_LETTER)):
        asked = row.location or row.url
        web = asked.startswith(("http://", "https://"))
        if row.host == ("" if not web else _authority(asked)) or (not row.host and row.article_id is None):
            continue  # what was turned away at the door is no host's
        yield f"link {row.url}: its host is not {row.host or 'none'}"


def _authority(url: str) -> str | None:
    try:
        return authority(url)
    except ValueError:
        return None
