"""What saving a page takes apart from the database: hashes, sketch, words, JSON, compressed bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from parsers import Draft, Page
from parsers.furniture import strip
from storage import clusters, identity, snapshots
from storage.codec import JSON_COLUMNS, compact_json, draft_columns, draft_of, editorial, read_json, storable
from storage.fulltext import Document, document
from storage.values import Claim

Item = tuple[Claim, Page, Draft]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page on its way in, with all that can be known of it before the database is asked: see prepare().

    It crosses process borders cheaply: nearly all of it is text. `page` comes without its bytes, which
    `snapshot` holds compressed. `columns` is what goes into `article`, by its names, lists as JSON; `words`
    what a new article's entry in the word index will be. `claimed_key` is the key of a canonical address that
    is not where the page was found, None where it claims none. `unstripped` is the page as the parser read
    it, where learned furniture has been left out since.
    """

    claim: Claim
    page: Page
    keys: tuple[bytes, ...]
    claimed_key: bytes | None
    snapshot: dict[str, Any]
    columns: dict[str, Any]
    words: Document
    unstripped: Prepared | None = None

    @property
    def marks(self) -> set[object]:
        """What two pages share if they may be one article."""
        return {*self.keys, self.columns["content_hash"], self.claim.link_id}

    @property
    def content(self) -> dict[str, Any]:
        """The fields whose change makes a new version."""
        return editorial(read_json(self.columns))


def prepare(items: Sequence[Item], now: datetime) -> list[Prepared]:
    """Do what saving takes apart from the database.

    Pure, so that pages can be prepared in other processes while those before them are written.
    """
    marks = clusters.near_hashes([storable(draft.text) for _, _, draft in items])
    packed = snapshots.pack([page for _, page, _ in items], now)
    return [
        _prepared(item, now, mark, snapshot)
        for item, mark, snapshot in zip(items, marks, packed, strict=True)
    ]


def without_furniture(arrivals: Sequence[Prepared], known: Mapping[str, frozenset[str]]) -> list[Prepared]:
    """Leave out of pages what was learned to be furniture of their hosts."""
    return [_stripped(one, known.get(one.columns["host"], frozenset())) for one in arrivals]


def _stripped(arrival: Prepared, furniture: frozenset[str]) -> Prepared:
    if not furniture:
        return arrival
    whole = draft_of(read_json(arrival.columns))
    draft = strip(whole, furniture)
    if draft is whole:
        return arrival
    columns = arrival.columns | _told(draft, clusters.near_hash(storable(draft.text)))
    return replace(arrival, columns=_written(columns), words=document(columns), unstripped=arrival)


def _prepared(item: Item, now: datetime, near_hash: str | None, snapshot: dict[str, Any]) -> Prepared:
    claim, page, draft = item
    is_file = claim.url.startswith("file:")
    columns = _told(draft, near_hash) | {
        "host": _host(claim, draft),
        "url": (draft.canonical_url or draft.url or page.url) if is_file else page.url,
        "original_url": draft.original_url or page.original_url or claim.url,
        "fetched_at": page.fetched_at or now,
        "snapshot_hash": snapshot["hash"],
    }
    keys = tuple(identity.address_keys(draft, page.url, claim.url))
    claimed_key = _claimed_key(keys, draft.canonical_url, page.url, claim.url)
    words = document(columns)
    return Prepared(claim, replace(page, content=b""), keys, claimed_key, snapshot, _written(columns), words)


def _told(draft: Draft, near_hash: str | None) -> dict[str, Any]:
    """Return the columns that a draft fills, and those that follow from its text."""
    return draft_columns(draft) | {"content_hash": identity.content_hash(draft), "near_hash": near_hash}


def _written(columns: dict[str, Any]) -> dict[str, Any]:
    return columns | {name: compact_json(columns[name]) for name in JSON_COLUMNS}


def _claimed_key(keys: Sequence[bytes], canonical_url: str | None, *found: str) -> bytes | None:
    if not canonical_url or canonical_url in found:
        return None
    return None if keys[0] in map(identity.address_key, found) else keys[0]


def _host(claim: Claim, draft: Draft) -> str:
    """Return the host an article belongs to: a saved file's is that of its canonical address."""
    if claim.host or not draft.canonical_url:
        return draft.host or claim.host
    return urlsplit(draft.canonical_url).hostname or draft.host
