"""Raw pages as they came, compressed with zstd and stored once by the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import ColumnElement, case, func, select, update
from sqlmodel import Session

from parsers import Page
from storage.damage import Illegible
from storage.inserting import insert_rows
from storage.models import COUNTER, LINK, REVISION, SNAPSHOT, SOURCE
from storage.values import Claim

LEVEL = 3  # zstd's default: a page of 240 kB in under a millisecond to a seventh of its size


def digest(content: bytes) -> str:
    """Return the name of these bytes: their SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def pack(pages: Sequence[Page], now: datetime) -> list[dict[str, Any]]:
    """Make the rows that keep pages' bytes."""
    compressor = zstandard.ZstdCompressor(level=LEVEL)
    return [
        {
            "hash": digest(page.content),
            "size": len(page.content),
            "content_type": page.content_type,
            "stored_at": now,
            "content": compressor.compress(page.content),
        }
        for page in pages
    ]


def keep(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Store snapshots; those that are there already are left as they are."""
    unique = {row["hash"]: row for row in rows}
    insert_rows(session.connection(), SNAPSHOT, [unique[key] for key in sorted(unique)], known_stay=True)


def keep_missing(session: Session, claim: Claim, page: Page, now: datetime) -> bool:
    """Store an unchanged page whose bytes are not here; only within one's turn (see changes.py).

    Returns whether it was stored: not where its source lets pages go, and so this one perhaps.
    """
    known = claim.snapshot_hash
    query = select(LINK.c.article_id).outerjoin(SOURCE, SOURCE.c.id == LINK.c.source_id)
    query = query.where(LINK.c.id == claim.link_id, SOURCE.c.keep_days.is_(None))
    here = select(SNAPSHOT.c.hash).where(SNAPSHOT.c.hash == known).exists()
    article_id = session.connection().execute(query.where(SOURCE.c.keep_count.is_(None), ~here)).scalar()
    if article_id is None:
        return False
    keep(session, pack([page], now))
    mine = (REVISION.c.article_id == article_id, REVISION.c.snapshot_hash == known)
    if session.connection().execute(select(REVISION.c.version).where(*mine).limit(1)).first() is not None:
        note_missing(session, case((COUNTER.c.value > 0, COUNTER.c.value - 1), else_=0))
    return True


def content(session: Session, snapshot_hash: str) -> bytes | None:
    """Return a page's bytes as they were fetched, None when retention has let them go."""
    packed = session.connection().execute(select(SNAPSHOT.c.content).where(SNAPSHOT.c.hash == snapshot_hash))
    found = packed.scalar()
    return None if found is None else unpacked(snapshot_hash, found)


def unpacked(snapshot_hash: str, packed: bytes) -> bytes:
    """Return the bytes that a row of `snapshot` holds; Illegible names it where they are damaged."""
    try:
        return zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError:
        raise Illegible(f"snapshot {snapshot_hash} cannot be unpacked") from None


def count_missing(session: Session) -> int:
    """Count the pages that versions were made of and that are not here: let go, or never come."""
    missing = select(func.count(REVISION.c.snapshot_hash.distinct())).select_from(REVISION)
    missing = missing.outerjoin(SNAPSHOT, SNAPSHOT.c.hash == REVISION.c.snapshot_hash)
    return session.connection().execute(missing.where(SNAPSHOT.c.hash.is_(None))).scalar_one()


def note_missing(session: Session, count: ColumnElement[int] | int) -> None:
    """Write down how many pages may be missing: the integrity check tells of any beyond."""
    known = update(COUNTER).where(COUNTER.c.name == "snapshot").values(value=count)
    session.connection().execute(known)
