"""Articles as an Atom feed (RFC 4287), for feed readers and for whoever follows a query.

An article that was removed stands in it as a tombstone (RFC 6721), so that readers drop their entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from storage.identity import own_address
from storage.presets import changed_at
from storage.values import Article

_ATOM = "http://www.w3.org/2005/Atom"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_NAMES: Any = {None: _ATOM, "at": _TOMBSTONES}
_NOT_IN_IRI = re.compile(r"""[\x00-\x20<>"{}|\\^`\x7f-\x9f\ue000-\uf8ff]""")  # RFC 3987, section 2.2
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def write_atom(
    articles: Iterable[Article], out: BinaryIO, *, title: str, identity: str, now: datetime
) -> int:
    """Write a feed with an entry an article, in their order, and return how many; `now` is its time.

    Feeds with the same `identity` are one feed at several times.
    """
    count = 0
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(f"{{{_ATOM}}}feed", nsmap=_NAMES):
            for part in _head(title, identity, now):
                xml.write(part)
            for article in articles:
                xml.write(_tombstone(article) if article.status == "removed" else _entry(article))
                count += 1
    return count


def _head(title: str, identity: str, now: datetime) -> Iterator[Any]:
    head = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMES)
    _add(head, "title", title)
    _add(head, "id", uuid5(NAMESPACE_URL, f"cleanwire:query:{identity}").urn)
    _add(head, "updated", now.isoformat())
    _add(_add(head, "author"), "name", "Cleanwire")
    return iter(head)


def _entry(article: Article) -> Any:
    entry = etree.Element(f"{{{_ATOM}}}entry", nsmap=_NAMES)
    _add(entry, "title", article.title)
    address = _iri(own_address(article.url, article.canonical_url))
    _add(entry, "id", address)
    _add(entry, "link", rel="alternate", href=address)
    published = article.published_at or article.first_seen_at
    _add(entry, "published", published.isoformat())
    _add(entry, "updated", changed_at(article).isoformat())
    for name in article.authors or (article.site_name or article.host,):
        _add(_add(entry, "author"), "name", name)
    for term in filter(None, (article.section, *article.tags)):
        _add(entry, "category", term=term)
    if article.description:
        _add(entry, "summary", article.description)
    content = _add(entry, "content", article.text, type="text")
    if article.language:
        content.set("{http://www.w3.org/XML/1998/namespace}lang", _clean(article.language))
    return entry


def _tombstone(article: Article) -> Any:
    address = _iri(own_address(article.url, article.canonical_url))
    when = article.last_checked_at.isoformat()
    return etree.Element(f"{{{_TOMBSTONES}}}deleted-entry", {"ref": address, "when": when}, nsmap=_NAMES)


def _iri(url: str) -> str:
    """Write an address without the characters that no IRI has."""
    return _NOT_IN_IRI.sub(lambda found: quote(found.group()), url)


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    cleaned = {key: _clean(value) for key, value in attributes.items()}
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", cleaned)
    child.text = None if text is None else _clean(text)
    return child


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return _NOT_XML.sub("", text)
