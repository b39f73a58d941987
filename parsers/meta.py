"""The head of a page: meta, link and title elements as clues, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from parsers.clue import Clue, FieldName

_FIELDS: Final[dict[FieldName, str]] = {
    "title": "og:title twitter:title dc.title dcterms.title parsely-title sailthru.title title headline"
    " citation_title article:title cxenseparse:title hdl",
    "subtitle": "subtitle og:subtitle sailthru.subtitle",
    "description": "og:description description twitter:description dc.description dcterms.description"
    " sailthru.description",
    "author": "author article:author article:author_name dc.creator dcterms.creator dc.creator.name"
    " parsely-author sailthru.author byl citation_author og:article:author authors author-name"
    " article:author:name cxenseparse:author book:author vr:author rbauthors creator",
    "published": "article:published_time og:article:published_time article:published og:published_time"
    " datepublished published date pubdate publishdate publish-date published-date publish_date dc.date"
    " dc.date.issued"
    " dcterms.date dcterms.created dcterms.issued dc.date.created parsely-pub-date sailthru.date"
    " citation_publication_date cxenseparse:recs:publishtime article:publication_date date.issued"
    " originalpublicationdate article_date_original displaydate timestamp last-publish-date article.published"
    " rnews:datepublished publication_date bt:pubdate analyticsattributes.articledate publishtime"
    " article:post_date og:pubdate",
    "modified": "article:modified_time og:updated_time og:article:modified_time article:modified datemodified"
    " last-modified lastmod dcterms.modified dc.date.modified modified_time article.updated bt:moddate"
    " article:modified_date revised",
    "language": "og:locale language content-language dc.language dcterms.language og:language",
    "section": "article:section og:article:section og:section section parsely-section sailthru.verticals"
    " category article.section articlesection dcterms.subject news_section",
    "tag": "article:tag og:article:tag news_keywords keywords parsely-tags sailthru.tags og:video:tag",
    "image": "og:image og:image:url og:image:secure_url twitter:image twitter:image:src sailthru.image.full"
    " parsely-image-url thumbnail",
    "site_name": "og:site_name application-name dc.publisher apple-mobile-web-app-title al:android:app_name"
    " twitter:app:name:iphone cre publisher",
    "free": "article:content_tier cxenseparse:paywall content-tier paywall lp:paywall",
    "kind": "og:type article:type content-type pagetype page_type parsely-type",
    "license": "dc.rights.license dcterms.license license cc:license",
    "canonical": "og:url parsely-link",
}
_KEYS: Final[dict[str, FieldName]] = {key: field for field, keys in _FIELDS.items() for key in keys.split()}
_LINKS: Final[dict[str, FieldName]] = {
    "canonical": "canonical", "next": "next_page", "license": "license", "author": "author",
}  # fmt: skip
MAX_METAS: Final = 400


def read_head(nodes: Iterable[LexborNode]) -> Iterator[Clue]:
    """The clues of the meta, link and title elements and of the root's language among a page's nodes."""
    for node in islice(nodes, MAX_METAS):
        tag = node.tag
        if tag == "meta":
            yield from _meta(node)
        elif tag == "link":
            yield from _link(node)
        elif tag == "html":
            language = node.attributes.get("lang") or node.attributes.get("xml:lang")
            if language:
                yield Clue("language", language, "html-lang", "html[lang]")
        elif node.parent is None or node.parent.tag != "svg":
            yield Clue("title", node.text() or "", "title-element", "title")


def _meta(node: LexborNode) -> Iterator[Clue]:
    attributes = node.attributes
    content = attributes.get("content") or attributes.get("value")
    if not content or attributes.get("itemprop"):
        return
    for kind in ("property", "name", "http-equiv"):
        key = attributes.get(kind)
        if key:
            field = _KEYS.get(key.strip().lower())
            if field:
                yield Clue(field, content, "meta", key.strip().lower())
                return


def _link(node: LexborNode) -> Iterator[Clue]:
    attributes = node.attributes
    for rel in (attributes.get("rel") or "").lower().split():
        field = _LINKS.get(rel)
        value = attributes.get("title") if rel == "author" else attributes.get("href")
        if field and value:
            yield Clue(field, value, "link", f"link[rel={rel}]")
