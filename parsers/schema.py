"""What a page's JSON-LD says of its article, as clues."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from parsers.clue import Clue, FieldName
from parsers.jsonld import ARTICLE_TYPES, MEDIA_TYPES, PAGE_TYPES, Node, load, nodes, strings, types

_PLAIN: Final[tuple[tuple[FieldName, str], ...]] = (
    ("title", "headline"), ("title", "name"), ("subtitle", "alternativeHeadline"),
    ("description", "description"), ("published", "datePublished"), ("published", "uploadDate"),
    ("modified", "dateModified"), ("language", "inLanguage"), ("section", "articleSection"),
    ("license", "license"),
)  # fmt: skip
_ENTRIES: Final = 500  # of a live blog
_PARTS: Final = 20  # of an article that say whether they are free
FRONT: Final = re.compile(
    r"home(?:page| page)?|start(?:seite)?|accueil|inicio|início|portada|главная|hem|hjem|forside|etusivu"
    r"|ana ?sayfa|strona główna|index|front(?: ?page)?|首页|ホーム|トップ|홈|https?:.*|/.*|.*\.\w{2,3}",
    re.IGNORECASE,
)
_ORGANISATIONS: Final = frozenset({"organization", "newsmediaorganization", "corporation", "brand", "thing"})


def read_jsonld(scripts: Iterable[str], url: str, title: str) -> Iterator[Clue]:
    """The clues of all JSON-LD scripts of a page: its article's first, then its page's and its site's."""
    found = [node for script in scripts for node in nodes(load(script))]
    by_id = {
        node["@id"]: node for node in reversed(found) if isinstance(node.get("@id"), str) and len(node) > 1
    }
    kinds = [(set(types(node)), node) for node in found]
    articles = [node for kind, node in kinds if kind & ARTICLE_TYPES or (not kind and "headline" in node)]
    media = [node for kind, node in kinds if kind & MEDIA_TYPES]
    pages = [node for kind, node in kinds if kind & PAGE_TYPES]
    if articles:
        main = _main(articles, url, title)
        yield from _article(main, by_id, "jsonld")
    elif media and len(media) == 1:
        yield from _article(media[0], by_id, "jsonld-media")
    for node in pages[:1]:
        yield from _article(node, by_id, "jsonld-page")
    yield from _site(kinds)


def _main(articles: list[Node], url: str, title: str) -> Node:
    """The article node that the page is about: by its address, else by its headline, else the first."""

    def rank(node: Node) -> tuple[bool, bool, bool]:
        addresses = set(strings([node.get("url"), node.get("mainEntityOfPage"), node.get("@id")], "@id"))
        headline = next(strings(node.get("headline")), "")
        return (url.partition("#")[0].rstrip("/") in {a.partition("#")[0].rstrip("/") for a in addresses},
                bool(headline) and headline in title, "datePublished" in node)  # fmt: skip

    return max(articles, key=rank)


def _article(node: Node, by_id: dict[str, Node], rule: str) -> Iterator[Clue]:
    name = (types(node) or ["article"])[0]
    for field, key in _PLAIN:
        if key == "name" and "headline" in node:
            continue
        for value in strings(node.get(key), "url" if key == "license" else "name"):
            yield Clue(field, value, rule, f"{name}.{key}")
    for each in types(node) or [name]:
        yield Clue("kind", each, rule, "@type")
    for key in ("author", "creator"):
        yield from _people(node.get(key), by_id, rule, f"{name}.{key}")
    for value in strings(node.get("keywords")):
        yield Clue("tag", value, rule, f"{name}.keywords")
    yield from _images(node.get("image"), by_id, rule, f"{name}.image")
    yield from _access(node, rule, name)
    yield from _body(node, rule, name)
    for value in strings(node.get("publisher")):
        yield Clue("site_name", value, rule, f"{name}.publisher")
    for value in strings([node.get("url"), node.get("mainEntityOfPage")], "@id"):
        yield Clue("canonical", value, rule, f"{name}.url")


def _people(value: Any, by_id: dict[str, Node], rule: str, place: str) -> Iterator[Clue]:
    if isinstance(value, str) and value.lstrip()[:1] in {"[", "{"}:
        value = load(value)  # a list written as the text of itself
    if isinstance(value, dict):
        value = value.get("@list") or value
    for item in value if isinstance(value, list) else [value]:
        person = (
            by_id.get(item.get("@id", ""), item) if isinstance(item, dict) and "name" not in item else item
        )
        note = ""
        if isinstance(person, dict):
            kind = set(types(person))
            note = "organization" if kind & _ORGANISATIONS else "person" if "person" in kind else ""
        for name in strings(person):
            yield Clue("author", name, rule, place, note)


def _images(value: Any, by_id: dict[str, Node], rule: str, place: str) -> Iterator[Clue]:
    for item in value[:10] if isinstance(value, list) else [value]:
        image = by_id.get(item.get("@id", ""), item) if isinstance(item, dict) and "url" not in item else item
        caption = ""
        if isinstance(image, dict):
            caption = next(strings([image.get("caption"), image.get("description")]), "")
            image = image.get("url") or image.get("contentUrl")
        for url in strings(image, "url"):
            yield Clue("image", url, rule, place, caption)


def _access(node: Node, rule: str, name: str) -> Iterator[Clue]:
    """What an article says of itself, and of its parts: a paywall's is marked so by search engines' rules."""
    parts = node.get("hasPart")
    for said in (node, *(parts if isinstance(parts, list) else [parts])[:_PARTS]):
        value = said.get("isAccessibleForFree") if isinstance(said, dict) else None
        if isinstance(value, (str, bool, int)):
            place = name if said is node else f"{name}.hasPart"
            yield Clue("free", str(value).strip().lower(), rule, f"{place}.isAccessibleForFree")


def _body(node: Node, rule: str, name: str) -> Iterator[Clue]:
    """The story as it is told to machines; that of a live blog is its entries, each under its headline."""
    told = [text for text in (node.get("articleBody"), node.get("text")) if isinstance(text, str)][:1]
    entries = node.get("liveBlogUpdate")
    if not told and isinstance(entries, list):
        told = [
            text
            for entry in entries[:_ENTRIES]
            if isinstance(entry, dict) and isinstance(entry.get("articleBody"), str)
            for text in (entry.get("headline"), entry["articleBody"])
            if isinstance(text, str)
        ]
    if told:
        yield Clue("body", "\n\n".join(told), rule, f"{name}.articleBody")


def _site(kinds: list[tuple[set[str], Node]]) -> Iterator[Clue]:
    for kind, node in kinds:
        if "website" in kind:
            for value in strings(node.get("name")):
                yield Clue("site_name", value, "jsonld-site", "website.name")
        elif "breadcrumblist" in kind:
            yield from _breadcrumb(node.get("itemListElement"))


def _breadcrumb(items: Any) -> Iterator[Clue]:
    """The first step of a breadcrumb that is not the front page; the last is often the article itself."""
    if not isinstance(items, list):
        return
    steps = [
        next(strings([item.get("name"), item.get("item")]), "") for item in items if isinstance(item, dict)
    ]
    if len(steps) > 1:
        first = 0 if len(steps) == 2 and not FRONT.fullmatch(steps[0].strip()) else 1  # noqa: PLR2004 - no front
        yield Clue("section", steps[first], "breadcrumb", "breadcrumblist.itemListElement")
