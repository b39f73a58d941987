"""OPML 2.0 in and out: folders, attributes, unknown ones too, and the list's title come back as they were."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from flows.intake.entries import LINK_KINDS, UNKNOWN_KIND, Entry, Level, SourceList, source_address, whole
from flows.intake.listing import NotAListing, said
from flows.intake.trees import Element, inner, local, tree
from parsers.hygiene import clean

DEEPEST = 200  # folders in folders that are written: the XML parser reads 256
TITLE = "Cleanwire sources"
LIST = "cleanwireList"  # the attribute that keeps the title of the list which a source came in with
OURS = ("cleanwireKind", "cleanwireKeepDays", "cleanwireKeepCount", "cleanwirePollSeconds", "cleanwireActive")
KIND, KEEP_DAYS, KEEP_COUNT, POLL_SECONDS, ACTIVE = OURS
ADDRESS = "xmlUrl"
KNOWN = frozenset({"title", ADDRESS, "language", *OURS})
FEED_KINDS = frozenset({"rss", "atom", "rdf", "jsonfeed"})
NO_NAME_CHARACTER = re.compile(r"[^\w.-]|^[^A-Za-z_]|_x(?=[0-9A-Fa-f]{4,6}_)|^x(?=mlns$)", re.ASCII)
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4,6})_")
NAMESPACE = re.compile(r"\{(?:https?|urn):[\w.:/#?=&~-]+\}", re.ASCII)


def read_opml(content: bytes) -> SourceList:
    """Read every outline that has an address; NotAListing where the document is no OPML."""
    root = tree(content, "text/xml")
    body = root.find("body")
    if local(root) != "opml" or body is None:
        raise NotAListing("not OPML: there is no <opml> with a <body>")
    found, title = SourceList(), said(inner(root.find("head/title"))) or TITLE
    for one in _outlines(body, ()):
        if isinstance(one, Entry):
            found.entries.append(_of_list(one, one.attributes.get(LIST, title)))
        else:
            found.left_out.append(one)
    return found


def _of_list(entry: Entry, title: str) -> Entry:
    """Keep with an entry the title of its list, unless the list has none of its own."""
    named = {LIST: title} if title not in {"", TITLE} else {}
    return replace(entry, attributes=_without_list(entry.attributes) | named)


def _without_list(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name != LIST}


def _outlines(outlines: Element, above: tuple[Level, ...]) -> Iterator[Entry | str]:
    """Go through outlines and those below them; an outline with neither address nor any below is words."""
    for outline in outlines:
        said_of = {_name(str(name)): str(value) for name, value in outline.attrib.items()}
        entry = _entry(said_of, above)
        if entry is not None:
            yield entry
        if len(outline):
            level = _level(said_of, entry)
            yield from _outlines(outline, above if level == Level("") else (*above, level))
        elif entry is None:
            yield said_of.get(ADDRESS) or said_of.get("url") or _title(said_of) or "an empty outline"


def _entry(said_of: Mapping[str, str], above: tuple[Level, ...]) -> Entry | None:
    """Read one source with all that is said of it; None without an address."""
    typed = said_of.get("type", "").lower()
    named = next((name for name in said_of if name.lower() == ADDRESS.lower()), None)
    if named is None and typed:
        named = "url" if "url" in said_of else None
    url = source_address(said_of[named], said_of.get(KIND, "")) if named else None
    if named is None or url is None:
        return None
    name = _title(said_of)
    kind = said_of.get(KIND) or (typed if named == "url" and typed in LINK_KINDS else UNKNOWN_KIND)
    return Entry(
        url,
        kind,
        "" if name in {url, said_of[named]} else name,
        said(said_of.get("language")),
        above,
        {
            own: value
            for own, value in said_of.items()
            if own not in {*KNOWN, named} and (own, said(value)) != ("text", name)
        },
        whole(said_of.get(KEEP_DAYS)),
        whole(said_of.get(KEEP_COUNT)),
        whole(said_of.get(POLL_SECONDS)),
        said_of.get(ACTIVE, "no" if kind in LINK_KINDS else "yes") != "no",
    )


def _title(said_of: Mapping[str, str]) -> str:
    """Give an outline's name: its title, or else its text."""
    return said(said_of.get("title")) or said(said_of.get("text")) or ""


def _level(said_of: Mapping[str, str], entry: Entry | None) -> Level:
    """Make a folder, or a source that others stand below, a level."""
    if entry is not None:
        return Level(entry.name, entry.url)
    title = _title(said_of)
    return Level(
        title, None, {own: value for own, value in said_of.items() if (own, value) != ("text", title)}
    )


def write_opml(entries: Sequence[Entry]) -> bytes:
    """Write sources as OPML that other readers take: feeds with type="rss", folders as outlines.

    Its title is that of the list which most of those came in with that came with one.
    """
    titles = Counter(entry.attributes[LIST] for entry in entries if LIST in entry.attributes)
    title = max(titles, key=lambda one: titles[one], default="")
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean(title) or TITLE
    body = etree.SubElement(root, "body")
    written = [(entry, _element(_attributes(entry, title))) for entry in entries]
    by_url = {entry.url: element for entry, element in reversed(written)}
    folders: dict[tuple[object, ...], Element] = {(): body}
    for entry, element in written:
        parent = _parent(folders, by_url, entry.above[:DEEPEST])
        circle = parent is element or any(above is element for above in parent.iterancestors())
        (body if circle else parent).append(element)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _parent(
    folders: dict[tuple[object, ...], Element], by_url: Mapping[str, Element], above: tuple[Level, ...]
) -> Element:
    """Give the outline of the innermost level, made where it is not there yet."""
    key: tuple[object, ...] = ()
    parent = folders[key]
    for level in above:
        key = (*key, level.name, level.url, tuple(sorted(level.attributes.items())))
        if key not in folders:
            folders[key] = _folder(parent, by_url, level)
        parent = folders[key]
    return parent


def _folder(parent: Element, by_url: Mapping[str, Element], level: Level) -> Element:
    """Find the source that a level is, or make the folder."""
    if level.url in by_url:
        return by_url[level.url or ""]
    folder = _element({"text": level.name, **level.attributes})
    parent.append(folder)
    return folder


def _attributes(entry: Entry, title: str) -> dict[str, str]:
    """Write one source's attributes, its own unknown ones too, and its list's title where it is another."""
    is_link = entry.kind in LINK_KINDS
    written = {"text": entry.name or entry.url, **({"title": entry.name} if entry.name else {})}
    written["url" if is_link else ADDRESS] = entry.url
    if is_link or entry.kind in FEED_KINDS | {UNKNOWN_KIND}:
        written["type"] = entry.kind if is_link else "rss"
    wishes = {
        KIND: None if is_link or entry.kind == UNKNOWN_KIND else entry.kind,
        KEEP_DAYS: entry.keep_days,
        KEEP_COUNT: entry.keep_count,
        POLL_SECONDS: entry.poll_seconds,
        ACTIVE: None if entry.active is not is_link else "yes" if entry.active else "no",
        "language": entry.language,
    }
    written |= {name: str(value) for name, value in wishes.items() if value is not None}
    of = entry.attributes.get(LIST, "")
    return {**written, **_without_list(entry.attributes), **({LIST: of} if of != title else {})}


def _element(attributes: Mapping[str, str]) -> Element:
    """Make an outline; a name that XML does not allow is escaped as _xHHHH_ (ISO 9075-14, 9.1)."""
    element = etree.Element("outline")
    for name, value in attributes.items():
        namespace = NAMESPACE.match(name)
        start = namespace.end() if namespace else 0
        bare = NO_NAME_CHARACTER.sub(lambda found: f"_x{ord(found[0][0]):04X}_{found[0][1:]}", name[start:])
        element.set(name[:start] + (bare or "_"), clean(value))
    return element


def _name(written: str) -> str:
    """Undo the escapes of an attribute's name; what escapes no character stays as it is."""
    return clean(ESCAPE.sub(lambda found: chr(min(int(found[1], 16), sys.maxunicode)), written))
