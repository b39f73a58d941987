"""HTML as the walk and the cut need it: its tags by kind, and how text and attributes are written."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

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
COMMENT = "-comment"  # lexbor's name for one
HARD_SPACE = "\xa0"


def attributes_of(node: LexborNode) -> str:
    """Write a node's attributes as HTML does, each with a space before it."""
    return "".join([f' {name}="{_quoted(value)}"' for name, value in node.attributes.items()])


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
