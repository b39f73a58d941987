"""OPML 2.0 in and out: folders and unknown attributes come back as they were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from flows.intake.entries import UNKNOWN_KIND, Entry
from flows.intake.listing import NotAListing, address, said
from flows.intake.trees import Element, local, tree

DEEPEST = 20
KNOWN = frozenset({"text", "title", "xmlUrl", "language"})
KIND = "cleanwireKind"
FEED_KINDS = frozenset({"rss", "atom", "rdf", "jsonfeed"})


def read_opml(content: bytes) -> list[Entry]:
    """Read every outline that has an address; NotAListing where the document is no OPML."""
    root = tree(content, "text/xml")
    body = root.find("body")
    if local(root) != "opml" or body is None:
        raise NotAListing("not OPML: there is no <opml> with a <body>")
    return list(_entries(body, ()))


def _entries(outlines: Element, folder: tuple[str, ...]) -> Iterator[Entry]:
    """Go through outlines and the folders among them."""
    for outline in outlines:
        name = said(outline.get("title") or outline.get("text")) or ""
        url = address(outline.get("xmlUrl") or outline.get("xmlurl"), "")
        if url is not None:
            yield _entry(outline, url, name, folder)
        elif len(folder) < DEEPEST:
            yield from _entries(outline, (*folder, name) if name else folder)


def _entry(outline: Element, url: str, name: str, folder: tuple[str, ...]) -> Entry:
    """Read one source with all that is said of it."""
    rest = {str(key): str(value) for key, value in outline.attrib.items() if key not in KNOWN | {KIND}}
    kind = outline.get(KIND) or UNKNOWN_KIND
    return Entry(url, kind, name, said(outline.get("language")), folder, rest)


def write_opml(entries: Iterable[Entry], title: str = "Cleanwire sources") -> bytes:
    """Write sources as OPML that other readers take: feeds with type="rss", folders as outlines."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Element] = {(): body}
    for entry in entries:
        etree.SubElement(_folder(folders, entry.folder), "outline", _attributes(entry))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _folder(folders: dict[tuple[str, ...], Element], path: tuple[str, ...]) -> Element:
    """Give a folder's outline, made where it is not there yet."""
    if path not in folders:
        folders[path] = etree.SubElement(_folder(folders, path[:-1]), "outline", {"text": path[-1]})
    return folders[path]


def _attributes(entry: Entry) -> dict[str, str]:
    """Write one source's attributes, its own unknown ones too."""
    written = {"text": entry.name or entry.url, "title": entry.name or entry.url, "xmlUrl": entry.url}
    if entry.kind in FEED_KINDS | {UNKNOWN_KIND}:
        written["type"] = "rss"
    if entry.kind != UNKNOWN_KIND:
        written[KIND] = entry.kind
    if entry.language:
        written["language"] = entry.language
    return {**written, **entry.attributes}
