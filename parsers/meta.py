"""The head of a page: meta, link and title elements as clues, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from parsers.clue import Clue, FieldName
from parsers.jsonld import load, strings
from parsers.marked import Head

_FIELDS: Final[dict[FieldName, str]] = {
    "title": "og:title twitter:title dc.title dcterms.title parsely-title sailthru.title title headline"
    " citation_title article:title cxenseparse:title hdl",
    "subtitle": "subtitle og:subtitle sailthru.subtitle",
    "description": "og:description description twitter:description dc.description dcterms.description"
    " sailthru.description",
    "author": "author article:author article:author_name dc.creator dcterms.creator dc.creator.name"
    " parsely-author sailthru.author byl citation_author og:article:author authors author-name"
    " article:author:name cxenseparse:author book:author vr:author rbauthors creator dc.author cse_author"
    " article_author citation_authors mrf:authors autores shareaholic:article_author_name"
    " sailthru.byline_name analyticsattributes.author og:author mediator_author",
    "published": "article:published_time og:article:published_time article:published og:published_time"
    " datepublished published date pubdate publishdate publish-date published-date publish_date dc.date"
    " dc.date.issued"
    " dcterms.date dcterms.created dcterms.issued dc.date.created parsely-pub-date sailthru.date"
    " citation_publication_date cxenseparse:recs:publishtime article:publication_date date.issued"
    " originalpublicationdate article_date_original displaydate timestamp last-publish-date article.published"
    " rnews:datepublished publication_date bt:pubdate analyticsattributes.articledate publishtime"
    " article:post_date og:pubdate pub_date published_at published_time publish_time cxenseparse:publishtime"
    " cxenseparse:recs:published_time og:publish_date og:release_date prism.publicationdate citation_date"
    " citation_online_date gsa_date obj_date_gsa date.created date.available content:publishdate date-pub"
    " mediator_published_time ya:ovs:upload_date shareaholic:article_published_time vr:published_time"
    " cdc:first_published article:first_published_time publicationdate zdf:publicationdate",
    "modified": "article:modified_time og:updated_time og:article:modified_time article:modified datemodified"
    " last-modified lastmod dcterms.modified dc.date.modified modified_time article.updated bt:moddate"
    " article:modified_date revised date.modified date.updated lastmodifieddate modified_date lastupdate"
    " last_updated_date cdc:last_updated og:modified_time article:updated_time article_updatetime"
    " shareaholic:article_modified_time cxenseparse:modified_time",
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
_SEPARATORS: Final = str.maketrans("", "", ":._- ")  # article:published_time is article-published-time too
_KEYS: Final[dict[str, FieldName]] = {
    key.translate(_SEPARATORS): field for field, keys in _FIELDS.items() for key in keys.split()
}
_LINKS: Final[dict[str, FieldName]] = {
    "canonical": "canonical", "next": "next_page", "license": "license", "author": "author",
}  # fmt: skip
_WRITTEN_BY: Final = frozenset({  # as WordPress's plug-ins translate it
    "written by", "verfasst von", "geschrieben von", "écrit par", "rédigé par", "escrito por", "scritto da",
    "geschreven door", "skrevet av", "skrevet af", "skriven av", "kirjoittanut", "napisane przez", "autor",
    "author", "автор", "написано автором", "yazan", "napsal(a)", "írta:", "scris de", "ditulis oleh",
    "執筆者", "글쓴이", "作者", "συντάχθηκε από", "auteur", "autore",
})  # fmt: skip
MAX_METAS: Final = 400
MAX_KEY: Final = 200  # characters: no key that tells anything is longer, and the rest would be remembered
_PAGERS: Final = frozenset({"pagination", "pager", "page-links"})  # classes of what holds the links of pages
_NUMBERS: Final = frozenset({"page-numbers", "post-page-numbers"})  # and of such a link


def read_head(nodes: Iterable[Head]) -> Iterator[Clue]:
    """The clues of the meta, link and title elements and of the root's language among a page's nodes."""
    labels: dict[str, str] = {}
    for node, attributes in islice(nodes, MAX_METAS):
        tag = node.tag
        if tag == "meta":
            yield from _meta(attributes, labels)
        elif tag == "link":
            yield from _link(attributes)
        elif tag == "html":
            language = attributes.get("lang") or attributes.get("xml:lang")
            if language:
                yield Clue("language", language, "html-lang", "html[lang]")
        elif node.parent is None or node.parent.tag != "svg":
            yield Clue("title", node.text() or "", "title-element", "title")


def _meta(attributes: Mapping[str, str | None], labels: dict[str, str]) -> Iterator[Clue]:
    content = attributes.get("content") or attributes.get("value")
    if not content or attributes.get("itemprop"):
        return
    for kind in ("property", "name", "http-equiv"):
        key = attributes.get(kind)
        if key and len(key) <= MAX_KEY:
            name, field = _named(key)
            if name == "parsely-page":
                yield from _parsely(content)
                return
            if field:
                yield Clue(field, content, "meta", name)
                return
            if name.startswith("twitter:"):
                yield from _labelled(name, content, labels)


_PARSELY: Final[tuple[tuple[FieldName, str], ...]] = (
    ("title", "title"), ("published", "pub_date"), ("author", "author"), ("author", "authors"),
    ("section", "section"), ("tag", "tags"), ("canonical", "link"), ("image", "image_url"),
)  # fmt: skip


def _parsely(content: str) -> Iterator[Clue]:
    """Parse.ly's older form: all that the page says of itself in one meta, as JSON."""
    page = load(content)
    for field, key in _PARSELY if isinstance(page, dict) else ():
        for value in strings(page.get(key)):
            yield Clue(field, value, "meta", f"parsely-page.{key}")


@lru_cache(maxsize=4_096)
def _named(key: str) -> tuple[str, FieldName | None]:
    """A meta element's key in lower case, and the field that it speaks of."""
    name = key.strip().lower()
    return name, _KEYS.get(name.translate(_SEPARATORS))


def _labelled(name: str, content: str, labels: dict[str, str]) -> Iterator[Clue]:
    """The author of a twitter card's table: "twitter:label1" says what "twitter:data1" holds."""
    if name.startswith("twitter:label"):
        labels[name[-1]] = content
    given = name.startswith("twitter:data")
    label = labels.get(name[-1], "") if given else name.removeprefix("twitter:misc:")
    if label.strip().casefold() in _WRITTEN_BY:
        yield Clue("author", content, "meta", "twitter:written-by")


def _link(attributes: Mapping[str, str | None]) -> Iterator[Clue]:
    for rel in (attributes.get("rel") or "").lower().split():
        field = _LINKS.get(rel)
        value = attributes.get("title") if rel == "author" else attributes.get("href")
        if field and value:
            yield Clue(field, value, "link", f"link[rel={rel}]")


def read_pagers(nodes: Iterable[LexborNode]) -> Iterator[Clue]:
    """The clues of the next page: links that say so, themselves or by their class, and those in pagers."""
    seen: set[int] = set()
    for node in nodes:
        attributes = node.attributes
        names = set((attributes.get("class") or "").split())
        numbered = "next" in (attributes.get("rel") or "").lower() or not _NUMBERS.isdisjoint(names)
        holds = not _PAGERS.isdisjoint(names)
        links = [node] if node.tag == "a" and numbered else node.css("a") if holds else []
        for link in links[: MAX_METAS - len(seen)]:
            if link.mem_id not in seen:
                seen.add(link.mem_id)
                yield from _pager(link)


def _pager(node: LexborNode) -> Iterator[Clue]:
    attributes = node.attributes
    if value := attributes.get("href"):
        named = "next" in (attributes.get("rel") or "").lower().split()
        yield Clue("next_page", value, "pager", "a[rel=next]" if named else "pagination a")
