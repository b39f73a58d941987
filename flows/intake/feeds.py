"""RSS (0.9 to 2.0), RDF and Atom, on lxml: good items survive bad ones; dates stay as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flows.intake.listing import LONGEST_DATE, Item, Kind, Listing, NotAListing, address, gathered, said
from flows.intake.trees import Element, inner, local
from parsers import Hints

MOST_ITEMS = 5_000
MOST_AUTHORS = 20
XML = "{http://www.w3.org/XML/1998/namespace}"
DATES = ("published", "pubdate", "date", "issued", "created", "updated", "modified")
MAILBOX = re.compile(r"^\S+@\S+\s*\((?P<name>[^()]+)\)$")
KINDS: Mapping[str, Kind] = {"rss": "rss", "rdf": "rdf", "feed": "atom", "channel": "rss"}
Parts = Mapping[str, list[Element]]


def read_feed(root: Element, url: str) -> Listing:
    """Read a feed's items with what it says of them; NotAListing where the root is no feed's."""
    kind = KINDS.get(local(root))
    if kind is None:
        raise NotAListing(f"<{local(root)[:40]}> is no feed")
    if not len(root):
        raise NotAListing(f"<{local(root)[:40]}> holds nothing")
    head = _parts(next(root.iter("{*}channel"), root))
    base = _first(head, "link") or url
    language = said(_first(head, "language") or root.get(f"{XML}lang"))
    elements = root.iter("{*}item", "{*}entry")
    base = address(base, url) or url
    items, left_out = gathered(elements, lambda one: _item(one, base, language), MOST_ITEMS)
    hub, topic = _linked(head, "hub", url), _linked(head, "self", url)
    return Listing(kind, said(_first(head, "title")), items, left_out=left_out, hub=hub, topic=topic)


def _parts(element: Element) -> Parts:
    """Gather an element's children by their local names."""
    parts: dict[str, list[Element]] = {}
    for child in element:
        parts.setdefault(local(child), []).append(child)
    return parts


def _first(parts: Parts, name: str) -> str | None:
    """Give the first text under a name; None where there is none."""
    return next((text for text in map(inner, parts.get(name, ())) if text), None)


def _linked(head: Parts, relation: str, url: str) -> str | None:
    """Give the first address that a feed links to under a relation; None where there is none."""
    links = (link for link in head.get("link", ()) if relation in link.get("rel", "").lower().split())
    return next(filter(None, (address(link.get("href"), url) for link in links)), None)


def _item(element: Element, base: str, language: str | None) -> Item | None:
    """Read one item; None where it has no address that can be fetched."""
    parts = _parts(element)
    base = address(element.get(f"{XML}base"), base) or base
    url = next(filter(None, (address(value, base) for value in _addresses(parts))), None)
    if url is None:
        return None
    dates = (said(_first(parts, name), LONGEST_DATE) for name in DATES)
    return Item(
        url,
        Hints(
            title=said(_first(parts, "title")),
            published=next(filter(None, dates), None),
            authors=_authors(parts),
            section=_section(parts),
            language=said(_first(parts, "language") or element.get(f"{XML}lang")) or language,
        ),
    )


def _addresses(parts: Parts) -> Iterable[str]:
    """Give an item's addresses, the most trusted first: the publisher's own, links, then identifiers."""
    yield from filter(None, map(inner, parts.get("origlink", ())))
    links = parts.get("link", [])
    yield from (link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate")
    yield from filter(None, map(inner, links))
    for identifier in parts.get("guid", []) + parts.get("id", []):
        text = inner(identifier) or ""
        if identifier.get("isPermaLink", "true").lower() != "false" and text.startswith(("http:", "https:")):
            yield text


def _authors(parts: Parts) -> tuple[str, ...]:
    """Read the names of an item's authors, each once; an address of the form `mail (Name)` gives its name."""
    names: dict[str, None] = {}
    for element in (parts.get("creator", []) + parts.get("author", []))[:MOST_AUTHORS]:
        within = _parts(element)
        name = said(_first(within, "name") if within else inner(element))
        mailbox = MAILBOX.match(name or "")
        name = mailbox["name"].strip() if mailbox else name
        if name and "@" not in name:
            names[name] = None
    return tuple(names)


def _section(parts: Parts) -> str | None:
    """Read the first category, as text (RSS) or as its label or term (Atom)."""
    for category in parts.get("category", []) + parts.get("subject", []):
        section = said(inner(category) or category.get("label") or category.get("term"))
        if section:
            return section
    return None
