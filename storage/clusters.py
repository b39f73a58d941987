"""Near copies: a wire story on several sites is one cluster, and its earliest article is marked.

Two articles are near copies when they share at least SHARED of their four-word shingles (Jaccard). Pairs to
compare are found by MinHash (rensa) in six bands of three: 98.6 % of pairs that share 0.8 meet in a
band. Who compares with whom depends on the two texts alone, clusters are the connected components of those
pairs, and the earliest is the first by time of publication (then by address; the undated come last): so the
same articles in any order of arrival give the same clusters. `cluster_id` is the id of the earliest; near
copies in a band with more than CROWD articles (templates: weather, results) are compared with its first CROWD
only.

Band values are spread evenly, so that entering an article's six into a large index changes six of its pages.
They wait in `band_new`, which is small, and of each thousandth article a 64th of the values moves into `band`
in their order: one change of a page there takes in many. What is asked for is looked up in both.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from rensa import RMinHash
from sqlalchemy import Connection, bindparam, delete, select, union_all, update

from storage.band_models import BAND, BAND_NEW
from storage.inserting import insert_rows
from storage.membership import one_of
from storage.models import ARTICLE

SHINGLE = 4  # words
MIN_SHINGLES = 20  # a shorter text says too little to be anyone's copy
BANDS, ROWS = 6, 3
SHARED = 0.6
CROWD = 200
COMPARED = 200  # pairs whose texts are in memory at once
SLICES = 64  # of all band values, as signed 64-bit numbers
SLICE = 2**64 // SLICES
MOVING = 1000  # articles between two slices' moves
_SEED = 1
_NO_TIME = datetime.min.replace(tzinfo=UTC)
LONGEST = 64  # bytes of a word that count each in its place; those beyond count as if in the last
_PUNCTUATION = re.compile("[\u2010-\u206f\u00a0-\u00bf\u3000-\u303f\uff00-\uff0f]+")
_BEYOND_ASCII = 128
_IS_LETTER = np.array([chr(code).isalnum() or code >= _BEYOND_ASCII for code in range(256)])
_MIX = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], dtype=np.uint64)

with np.errstate(over="ignore"):
    _POWERS = np.cumprod(np.full(LONGEST, 0x100000001B3, dtype=np.uint64))
    _SCATTER = (np.arange(256, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    _SCATTER[~_IS_LETTER] = 0  # what stands between words counts for nothing


def shingles(text: str) -> Any:
    """Return the 32-bit hashes of a text's four-word shingles in their order (numpy uint64)."""
    codes = _word_codes(text)
    if len(codes) < SHINGLE + MIN_SHINGLES:
        return codes[:0]
    count = len(codes) - SHINGLE + 1
    mixed = codes[:count] * _MIX[0]
    for place in range(1, SHINGLE):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX[place] + codes[place : place + count]
    mixed ^= mixed >> np.uint64(31)
    return (mixed * _MIX[0]) >> np.uint64(32)


def _word_codes(text: str) -> Any:
    """Hash each word, its case apart, to 64 bits: a polynomial of its UTF-8 bytes, all words at once."""
    folded = text.casefold()
    if not folded.isascii():
        folded = _PUNCTUATION.sub(" ", folded)
    letters = np.frombuffer(folded.encode("utf-8", "replace"), dtype=np.uint8)
    inside = _IS_LETTER[letters]
    begins = inside.copy()
    begins[1:] &= ~inside[:-1]
    starts = np.flatnonzero(begins)
    if not len(starts):
        return np.zeros(0, dtype=np.uint64)
    letters = letters[starts[0] :]
    starts -= starts[0]
    lengths = np.append(starts[1:], len(letters)) - starts
    within = np.arange(len(letters)) - np.repeat(starts, lengths)
    np.minimum(within, LONGEST - 1, out=within)
    return np.add.reduceat(_SCATTER[letters] * _POWERS[within], starts)


def near_hash(text: str) -> str | None:
    """Return the six band values of a text in hexadecimal, None for a text too short to compare."""
    return near_hashes([text])[0]


def near_hashes(texts: Sequence[str]) -> list[str | None]:
    """Return the near_hash of each text; many at once cost much less each."""
    found = [shingles(text) for text in texts]
    ends = np.cumsum([0, *map(len, found)], dtype=np.uint64)
    codes = np.concatenate([ends[:0], *found])
    sketches = RMinHash.digest_matrix_from_flat_token_hashes(codes, ends, BANDS * ROWS, _SEED).to_rows()
    return [_pack(row) if len(one) else None for row, one in zip(sketches, found, strict=True)]


def _pack(sketch: Sequence[int]) -> str:
    values = struct.pack(f"<{BANDS * ROWS}I", *sketch)
    size = 4 * ROWS
    rows = [values[place : place + size] for place in range(0, len(values), size)]
    halves = [(zlib.crc32(row, band), zlib.adler32(row, band + 1)) for band, row in enumerate(rows)]
    return b"".join(struct.pack("<II", *pair) for pair in halves).hex()


def bands(mark: str | None) -> list[int]:
    """Read the band values, signed 64-bit, out of a near_hash."""
    return [] if mark is None else list(struct.unpack(f"<{BANDS}q", bytes.fromhex(mark)))


def enter(connection: Connection, marks: Mapping[int, str | None]) -> list[int]:
    """Enter new articles by id and near_hash; return the ids of all whose cluster changed, in order."""
    rows = [{"value": value, "article_id": key} for key, mark in marks.items() for value in bands(mark)]
    if not rows:
        return []
    met = neighbours(connection, [row["value"] for row in rows])
    insert_rows(connection, BAND_NEW, sorted(rows, key=lambda row: row["value"]))
    _settle(connection, max(marks) - len(marks), max(marks))
    for row in rows:
        met[row["value"]].append(row["article_id"])
    pairs = {
        (min(one, other), max(one, other))
        for key, mark in marks.items() for value in bands(mark)
        for one, other in ((key, other) for other in met[value][:CROWD] if other != key)
    }  # fmt: skip
    return _join(connection, near_pairs(connection, pairs)) if pairs else []


def _settle(connection: Connection, before: int, last: int) -> None:
    """Move the slices of `band_new` whose turn has come since article `before`."""
    for turn in range(before // MOVING + 1, last // MOVING + 1):
        low = turn % SLICES * SLICE - 2**63
        mine = BAND_NEW.c.value.between(low, low + SLICE - 1)
        moved = select(BAND_NEW.c.value, BAND_NEW.c.article_id).where(mine)
        names = ["value", "article_id"]
        connection.execute(BAND.insert().from_select(names, moved.order_by(*moved.selected_columns)))
        connection.execute(delete(BAND_NEW).where(mine))


def standing(connection: Connection, article_ids: Sequence[int]) -> dict[int, int]:
    """Return the cluster of every article that shares one with these."""
    if not article_ids:
        return {}
    theirs = select(ARTICLE.c.cluster_id).where(ARTICLE.c.id.in_(article_ids))
    query = select(ARTICLE.c.id, ARTICLE.c.cluster_id).where(ARTICLE.c.cluster_id.in_(theirs))
    return {row.id: row.cluster_id for row in connection.execute(query)}


def mark_first(connection: Connection, article_ids: Sequence[int]) -> list[int]:
    """Find anew which article of their clusters is the earliest; return the ids of all that this moves."""
    return _join(connection, [(key, key) for key in article_ids])


def leave(connection: Connection, article_ids: Sequence[int]) -> list[int]:
    """Take articles out of their clusters; what is left of each falls together anew. Returns who moved."""
    if not article_ids:
        return []
    ids = select(ARTICLE.c.cluster_id).where(ARTICLE.c.id.in_(article_ids))
    members = connection.execute(
        select(ARTICLE.c.id, ARTICLE.c.near_hash).where(ARTICLE.c.cluster_id.in_(ids)).order_by(ARTICLE.c.id)
    ).all()
    _part(connection, {row.id: row.near_hash for row in members})
    rest = {row.id: row.near_hash for row in members if row.id not in article_ids}
    return enter(connection, rest)


def regroup(connection: Connection) -> None:
    """Let every cluster fall together anew: of those that it was made of, not all may be here."""
    query = select(ARTICLE.c.cluster_id).where(ARTICLE.c.cluster_id != ARTICLE.c.id).distinct()
    keys = sorted(connection.execute(query).scalars())
    for start in range(0, len(keys), COMPARED):
        theirs = ARTICLE.c.cluster_id.in_(keys[start : start + COMPARED])
        rows = connection.execute(select(ARTICLE.c.id, ARTICLE.c.near_hash).where(theirs))
        marks = {row.id: row.near_hash for row in rows}
        _part(connection, marks)
        enter(connection, marks)


def _part(connection: Connection, marks: Mapping[int, str | None]) -> None:
    """Make each of these articles a cluster of its own, without bands."""
    _forget(connection, marks)
    alone = update(ARTICLE).where(ARTICLE.c.id == bindparam("key")).values(cluster_id=bindparam("key"))
    connection.execute(alone, [{"key": key} for key in marks])


def _forget(connection: Connection, marks: Mapping[int, str | None]) -> None:
    rows = [{"band": value, "key": key} for key, mark in marks.items() for value in bands(mark)]
    for table in (BAND, BAND_NEW) if rows else ():
        same = (table.c.value == bindparam("band"), table.c.article_id == bindparam("key"))
        connection.execute(delete(table).where(*same), rows)


def rebuild(connection: Connection) -> None:
    """Find every near copy anew."""
    connection.execute(delete(BAND))
    connection.execute(delete(BAND_NEW))
    query = select(ARTICLE.c.id, ARTICLE.c.text).order_by(ARTICLE.c.id).limit(500)
    last = 0
    marked = update(ARTICLE).where(ARTICLE.c.id == bindparam("key"))
    marked = marked.values(near_hash=bindparam("mark"), cluster_id=bindparam("key"))
    while rows := connection.execute(query.where(ARTICLE.c.id > last)).all():
        marks = dict(zip([row.id for row in rows], near_hashes([row.text for row in rows]), strict=True))
        connection.execute(marked, [{"key": key, "mark": mark} for key, mark in marks.items()])
        enter(connection, marks)
        last = rows[-1].id


def neighbours(connection: Connection, values: Sequence[int]) -> dict[int, list[int]]:
    """Return the ids of all articles in each of these bands, in order."""
    met: dict[int, list[int]] = defaultdict(list)
    tables = (select(table).where(one_of(connection, table.c.value, values)) for table in (BAND, BAND_NEW))
    for value, article_id in connection.execute(union_all(*tables)):
        met[value].append(article_id)
    for found in met.values():
        found.sort()
    return met


def near_pairs(connection: Connection, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep the pairs whose texts really are alike."""
    ordered = sorted(pairs)
    kept = []
    for start in range(0, len(ordered), COMPARED):
        group = ordered[start : start + COMPARED]
        query = select(ARTICLE.c.id, ARTICLE.c.text).where(
            ARTICLE.c.id.in_({key for pair in group for key in pair})
        )
        known = {row.id: np.unique(shingles(row.text)) for row in connection.execute(query)}
        kept += [(one, other) for one, other in group if _jaccard(known[one], known[other]) >= SHARED]
    return kept


def _jaccard(one: Any, other: Any) -> float:
    if min(len(one), len(other)) < SHARED * max(len(one), len(other)):
        return 0.0  # so unlike in length that they cannot be near
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / max(1, len(one) + len(other) - shared)


def share_text(one: str, other: str) -> bool:
    """Tell whether a third of the shorter text stands in the other; what is too short to say so does."""
    these, those = np.unique(shingles(one)), np.unique(shingles(other))
    shorter = min(len(these), len(those))
    return shorter == 0 or len(np.intersect1d(these, those, assume_unique=True)) >= shorter / 3


def _join(connection: Connection, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Make one cluster of all that the pairs connect, and give it the id of its earliest member."""
    touched = sorted({key for pair in pairs for key in pair})
    if not touched:
        return []
    clusters = select(ARTICLE.c.cluster_id).where(ARTICLE.c.id.in_(touched))
    columns = (ARTICLE.c.id, ARTICLE.c.cluster_id, ARTICLE.c.published_at, ARTICLE.c.url)
    rows = connection.execute(select(*columns).where(ARTICLE.c.cluster_id.in_(clusters))).all()
    group = components([*pairs, *((row.id, row.cluster_id) for row in rows)])
    together: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        together[group[row.id]].append(row)
    moved = []
    for members in together.values():
        first = min(members, key=order)
        moved += [{"key": row.id, "cluster": first.id} for row in members if row.cluster_id != first.id]
    if moved:
        statement = update(ARTICLE).where(ARTICLE.c.id == bindparam("key"))
        connection.execute(statement.values(cluster_id=bindparam("cluster")), moved)
    return sorted(row["key"] for row in moved)


def order(row: Any) -> tuple[bool, datetime, str]:
    """Return what near copies are ordered by, a row of `article`: the first published, the undated last."""
    return (row.published_at is None, row.published_at or _NO_TIME, row.url)


def components(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Map every member of a pair to the smallest id that it is connected with."""
    parent: dict[int, int] = {}

    def root(key: int) -> int:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {key: root(key) for key in parent}
