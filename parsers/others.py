"""Where a line stands: in a sentence, or where readers, photographers and quoted people are named."""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborNode

from parsers.hygiene import one_line
from parsers.text import is_ended

ROW: Final = 160  # characters: in a longer row a name is none alone
MAX_ROW: Final = 400  # characters of a row that are read
LABEL: Final = 5  # words: a shorter row may end in a full stop and be a byline
_PIECES: Final = 12  # on either side of a text, of which its row is made
_HOLDERS: Final = 6  # elements around a line that may say whose it is
_INLINE: Final = frozenset({
    "a", "abbr", "b", "bdi", "big", "cite", "em", "font", "i", "mark", "q", "s", "small", "span", "strong",
    "sub", "sup", "time", "u",
})  # fmt: skip
_ENDS: Final = frozenset({"article", "main", "body", "html", "-undef"})
_QUOTED: Final = frozenset({"blockquote", "button", "cite", "figcaption", "figure", "option", "q"})
_BARE: Final = _QUOTED | {"aside", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "label", "nav"}
_OTHERS: Final = re.compile(  # in lower case: what names readers, other stories, quoted ones, photographers
    r"comment|related|recommend|popular|trending|quote|(?<!item-)caption|credit|[fp]h?oto|sponsor|advert|video"
    r"|opinions?(?![\w-])"
)
_ASIDE: Final = re.compile(r"sidebar|widget|footer|teaser|promo|newsletter|tags|menu|breadcrumb|^vcard")
_AUTHOR: Final = re.compile("author|byline")


def row_of(node: LexborNode) -> str:
    """The line that readers see around a text: what stands beside it up to a break or another block."""
    top = node
    while top.parent is not None and top.parent.tag in _INLINE:
        top = top.parent
    before: list[str] = []
    each = top.prev
    while each is not None and len(before) < _PIECES and _is_inline(each):
        before.append(_said(each))
        each = each.prev
    after: list[str] = []
    each = top.next
    while each is not None and len(after) < _PIECES and _is_inline(each):
        after.append(_said(each))
        each = each.next
    return one_line("".join([*reversed(before), _said(top), *after]), MAX_ROW)


def _is_inline(node: LexborNode) -> bool:
    return node.is_text_node or node.tag in _INLINE


def _said(node: LexborNode) -> str:
    return (node.text_content if node.is_text_node else node.text()) or ""


def is_sentence(row: str, *, bare: bool) -> bool:
    """Whether a row is a sentence or a paragraph, in which people are named and nobody signs.

    A `bare` name stands in no longer row than a byline's; one after "by" may share it with tags and links.
    """
    return len(row) >= (ROW if bare else MAX_ROW) or (is_ended(row) and len(row.split()) > LABEL)


def is_of_others(node: LexborNode, *, bare: bool) -> bool:
    """Whether what holds a line says that the person in it is no author: a quote, a picture, comments.

    A `bare` name is nobody's in headings, sidebars and footers either, unless these are called an author's.
    """
    up = node.parent if node.is_text_node else node
    for _ in range(_HOLDERS):
        if up is None or up.tag in _ENDS:
            break
        attributes = up.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
        if _OTHERS.search(names):
            return True
        bare = bare and not _AUTHOR.search(names)
        if up.tag in (_BARE if bare else _QUOTED) or (bare and _ASIDE.search(names)):
            return True
        up = up.parent
    return False
