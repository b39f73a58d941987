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
from storage.codec import compact_json, draft_columns
from storage.fulltext import Document, document
from storage.values import Claim

Item = tuple[Claim, Page, Draft]
JSON_COLUMNS = ("authors", "tags", "images", "blocks", "provenance")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page on its way in, with all that can be known of it before the database is asked: see prepare().

    `columns` is what its draft says, by the names of `article`; `written` those of them that are JSON, as
    JSON; `words` what a new article's entry in the word index will be. `unstripped` is the draft as the
    parser gave it, where learned furniture has been left out since.
    """

    claim: Claim
    page: Page
    draft: Draft
    keys: tuple[bytes, ...]
    content_hash: str
    near_hash: str | None
    snapshot: dict[str, Any]
    columns: dict[str, Any]
    written: dict[str, str]
    words: Document
    unstripped: Draft | None = None

    @property
    def claimed_key(self) -> bytes | None:
        """The key of a canonical address that is not where the page was found; None where it claims none."""
        found = (self.page.url, self.claim.url)
        if not self.draft.canonical_url or self.draft.canonical_url in found:
            return None
        return None if self.keys[0] in map(identity.address_key, found) else self.keys[0]

    @property
    def marks(self) -> set[object]:
        """What two pages share if they may be one article."""
        return {*self.keys, self.content_hash, self.claim.link_id}


def prepare(items: Sequence[Item], now: datetime) -> list[Prepared]:
    """Do what saving takes apart from the database.

    Pure, so that one batch can be prepared in another thread or process while the one before is written.
    """
    marks = clusters.near_hashes([draft.text for _, _, draft in items])
    packed = snapshots.pack([page for _, page, _ in items], now)
    return [_prepared(*one) for one in zip(items, marks, packed, strict=True)]


def without_furniture(
    arrivals: Sequence[Prepared], known: Mapping[str, frozenset[str]], now: datetime
) -> list[Prepared]:
    """Leave out of pages what was learned to be furniture of their hosts."""
    return [_stripped(one, known.get(one.columns["host"], frozenset()), now) for one in arrivals]


def _stripped(arrival: Prepared, furniture: frozenset[str], now: datetime) -> Prepared:
    draft = strip(arrival.draft, furniture)
    if draft is arrival.draft:
        return arrival
    return replace(prepare([(arrival.claim, arrival.page, draft)], now)[0], unstripped=arrival.draft)


def _prepared(item: Item, near_hash: str | None, snapshot: dict[str, Any]) -> Prepared:
    claim, page, draft = item
    columns = draft_columns(draft) | {"host": _host(claim, draft)}
    return Prepared(
        claim, page, draft, tuple(identity.address_keys(draft, page.url, claim.url)),
        identity.content_hash(draft), near_hash, snapshot, columns,
        {name: compact_json(columns[name]) for name in JSON_COLUMNS}, document(columns),
    )  # fmt: skip


def _host(claim: Claim, draft: Draft) -> str:
    """Return the host an article belongs to: a saved file's is that of its canonical address."""
    if claim.host or not draft.canonical_url:
        return draft.host or claim.host
    return urlsplit(draft.canonical_url).hostname or draft.host
