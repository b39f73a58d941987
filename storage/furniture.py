"""What repeats across a publisher's pages, learned of what is stored and left out of what comes in next.

A block counts as furniture of its host when it stands on a fifth of the newest stories looked at, none of
them a near copy of another, and these were published over at least a week: what all of a day's stories repeat
is that day's news. Headings are never learned. What was learned is kept; deleting its row unlearns it.
Articles that were stored before are read anew by `cleanwire reparse` (see reparse.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from parsers import Block
from parsers.furniture import folded, learn
from storage.changes import last_seq
from storage.codec import block_from_json
from storage.inserting import insert_rows
from storage.models import ARTICLE, CHANGE
from storage.upkeep_models import FURNITURE, MADE_BY

LOOKED_AT = 100  # the newest stories of a host
LEAST = 10  # of fewer stories nothing is learned
SPAN = timedelta(days=7)
_LEARNED = MADE_BY.c.part == "furniture"  # its rules are the number of the last change that was learned of


def of_hosts(session: Session, hosts: Collection[str]) -> dict[str, frozenset[str]]:
    """Return what was learned of these hosts, as folded texts; hosts without any are left out."""
    query = select(FURNITURE.c.host, FURNITURE.c.block).where(FURNITURE.c.host.in_(hosts))
    found: dict[str, set[str]] = defaultdict(set)
    for row in session.connection().execute(query):
        found[row.host].add(row.block)
    return {host: frozenset(blocks) for host, blocks in found.items()}


def unlearned_hosts(session: Session) -> tuple[list[str], int]:
    """Return the hosts with new stories since furniture was last learned, and the number to note then."""
    since = select(MADE_BY.c.rules).where(_LEARNED)
    last = int(session.connection().execute(since).scalar_one())
    query = select(ARTICLE.c.host).join(CHANGE, CHANGE.c.article_id == ARTICLE.c.id)
    query = query.where(CHANGE.c.seq > last, CHANGE.c.kind == "created").group_by(ARTICLE.c.host)
    return sorted(session.connection().execute(query).scalars()), last_seq(session)


def note_learned(session: Session, seq: int) -> None:
    """Note that the stories up to this change have been learned of."""
    session.connection().execute(update(MADE_BY).where(_LEARNED).values(rules=str(seq)))


def learn_of(session: Session, host: str, now: datetime) -> int:
    """Learn what repeats across a host's newest stories and return how many blocks are new."""
    stories = _stories(session, host)
    if len(stories) < LEAST:
        return 0
    seen: dict[str, list[datetime]] = defaultdict(list)
    for moment, blocks in stories:
        for block in {folded(block) for block in blocks}:
            seen[block].append(moment)
    found = learn(blocks for _, blocks in stories)
    rows = [
        {"host": host, "block": block, "pages": len(seen[block]), "learned_at": now}
        for block in sorted(found)
        if max(seen[block]) - min(seen[block]) >= SPAN
    ]
    return insert_rows(session.connection(), FURNITURE, rows, known_stay=True)


def _stories(session: Session, host: str) -> list[tuple[datetime, list[Block]]]:
    """Read the newest stories of a host, the newest one of each cluster of near copies and of each title."""
    columns = (ARTICLE.c.cluster_id, ARTICLE.c.title, ARTICLE.c.blocks)
    moment = func.coalesce(ARTICLE.c.published_at, ARTICLE.c.first_seen_at, type_=ARTICLE.c.published_at.type)
    query = select(*columns, moment.label("moment")).where(
        ARTICLE.c.host == host, ARTICLE.c.status != "removed"
    )
    query = query.order_by(ARTICLE.c.position.desc()).limit(LOOKED_AT)
    stories: dict[object, Any] = {}
    titles: set[str] = set()
    for row in session.connection().execute(query):
        if row.cluster_id not in stories and row.title not in titles:
            stories[row.cluster_id] = (row.moment, [block_from_json(block) for block in row.blocks])
            titles.add(row.title)
    return list(stories.values())
