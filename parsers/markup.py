"""HTML as the walk and the cut need it: its tags by kind, and how text and attributes are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCK_TAGS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
    }
    | {"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"hgroup", "label", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary"}
    | {"table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "ul", "video"}
)
VOID_TAGS = frozenset(
    {"br", "hr", "img", "input", "wbr", "source", "track", "area", "col", "param", "base", "keygen", "frame"}
    | {"basefont", "bgsound"}
)
NEVER_SHOWN = frozenset(
    {"script", "style", "svg", "noscript", "iframe", "template", "link", "meta", "object", "embed", "select"}
    | {"canvas", "xmp", "noembed", "noframes", "plaintext", "textarea", "math", "audio", "datalist", "dialog"}
)
HARD_SPACE = "\xa0"

# Kinds of nodes: elements that hold others, those that hold nothing, what is no element, what is passed by.
BLOCK: Final = 0
FIGURE: Final = 1  # a block, too
LINK: Final = 2
BOLD: Final = 3
ITALIC: Final = 4
OTHER: Final = 5
BREAK: Final = 6  # from here on nothing stands inside
IMAGE: Final = 7
VOID: Final = 8
MENU: Final = 9  # what stands inside is never the story, and not read
REMARK: Final = 10
TEXT: Final = 11
HIDDEN: Final = 12
CLOSING: Final = 16  # added to the kind of an element, for its end

_KINDS = (
    dict.fromkeys(NEVER_SHOWN, HIDDEN)
    | dict.fromkeys(VOID_TAGS, VOID)
    | dict.fromkeys(BLOCK_TAGS, BLOCK)
    | {"a": LINK, "b": BOLD, "strong": BOLD, "i": ITALIC, "em": ITALIC}
    | {"br": BREAK, "hr": BREAK, "img": IMAGE, "figure": FIGURE, "nav": MENU, "footer": MENU}
)


def _by_number() -> tuple[dict[int, int], dict[int, str]]:
    """Lexbor's numbers of tags -> kinds, and -> names: to ask a node for its number is far cheaper."""
    page = LexborHTMLParser("<body>x<!---->")
    numbers = {page.create_node(tag).tag_id: tag for tag in _KINDS}
    kinds = {number: _KINDS[tag] for number, tag in numbers.items()}
    if page.body is not None and (text := page.body.first_child) and (remark := text.next):
        kinds |= {text.tag_id: TEXT, remark.tag_id: REMARK}
    return kinds, numbers


KINDS, NAMES = _by_number()


def attributes_of(node: LexborNode) -> str:
    """Write a node's attributes as HTML does, each with a space before it."""
    return written(node.attributes)


def written(attributes: Mapping[str, str | None]) -> str:
    """Write attributes as HTML does, each with a space before it."""
    plain = "".join([f' {name}="{value or ""}"' for name, value in attributes.items()])
    if (
        "&" in plain
        or "<" in plain
        or ">" in plain
        or HARD_SPACE in plain
        or plain.count('"') > 2 * len(attributes)
    ):
        return "".join([f' {name}="{_quoted(value)}"' for name, value in attributes.items()])
    return plain  # as nearly all are: nothing to escape


def _quoted(value: str | None) -> str:
    return escape(value).replace('"', "&quot;") if value else ""


def is_blank(text: str) -> bool:
    """Whether text is nothing but space; one that does not break is there to be seen."""
    return text.isspace() and HARD_SPACE not in text


def escape(text: str) -> str:
    """Escape text as the HTML Standard writes it (13.3, escaping a string)."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text or ">" in text:
        text = text.replace("<", "&lt;").replace(">", "&gt;")
    return text.replace(HARD_SPACE, "&nbsp;") if HARD_SPACE in text else text
