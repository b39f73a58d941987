"""Titles: a page's headlines as options, the site's name taken off, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from parsers.clue import Clue
from parsers.hygiene import plain
from parsers.weigh import Option, bucket

_SEPARATOR: Final = re.compile(r"\s+(?:[|\-–—·»«›:•⋆~/]|::|\|\|)\s+|\s*[|｜»«]\s*|(?<=\w):\s+|\s[-–—]|_")
_WORDS: Final = re.compile(r"\w+")
MAX_OPTIONS: Final = 40
LONG: Final = 3  # letters from which a word says something
_SOURCES: Final = {"og:title": "og", "twitter:title": "twitter"}


def title_options(clues: Iterable[Clue], url: str, site_names: Iterable[str]) -> list[Option]:
    """Every headline that the page gives, whole or without a part, with its features; at most 40."""
    groups = _groups(clues)
    sites = {key for name in site_names if (key := _key(name))} | {_key(_host(url))}
    heads = [key for key, found in groups.items() if any(source.startswith("h1") for source, _, _ in found)]
    slug = set(_WORDS.findall(unquote(urlsplit(url).path).casefold().replace("_", " ")))
    options = []
    for key, found in groups.items():
        names = _sources(found, heads) | _shape(key, found[0][1], slug, sites)
        names |= _relations(key, heads, groups)
        best = min(found, key=lambda item: _RANK.get(item[0], 9))
        options.append(Option(best[1], tuple(clue for _, _, clue in found), frozenset(names)))
    return options


_RANK: Final = {"h1": 0, "h1-later": 1, "jsonld": 2, "og": 3, "twitter": 4, "title": 5}


def _groups(clues: Iterable[Clue]) -> dict[str, list[tuple[str, str, Clue]]]:
    """The clues by folded headline: (source, spelling, clue) each."""
    groups: dict[str, list[tuple[str, str, Clue]]] = {}
    headings = 0
    for clue in clues:
        source, headings = _source(clue, headings)
        text = plain(clue.value)
        for part, suffix in _parts(text, source):
            key = _key(part)
            if key and (key in groups or len(groups) < MAX_OPTIONS):
                groups.setdefault(key, []).append((source + suffix, part, clue))
    return groups


def _source(clue: Clue, headings: int) -> tuple[str, int]:
    if clue.rule == "heading":
        name = clue.place if clue.place in {"h1", "h2"} else "heading"
        return (name if headings == 0 else f"{name}-later"), headings + 1
    if clue.rule == "meta":
        return _SOURCES.get(clue.place, "meta"), headings
    return {"title-element": "title"}.get(clue.rule, clue.rule), headings


def _parts(text: str, source: str) -> Iterator[tuple[str, str]]:
    """The text whole, and without what stands after or before each separator."""
    yield text, ""
    for match in list(_SEPARATOR.finditer(text))[-4:]:
        yield text[: match.start()].strip(), "-head"
        if source in {"title", "og", "twitter", "jsonld-page", "h1"}:
            yield text[match.end() :].strip(), "-tail"


def _key(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _host(url: str) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return host.rsplit(".", 1)[0]


def _sources(found: list[tuple[str, str, Clue]], heads: list[str]) -> set[str]:
    sources = {source for source, _, _ in found}
    whole = {source.split("-")[0] for source in sources if not source.endswith(("-head", "-tail"))}
    names = {f"from:{source}" for source in sources} | {f"whole:{min(len(whole), 4)}"}
    if len(heads) == 1 and "h1" in sources:
        names.add("only-h1")
    if any(clue.rule == "heading" and clue.steps == 0 for _, _, clue in found):
        names.add("main-heading")
    return names


def _shape(key: str, text: str, slug: set[str], sites: set[str]) -> set[str]:
    words = key.split()
    long = [word for word in words if len(word) >= LONG]
    shared = sum(word in slug for word in long) / max(1, len(long))
    names = {bucket("words", len(words), (2, 3, 5, 21)), bucket("slug", shared, (0.01, 0.5, 0.9))}
    squeezed = key.replace(" ", "")
    if any(squeezed == site.replace(" ", "") for site in sites):
        names.add("is-site")
    elif any(
        len(site) >= LONG and (key.endswith(f" {site}") or key.startswith(f"{site} ")) for site in sites
    ):
        names.add("holds-site")
    if _SEPARATOR.search(text):
        names.add("separated")
    return names


def _relations(key: str, heads: list[str], groups: dict[str, list[tuple[str, str, Clue]]]) -> set[str]:
    names = set()
    if heads and key not in heads:
        first = heads[0]
        names.add(
            "in-h1"
            if f" {key} " in f" {first} "
            else "holds-h1"
            if f" {first} " in f" {key} "
            else "beside-h1"
        )
        mine, its = set(key.split()), set(first.split())
        share = len(mine & its) / max(1, len(mine | its))
        names.add(bucket("like-h1", share, (0.2, 0.6)))
    others = [other for other in groups if other != key and len(other) > len(key)]
    if any(other.startswith(f"{key} ") or other.endswith(f" {key}") for other in others):
        names.add("edge-of-longer")
    if not heads:
        names.add("no-h1:" + ("title" if any(s.startswith("title") for s, _, _ in groups[key]) else "other"))
    return names
