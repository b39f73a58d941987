"""XML as sources send it: read into a tree without entities, network or a word lost to a stray ampersand.

The document type goes before the parser sees it and every reference that is not XML's own becomes text,
so that no entity of the document's making is ever expanded (XXE, billion laughs) or cuts a title short.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from lxml import etree

from flows.intake.listing import NotAListing
from flows.intake.prolog import without_doctype
from parsers import NotAnArticle
from parsers.decode import decode

STRAY_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
PROLOG = re.compile(r"^[\s\ufeff]*<\?xml[^>]{0,400}\?>")
MOST_TAGS = 520_000  # the 50,000 entries that the protocol lets a sitemap have, with all their fields
ENTRY = re.compile(rb"<(?:[\w-]+:)?(?:url|sitemap|item|entry)[\s/>]", re.IGNORECASE)
LIMITS = {etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_INTERNAL_ERROR}  # libxml2 before 2.14
TOO_MUCH = "the rest was cut off where it nests too deep or a text is too long"
Element = etree._Element  # noqa: SLF001 - lxml names the type of its elements so


def within(content: bytes) -> tuple[bytes, int]:
    """Cut XML off where it has had MOST_TAGS tags; comes with the number of entries that are cut off."""
    if content.count(b"<") <= MOST_TAGS:
        return content, 0
    end = bisect_right(range(len(content)), MOST_TAGS, key=lambda until: content.count(b"<", 0, until))
    return content[: end - 1], len(ENTRY.findall(content, end - 1))


def tree(content: bytes, content_type: str | None) -> Element:
    """Parse XML, mending what can be mended; NotAListing where no element comes of it."""
    return tree_and_cut(content, content_type)[0]


def tree_and_cut(content: bytes, content_type: str | None) -> tuple[Element, str | None]:
    """Parse XML as `tree` does; comes with why the rest is cut off, None where it is all there."""
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root: Element | None = etree.fromstring(_mended(content, content_type), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise NotAListing("not XML")
    cut = any(fault.type in LIMITS for fault in parser.error_log)
    return root, TOO_MUCH if cut else None


def _mended(content: bytes, content_type: str | None) -> bytes:
    """Give the document as the parser shall see it; what it was made of is gone before the tree grows."""
    source = PROLOG.sub("", FORBIDDEN.sub("", _text(content, content_type)), count=1)
    return _escaped(without_doctype(source)).encode()


def _text(content: bytes, content_type: str | None) -> str:
    """Decode by the page's rules; what the XML declaration says counts where the header says nothing."""
    declared = DECLARATION.match(content[:300])
    if declared and "charset" not in (content_type or "").lower():
        content_type = f"text/xml; charset={declared[1].decode('ascii')}"
    try:
        return decode(content, content_type)
    except NotAnArticle as verdict:
        raise NotAListing(str(verdict)) from None


def _escaped(source: str) -> str:
    """Escape the ampersands that begin no reference of XML's own, but in CDATA, where they are text."""
    head, *sections = source.split("<![CDATA[")
    parts = [STRAY_AMPERSAND.sub("&amp;", head)]
    for section in sections:
        inside, end, after = section.partition("]]>")
        parts += ["<![CDATA[", inside, end, STRAY_AMPERSAND.sub("&amp;", after)]
    return "".join(parts)


def local(element: Element) -> str:
    """Give an element's name without its namespace, lower case; a prefix that nobody declared stays."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def inner(element: Element | None) -> str | None:
    """Give an element's text with its children's; None for nothing."""
    return None if element is None else "".join(map(str, element.itertext())).strip() or None
