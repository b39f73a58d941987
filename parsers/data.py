"""Data for machines that arrive as pages: feeds, sitemaps and JSON are no articles."""

from __future__ import annotations

import re

from parsers.model import NotAnArticle

# What may stand before the root: the declaration, processing instructions, comments and a document type.
_PROLOGUE = r"\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE [^>\[]*>\s*)*+"
_FEED = re.compile(_PROLOGUE + r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex|opml)[\s>]", re.DOTALL)
_JSON = re.compile(r"\s*[\[{]")
_TOP = 5_000  # characters in which a root element stands


def refuse_data(text: str, content_type: str | None) -> None:
    """Raise NotAnArticle for a feed or sitemap by its root element, and for JSON by its type."""
    if _FEED.match(text[:_TOP]):
        raise NotAnArticle("feed", "it is a feed or a sitemap, which lists pages: give it to `sources add`")
    if "json" in (content_type or "").lower() and _JSON.match(text):
        raise NotAnArticle("data", "it is JSON for machines, not a page")
