"""Stand-ins until locate and the fields arrive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.text import squash


def located(tree: LexborHTMLParser) -> str:
    """HTML of the element with the most paragraph text."""
    tree.strip_tags(["script", "style", "svg", "nav", "footer", "aside", "form", "noscript", "iframe"])
    best, most = tree.body, 0
    scores: dict[int, tuple[int, LexborNode]] = {}
    for p in tree.css("p"):
        node: Any = p.parent
        weight = len(p.text())
        for _ in range(2):
            if node is None:
                break
            score = scores.get(node.mem_id, (0, node))[0] + weight
            scores[node.mem_id] = (score, node)
            weight //= 2
            node = node.parent
    for score, node in scores.values():
        if score > most:
            best, most = node, score
    return (best.html if best else "") or ""


def fields(tree: LexborHTMLParser) -> dict[str, Any]:
    """A few fields."""

    def meta(name: str) -> str | None:
        node = tree.css_first(f'meta[property="{name}"], meta[name="{name}"]')
        return squash(node.attributes.get("content") or "") or None if node else None

    def text(css: str) -> str | None:
        node = tree.css_first(css)
        return squash(node.text()) or None if node else None

    published = None
    if raw := meta("article:published_time"):
        try:
            published = datetime.fromisoformat(raw)
        except ValueError:
            published = None
    if published and published.tzinfo is None:
        published = None
    html = tree.css_first("html")
    return {
        "title": meta("og:title") or text("h1") or text("title") or "",
        "description": meta("og:description") or meta("description"),
        "site_name": meta("og:site_name"),
        "authors": tuple(a for a in (meta("author"),) if a and not a.startswith("http")),
        "published_at": published,
        "published_precision": "second" if published else None,
        "language": (html.attributes.get("lang") or "")[:2].lower() or None if html else None,
    }
