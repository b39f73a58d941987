"""Stand-ins until locate and the fields arrive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from parsers.text import squash


def fields(tree: LexborHTMLParser) -> dict[str, Any]:
    """Read a few fields."""

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
