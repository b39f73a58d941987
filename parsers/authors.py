"""Authors: the names that a page's bylines and metadata give, as options, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from parsers.clue import Clue
from parsers.people import fold, is_organisation, is_person, joined, split_names, stated_person, upright
from parsers.text import measure
from parsers.weigh import Option, Verdict, bucket, weigh

THRESHOLD: Final = 0.2  # log-odds: likelier an author than not, chosen by folds
LAST_RESORT: Final = -3.0  # with nobody above the threshold, the best name above this one
SIGNING: Final = -2.0  # a person in a byline above this one stands before any paper or agency
MAX_AUTHORS: Final = 20
PART_OF_SITE: Final = 5  # letters from which a name inside the site's own is no accident
CROWD: Final = 3  # people who make a byline of commas a list of them: two may be one and a place
BETWEEN: Final = 5  # letters of "by" and "and"
_SIGNING: Final = frozenset({"text-alone", "byline", "by-line", "meta", "microdata", "profile-link"})
_DONE: Final = re.compile(r"^\s*(?:edited|published|written|reported) by\s*:?\s+", re.IGNORECASE)
_BYLINES: Final = frozenset({"byline", "by-line"})
_Named = tuple[str, int, Clue]  # a name as spelt, its place in its clue, the clue


def choose_authors(clues: Iterable[Clue], site_names: Iterable[str]) -> tuple[list[Verdict], list[Verdict]]:
    """The page's authors in the order that it names them, and every candidate with its score, best first."""
    options = author_options(clues, site_names)
    ranked = weigh("author", options)
    order = {option.value: place for place, option in enumerate(options)}
    chosen = sorted(above_threshold(ranked), key=lambda verdict: order[verdict.option.value])
    return chosen[:MAX_AUTHORS], ranked


def above_threshold(ranked: list[Verdict]) -> list[Verdict]:
    """The names likelier authors than not, else the best one; a name within a longer chosen one goes."""
    chosen = [verdict for verdict in ranked if verdict.score > THRESHOLD]
    if not chosen and ranked and ranked[0].score > LAST_RESORT:
        chosen = ranked[:1]
    if chosen and all(map(_is_publisher, chosen)):
        chosen = _signers(ranked) or chosen
    lined = _lined(ranked, chosen)
    chosen = [
        verdict for verdict in ranked if verdict in chosen or verdict in lined or _with_one(verdict, chosen)
    ]
    people = [verdict for verdict in chosen if _is_credible(verdict)]
    if people:  # beside a person the paper itself is no author
        chosen = [verdict for verdict in chosen if "site" not in verdict.option.features or verdict in people]
    keys = {fold(verdict.option.value): verdict for verdict in chosen}
    return [verdict for key, verdict in keys.items() if not any(_better(key, other, keys) for other in keys)]


def _is_publisher(verdict: Verdict) -> bool:
    """Whether an option is a paper or an agency that only the page's data name, for its readers nobody."""
    named = {"organisation", "site"} & verdict.option.features
    return bool(named) and not any(clue.steps for clue in verdict.option.clues)


def _signers(ranked: list[Verdict]) -> list[Verdict]:
    """The likeliest person whom the page names as an author, where its data give a paper or an agency."""
    return [
        verdict
        for verdict in ranked
        if verdict.score > SIGNING
        and _is_credible(verdict)
        and "organisation" not in verdict.option.features
        and any(clue.rule in _SIGNING for clue in verdict.option.clues)
    ][:1]


def _is_credible(verdict: Verdict) -> bool:
    """Whether an option is a person's name and not the site's."""
    return {"person", "site"} & verdict.option.features == {"person"}


def _better(key: str, other: str, keys: Mapping[str, Verdict]) -> bool:
    """Whether of two names, one within the other, the other stands: a person's longer, else the surer."""
    inside, around = f" {key} " in f" {other} ", f" {other} " in f" {key} "
    if key == other or not (inside or around):
        return False
    person = is_person(keys[other if inside else key].option.value)
    return inside if person else keys[other].score > keys[key].score


def _lined(ranked: list[Verdict], chosen: list[Verdict]) -> list[Verdict]:
    """The names of a byline that holds three or more people and nothing else, one of them chosen."""
    lines = {clue.value for each in chosen for clue in each.option.clues if clue.rule in _BYLINES}
    found: list[Verdict] = []
    for line in lines:
        named = [verdict for verdict in ranked if any(clue.value == line for clue in verdict.option.clues)]
        people = all("person" in verdict.option.features for verdict in named)
        if len(named) >= CROWD and people and _is_all(line, [verdict.option.value for verdict in named]):
            found.extend(named)
    return found


def _is_all(line: str, names: list[str]) -> bool:
    """Whether a line is nothing but the names, commas and a word such as "by" or "and"."""
    for name in names:
        line = line.replace(name, "", 1)
    letters = sum(letter.isalpha() for letter in line)
    return letters <= BETWEEN and not any(letter.isdigit() or letter == "|" for letter in line)


def _with_one(verdict: Verdict, chosen: list[Verdict]) -> bool:
    """Whether a person stands beside a chosen one: joined by "and", in a line of people, or in one list."""
    name = verdict.option.value
    if not is_person(name):
        return False
    lines = {clue.value for clue in verdict.option.clues}
    listed = {clue.place for clue in verdict.option.clues if clue.rule == "jsonld"}
    for each in chosen:
        if any(clue.place in listed for clue in each.option.clues if clue.rule == "jsonld"):
            return True
        shared = [clue.value for clue in each.option.clues if clue.value in lines]
        if any(joined(each.option.value, name, line) for line in shared):
            return True
    return False


def _stated(clue: Clue) -> Clue:
    """A person's clue with the name upright and alone: some data put "Edited By:" into it."""
    return replace(clue, value=upright(_DONE.sub("", clue.value)))


def author_options(clues: Iterable[Clue], site_names: Iterable[str]) -> list[Option]:
    """Every name in the clues, each once, with its features."""
    groups: dict[str, list[_Named]] = {}
    sizes: dict[int, int] = {}
    clues = [_stated(each) if each.note == "person" else each for each in clues]
    told = {name for clue in clues if clue.note == "person" and (name := stated_person(clue.value))}
    people = {value: split_names(value, told) for value in {clue.value for clue in clues}}  # most come again
    for clue in clues:
        names = people[clue.value]
        sizes[id(clue)] = len(names)
        for place, name in enumerate(names):
            groups.setdefault(fold(name), []).append((name, place, clue))
    sites = {fold(name).replace(" ", "") for name in site_names}
    known = {key for key, found in groups.items() if is_person(found[0][0])}
    trusted = {
        key for key, found in groups.items() if any(_source(clue)[0] in _TRUSTED for _, _, clue in found)
    }
    options = []
    for key, found in groups.items():
        features = _sources(found, sizes) | _shape(key, found[0][0], sites) | _company(key, known, trusted)
        spelling = min(found, key=lambda item: (item[0].isupper(), item[0].islower()))[0]
        options.append(Option(spelling, tuple(clue for _, _, clue in found), frozenset(features)))
    return options


_METAS: Final = {
    "article:author": "fb", "og:article:author": "fb", "author": "author", "twitter:written-by": "written-by"
}  # fmt: skip
_NOTED: Final = ("jsonld", "text")
_TRUSTED: Final = frozenset({"jsonld", "meta", "rel-author", "microdata"})


def _source(clue: Clue) -> tuple[str, str]:
    if clue.rule == "meta":
        return "meta", _METAS.get(clue.place, "else")
    return clue.rule, clue.place.rpartition(".")[2] if clue.rule.startswith("jsonld") else ""


def _sources(found: list[_Named], sizes: dict[int, int]) -> set[str]:
    names = {f"from:{rule}:{detail}" for rule, detail in (_source(clue) for _, _, clue in found)}
    rules = {clue.rule for _, _, clue in found}
    names.add(f"rules:{min(len(rules), 4)}")
    names |= {f"note:{clue.note}" for _, _, clue in found if clue.rule.startswith(_NOTED) and clue.note}
    steps = [clue.steps for _, _, clue in found if clue.steps]
    if steps:
        names.add(bucket("steps", min(steps), (2, 4, 7)))
    else:
        names.add("unseen")
    names.add(f"place:{min(3, *(place for _, place, _ in found))}")
    if any(clue.rule in {"byline", "by-line"} and sizes[id(clue)] == 1 for _, _, clue in found):
        names.add("alone-in-byline")
    return names


def _shape(key: str, name: str, sites: set[str]) -> set[str]:
    words = len(name.split())
    names = {f"words:{min(words, 6)}", "person" if is_person(name) else "no-person"}
    if is_organisation(name):
        names.add("organisation")
    squeezed = key.replace(" ", "")
    if any(
        squeezed == site or (measure(squeezed) >= PART_OF_SITE and squeezed in site) for site in sites if site
    ):
        names.add("site")
    if name.islower():
        names.add("lower-case")
    if any(letter.isdigit() for letter in name):
        names.add("digits")
    return names


def _company(key: str, known: set[str], trusted: set[str]) -> set[str]:
    """What the other candidates of the page say of this one."""
    names = {"people:" + ("none" if not known else "this" if known == {key} else "others")}
    if key not in trusted:
        names.add("trusted-others" if trusted else "none-trusted")
        if trusted & known:
            names.add("trusted-people")
        elif trusted and key in known:
            names.add("person-beside-trusted-organisation")
    elif len(trusted) > 1:
        names.add("trusted-many")
        if key in known:
            names.add(f"trusted-people:{min(len(trusted & known), 3)}")
    if key not in known and known & trusted:
        names.add("no-person-beside-trusted-person")
    if any(f" {key} " in f" {other} " and key != other for other in known):
        names.add("part-of-person")
    if any(f" {other} " in f" {key} " and key != other for other in known):
        names.add("holds-person")
    return names
