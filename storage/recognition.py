"""Which article each page of a wave is: by address, by exact copy, by what its link had before.

identity.py has the rules. A copy that was joined and has gone its own way since is an article of its own from
then on: its words are no edit of the other one's, and near copies share a cluster anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from parsers import parser_version
from storage import clusters, identity
from storage.membership import one_of
from storage.models import ADDRESS, ARTICLE, REVISION
from storage.preparing import Prepared
from storage.writer import Kept


def read_rows(session: Session, columns: Sequence[Any], ids: Sequence[int]) -> list[Any]:
    """Read the columns, the first of which is the id, of the rows with these ids."""
    connection = session.connection()
    query = select(*columns).where(one_of(connection, columns[0], ids))
    return list(connection.execute(query)) if ids else []


def known_articles(session: Session, wave: Sequence[Prepared], links: dict[int, Any]) -> dict[int, Kept]:
    """Find the article of each page that has one: by address, by exact copy, by what its link had before.

    An address that another story has but claimed is its own page's from now on.
    """
    claimed, found = _candidates(session, wave, links)
    ids = {hit for hits in found.values() for hit in hits} | {one for one in claimed.values() if one}
    rows = {row.id: Kept(row._mapping) for row in read_rows(session, ARTICLE.c.values(), sorted(ids))}  # noqa: SLF001 - SQLAlchemy's documented name
    known: dict[int, Kept] = {}
    freed: list[bytes] = []
    for arrival in wave:
        hits, named = [rows[hit] for hit in found[id(arrival)]], rows.get(claimed[id(arrival)] or 0)
        if named is not None and (named in hits or _tells_the_same(arrival, named)):
            known[id(arrival)] = named
            continue
        before = links[arrival.claim.link_id].article_id
        meant = [kept for kept in hits if kept.row["id"] == before or not _is_a_strangers(arrival, kept)]
        same = [kept for kept in meant if not _has_gone_its_own_way(session, arrival, kept)]
        if same:
            known[id(arrival)] = same[0]
        elif meant:
            freed += arrival.keys
        if len(meant) < len(hits):
            freed.append(identity.address_key(arrival.page.url))
    if freed:
        session.connection().execute(delete(ADDRESS).where(ADDRESS.c.key.in_(freed)))
    return known


def _candidates(
    session: Session, wave: Sequence[Prepared], links: dict[int, Any]
) -> tuple[dict[int, int | None], dict[int, list[int]]]:
    """Return, by arrival, the article at the address that it claims, and those that it may be besides."""
    keys = [key for arrival in wave for key in arrival.keys]
    addresses = session.connection().execute(select(ADDRESS).where(ADDRESS.c.key.in_(keys)))
    by_key = {row.key: row.article_id for row in addresses}
    by_copy = _copies(session, wave)
    claimed: dict[int, int | None] = {}
    found: dict[int, list[int]] = {}
    for arrival in wave:
        claim, copy = arrival.claimed_key, (arrival.columns["content_hash"], arrival.columns["host"])
        claimed[id(arrival)] = by_key.get(claim) if claim else None
        hits = [by_key[key] for key in arrival.keys if key in by_key and key != claim]
        hits += [by_copy[copy]] if copy in by_copy else []
        hits += [known for known in [links[arrival.claim.link_id].article_id] if known is not None]
        found[id(arrival)] = hits
    return claimed, found


def stands_elsewhere(arrival: Prepared, kept: Kept) -> bool:
    """Tell whether a page shares no address with an article's own: it was joined as a copy of its words."""
    url, asked = kept.row["url"], kept.row["original_url"]
    known = (url, asked, identity.own_address(url, kept.row["canonical_url"]))
    own = {identity.address_key(address) for address in known if address}
    return arrival.claimed_key is None and own.isdisjoint(arrival.keys)


def _has_gone_its_own_way(session: Session, arrival: Prepared, kept: Kept) -> bool:
    """Tell whether a copy says now what no version of its article ever said, though that still stands.

    What another parser reads otherwise is no way of its own.
    """
    if kept.row["status"] == "removed" or kept.row["parser_version"] != parser_version():
        return False
    if not stands_elsewhere(arrival, kept):
        return False
    read = {one.columns["content_hash"] for one in (arrival, arrival.unstripped) if one is not None}
    if kept.row["content_hash"] in read:
        return False
    versions = (REVISION.c.article_id == kept.row["id"], REVISION.c.content_hash.in_(read))
    earlier = select(REVISION.c.version).where(*versions).limit(1)
    return session.connection().execute(earlier).first() is None


def _is_a_strangers(arrival: Prepared, kept: Kept) -> bool:
    """Tell whether an article bears a page's address by its own word alone, and tells another story."""
    own, here = kept.row["canonical_url"], identity.address_key(arrival.page.url)
    if own is None or identity.address_key(own) != here or identity.address_key(kept.row["url"]) == here:
        return False
    return not _tells_the_same(arrival, kept)


def _tells_the_same(arrival: Prepared, kept: Kept) -> bool:
    """Tell whether a page tells the story of the article that it claims to be, by its title and its words.

    A site that names one address as the canonical one of all its stories would else have a single article;
    so would a daily column under one headline.
    """
    if arrival.claim.url.startswith("file:"):  # a saved page has no other address
        return True
    if (
        " ".join(arrival.columns["title"].split()).casefold()
        == " ".join(kept.row["title"].split()).casefold()
    ):
        return clusters.share_text(arrival.columns["text"], kept.row["text"])
    return not set(clusters.bands(arrival.columns["near_hash"])).isdisjoint(
        clusters.bands(kept.row["near_hash"])
    )


def _copies(session: Session, wave: Sequence[Prepared]) -> dict[tuple[str, str], int]:
    told = [arrival.columns for arrival in wave]
    hashes = [one["content_hash"] for one in told if one["word_count"] >= identity.COPY_WORDS]
    query = select(ARTICLE.c.id, ARTICLE.c.content_hash, ARTICLE.c.host)
    among = one_of(session.connection(), ARTICLE.c.content_hash, hashes)
    query = query.where(among).order_by(ARTICLE.c.id.desc())
    rows: Iterable[Any] = session.connection().execute(query) if hashes else []
    return {(row.content_hash, row.host): row.id for row in rows}
