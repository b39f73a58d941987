"""Whether addresses lead to the articles that they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from storage.identity import address_key
from storage.membership import one_of
from storage.models import ADDRESS, ARTICLE, ATTEMPT, LINK, REVISION

Row = Mapping[Any, Any]


class Suspect(NamedTuple):
    """An address of an article that leads to another: rightly, where that one was known by it too."""

    key: bytes
    article_id: int
    leads_to: int


def led_astray(connection: Connection, rows: Sequence[Row]) -> tuple[list[str], list[Suspect]]:
    """Find the addresses at which these articles were read or found that lead to nothing, or to another.

    Gives a line for each of the former. The addresses that pages claim do not count: what a copy claimed is
    not written down.
    """
    told = [(row["url"], row["id"]) for row in rows if not (row["original_url"] or "").startswith("file:")]
    mine = one_of(connection, LINK.c.article_id, [row["id"] for row in rows])
    told += connection.execute(select(LINK.c.url, LINK.c.article_id).where(mine)).tuples()
    keys = {url: address_key(url) for url in {url for url, _ in told}}
    owners: dict[bytes, set[int]] = defaultdict(set)
    for url, article_id in told:
        owners[keys[url]].add(article_id)
    query = select(ADDRESS.c.key, ADDRESS.c.article_id).where(ADDRESS.c.key.in_(owners))
    leads = {row.key: row.article_id for row in connection.execute(query)}
    lost = {one for url, one in told if keys[url] not in leads}
    led = [
        Suspect(key, min(mine), leads[key])
        for key, mine in owners.items()
        if key in leads and leads[key] not in mine
    ]
    return [f"article {one}: one of its addresses leads to nothing" for one in sorted(lost)], led


def address_faults(connection: Connection, found: Sequence[Suspect]) -> Iterator[str]:
    """Yield a line for each suspect that leads to an article which was never known by that address."""
    known = _known(connection, {one.leads_to for one in found}) if found else {}
    for key, article_id, leads_to in sorted(found, key=lambda one: (one.article_id, one.key)):
        if key not in known[leads_to]:
            yield f"article {article_id}: one of its addresses leads to article {leads_to}"


def _known(connection: Connection, ids: set[int]) -> dict[int, set[bytes]]:
    """Return the keys of every address that these articles were ever known by; reads all tries."""
    found = ATTEMPT.join(LINK, LINK.c.id == ATTEMPT.c.link_id)
    columns = (
        (ARTICLE.c.id, ARTICLE.c.url, ARTICLE.c.canonical_url, ARTICLE.c.original_url),
        (LINK.c.article_id, LINK.c.url, LINK.c.original_url, LINK.c.location),
        (ATTEMPT.c.article_id, ATTEMPT.c.url, LINK.c.url, LINK.c.original_url),
    )
    known: dict[int, set[bytes]] = defaultdict(set)
    for own, start in zip(columns, (ARTICLE, LINK, found), strict=True):
        query = select(*own).select_from(start).where(one_of(connection, own[0], ids))
        for key, *addresses in connection.execute(query):
            known[key] |= {address_key(address) for address in addresses if address}
    theirs = one_of(connection, REVISION.c.article_id, ids), REVISION.c.content.is_not(None)
    for key, content in connection.execute(select(REVISION.c.article_id, REVISION.c.content).where(*theirs)):
        known[key].add(address_key(content.get("canonical_url") or ""))
    return known
