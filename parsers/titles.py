"""Titles: a page's headlines as options, the site's name taken off, and what speaks for each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final
from urllib.parse import unquote, urlsplit

from parsers.clue import Clue
from parsers.hygiene import one_line, plain
from parsers.weigh import Option, bucket

# What one may begin with is asked first: most letters are passed by at once.
_SEPARATOR: Final = re.compile(
    r"(?=[\s|｜»«:_])(?:\s+(?:[|\-–—·»«›:•⋆~/]|::|\|\|)\s+|\s*[|｜»«]\s*|(?<=\w):\s+|\s[-–—]|_)"
)
_BEFORE_SITE: Final = re.compile(  # what parts no headline, but a site's name from it
    rf"(?=[\s|｜»«:_：\-–—])(?:{_SEPARATOR.pattern}|\s+(?:[<>‹★☆✩†]|//)\s+|\s*：\s*"
    r"|(?<=[\u3040-\u9fff\uac00-\ud7af])\s?[-–—]{1,2}\s?)"
)
_MARKS: Final = frozenset("|-–—·»«›:•⋆~/｜_<>‹★☆✩†：")  # without one nothing is separated
_WORDS: Final = re.compile(r"\w+")
MAX_OPTIONS: Final = 40
_BRACKET: Final = re.compile(r"[(\uff08]([^()\uff08\uff09]{2,30})[)\uff09]$")
_TRAIL: Final = re.compile(  # sections between headline and site
    r"\s<\s|(?<=[\u3040-\u9fff\uac00-\ud7af])(?:--|\s-\s(?=[\u3040-\u9fff\uac00-\ud7af]{1,6}$))"
)
_DATED: Final = re.compile(  # the day, then section and site perhaps
    r"\s[-–—|]\s\d\d[./]\d\d[./]\d{4}(?:\s[-–—|]\s.{2,60})?$"
)
_FRONT: Final = re.compile(r"[\[【]([^\[\]【】]{2,30})[\]】]\s*(?=\S)")
_OWN_TAILS: Final = frozenset({"live", "live updates", "as it happened", "in pictures"})  # a headline's own
MIN_TOLD: Final = 12  # characters of a headline that a heading may hold with something glued to it
MAX_GLUED: Final = 30  # characters of that
MAX_SECTION: Final = 3  # words between a headline and the site's name
LONG: Final = 3  # letters from which a word says something
_Found = tuple[str, str, Clue]  # where a headline stood, as spelt there, and its clue
_SOURCES: Final = {"og:title": "og", "twitter:title": "twitter"}


def title_options(clues: Iterable[Clue], url: str, site_names: Iterable[str]) -> list[Option]:
    """Every headline that the page gives, whole or without a part, with its features; at most 40."""
    sites = {squeezed for name in [*site_names, _host(url)] if len(squeezed := _squeeze(name)) >= LONG}
    clues = list(clues)
    groups = _groups(clues, sites)
    heads = [key for key, found in groups.items() if any(source.startswith("h1") for source, _, _ in found)]
    slug = set(_WORDS.findall(unquote(urlsplit(url).path).casefold().replace("_", " ")))
    seen = {key for key, found in groups.items() if any(_is_seen(source, clue) for source, _, clue in found)}
    present = {source for found in groups.values() for source, _, _ in found}.union({"seen"} if seen else ())
    kind = next((clue.place.partition(".")[0] for clue in clues if clue.rule == "jsonld"), "")
    options = []
    for key, found in groups.items():
        names = (
            _sources(found, heads) | _shape(key, found[0][1], slug, sites) | _relations(key, heads, groups)
        )
        mine = {source for source, _, _ in found}
        names |= _agreement(mine | {"seen"} if key in seen else mine, present, kind)
        best = min(found, key=lambda item: (item[1].isupper(), _RANK.get(item[0], 9)))
        options.append(Option(best[1], tuple(clue for _, _, clue in found), frozenset(names)))
    return options


def _agreement(mine: set[str], present: set[str], kind: str) -> set[str]:
    """Which of the four chief sources say this headline (y), another (n), or nothing (-).

    Once alone and, for one that readers see, once with the page's schema.org type: newsrooms and blogs fill
    the same fields with different headlines.
    """
    seen = "h1" if "h1" in present else "seen"  # what readers take for the headline
    marks = ["y" if source in mine else "n" if source in present else "-" for source in (seen, *_TOLD)]
    said = "agree:" + "".join(marks)
    names = {said, f"{said}:{kind}"} if kind and marks[0] != "n" else {said}
    if seen in mine and mine & set(_TOLD):
        names.add("seen-and-told")  # however the sources differ else: some mixtures are rare
    return names


def _is_seen(source: str, clue: Clue) -> bool:
    """Whether readers take it for the headline where there is no h1."""
    chosen = source in {"h2", "heading"} and clue.steps == 0
    return chosen or source == "shown-headline" or source.startswith("line-")


_TOLD: Final = ("og", "jsonld", "title")
_HALVED: Final = frozenset({"h1", "og", "title", "jsonld"})
_RANK: Final = {"h1": 0, "h1-later": 1, "line": 2, "jsonld": 3, "og": 4, "twitter": 5, "title": 6}


def _groups(clues: Iterable[Clue], sites: set[str]) -> dict[str, list[_Found]]:
    """The clues by folded headline: (source, spelling, clue) each."""
    groups: dict[str, list[_Found]] = {}
    parted: dict[tuple[str, bool], list[tuple[str, str, str]]] = {}  # most headlines are told more than once
    headings = 0
    for clue in clues:
        source, headings = _source(clue, headings)
        shown = clue.rule.startswith("heading")
        text = _unglued(one_line(clue.value), groups) if shown else plain(clue.value)
        how = text, source in _HALVED
        if how not in parted:
            parts = _parts(text, sites, halves=how[1])
            parted[how] = [(part, suffix, _key(part)) for part, suffix in parts]
        for part, suffix, key in parted[how]:
            if key and (key in groups or len(groups) < MAX_OPTIONS):
                groups.setdefault(key, []).append((source + suffix, part, clue))
    return groups


def _unglued(text: str, groups: dict[str, list[_Found]]) -> str:
    """A heading without the badge or the byline that its markup glues to a headline told elsewhere.

    What goes on in small letters is the rest of a headline that was cut.
    """
    for found in groups.values():
        told = found[0][1]
        if not MIN_TOLD <= len(told) < len(text) <= len(told) + MAX_GLUED:
            continue
        behind, before = text[len(told)], text[-len(told) - 1]
        if (text.startswith(told) and told[-1].islower() and behind.isupper()) or (
            text.endswith(told) and told[0].isupper() and before.isalnum()
        ):
            return told
    return text


def _source(clue: Clue, headings: int) -> tuple[str, int]:
    if clue.rule == "heading":
        name = clue.place if clue.place in {"h1", "h2", "breadcrumb"} else "heading"
        return (name if headings == 0 else f"{name}-later"), headings + (name != "breadcrumb")
    if clue.rule in {"heading-line", "shown"}:
        return f"{clue.rule.removeprefix('heading-')}-{clue.place}", headings
    if clue.rule == "meta":
        return _SOURCES.get(clue.place, "meta"), headings
    return {"title-element": "title"}.get(clue.rule, clue.rule), headings


def _parts(text: str, sites: set[str], *, halves: bool) -> Iterator[tuple[str, str]]:
    """The text without the site's name, then without what each separator parts."""
    bare, named = (_DATED.sub("", text) if "20" in text else text).rpartition("Blog Archive »")[2].strip(), ""
    for _ in range(3):
        cut = next((cut for cut in _cuts(bare, named) if _is_site(cut[1], sites)), None)
        if cut is None:
            break
        bare, named = cut
    if bare != text:
        yield text, "+site"
    if named:
        bare = _TRAIL.split(bare, maxsplit=1)[0]
        story, bar, section = bare.rpartition("|")
        if bar and len(section.split()) <= MAX_SECTION and len(story.split()) > MAX_SECTION:
            yield story.strip(), "+section"
    yield bare, ""
    for match in list(_SEPARATOR.finditer(bare))[-4:] if halves and not _MARKS.isdisjoint(bare) else ():
        if (tail := bare[match.end() :].strip()).lower() not in _OWN_TAILS:
            yield bare[: match.start()].strip(), "-head"
            yield tail, "-tail"


def _cuts(text: str, named: str) -> list[tuple[str, str]]:
    """What stands before the last separator and after the first, each with the rest.

    After the first only where no name has been cut yet, or that very one: "Welt - an obituary - WELT".
    """
    cuts = []
    if text.endswith((")", "\uff09")) and (bracket := _BRACKET.search(text)):
        cuts = [(text[: bracket.start()].strip(), bracket[1])]
    elif text.startswith(("[", "【")) and (bracket := _FRONT.match(text)):
        cuts = [(text[bracket.end() :].strip(), bracket[1])]
    found = [] if _MARKS.isdisjoint(text) else list(_BEFORE_SITE.finditer(text))
    if not found:
        return cuts
    last, first = found[-1], found[0]
    front = text[: first.start()]
    cuts.append((text[: last.start()].strip(), text[last.end() :]))
    # a slogan may stand behind the name: what parts it from that is the name's end
    cuts += [(text[: one.start()].strip(), text[one.end() : other.start()]) for one, other in pairwise(found)]
    return [*cuts, (text[first.end() :].strip(), front)] if named in {"", front.strip()} else cuts


def _is_site(part: str, sites: set[str]) -> bool:
    """Whether a part of a title is the site's name, or holds it beside a word or two."""
    squeezed = _squeeze(part)
    if len(squeezed) < LONG:
        return False
    return any(
        (squeezed in site and 2 * len(squeezed) > len(site))
        or (site in squeezed and len(squeezed) < 3 * len(site))
        for site in sites
    )


def _squeeze(text: str) -> str:
    """The letters and digits of a name, small and without accents: El País writes EL PAIS, too."""
    letters = "".join(_WORDS.findall(text.casefold()))
    if letters.isascii():
        return letters
    return "".join(each for each in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(each))


def _key(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _host(url: str) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return host.rsplit(".", 1)[0]


def _sources(found: list[_Found], heads: list[str]) -> set[str]:
    sources = {source for source, _, _ in found}
    whole = {source.split("-")[0] for source in sources if not source.endswith(("-head", "-tail", "+site"))}
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
    if key.replace(" ", "") in sites:
        names.add("is-site")
    elif key.partition(" ")[0] in sites or key.rpartition(" ")[2] in sites:
        names.add("holds-site")
    if not _MARKS.isdisjoint(text) and _SEPARATOR.search(text):
        names.add("separated")
    return names


def _relations(key: str, heads: list[str], groups: dict[str, list[_Found]]) -> set[str]:
    names = set()
    if heads and key not in heads:
        first = heads[0]
        relation = "in" if f" {key} " in f" {first} " else "holds" if f" {first} " in f" {key} " else "beside"
        names.add(f"{relation}-h1")
        if relation == "holds" and len({source for source, _, _ in groups[key]}.intersection(_TOLD)) > 1:
            names.add("holds-h1-and-told")  # the h1 leaves out the kicker
        mine, its = set(key.split()), set(first.split())
        share = len(mine & its) / max(1, len(mine | its))
        names.add(bucket("like-h1", share, (0.2, 0.6)))
    others = [other for other in groups if other != key and len(other) > len(key)]
    if any(other.startswith(f"{key} ") or other.endswith(f" {key}") for other in others):
        names.add("edge-of-longer")
    if not heads:
        names.add("no-h1:" + ("title" if any(s.startswith("title") for s, _, _ in groups[key]) else "other"))
    return names
