"""Whether a page is an article at all, and what it is where it is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

from parsers.blocks import Piece
from parsers.dates import parse_date
from parsers.model import NotAnArticle
from parsers.notices import BRIEF, LEAST, Said, notice
from parsers.text import fold, is_ended, measure
from parsers.tiles import LONGEST, Tile, tiles
from parsers.tree import Run, Tree
from parsers.urls import normalise

_HEADLINE = (18, 170)  # characters, measured, of a linked headline
_TEASERS = 3  # so many teasers under linked headlines make a list
_HEADLINES = 8  # so many linked headlines and no text to speak of make one too
_OWN = 500  # characters under no headline that make a page a story with a list below it
_TEASED = 0.6  # share of the text that stands under linked headlines
_TEASER = 320  # characters, measured, of a teaser at most
_TILES = 4  # tiles that make a list of a page that says little else
_INTRODUCTION = 120  # characters of what a list says beside its tiles, where its data call it an article
_START = 30  # characters by which a block is known again
_SECTION = 24  # characters of a section's name at most
_FRONT = 1_200  # characters of a front page at most
_LEAST_VOUCHED = 30  # characters of a story that the page itself calls an article
_TOP = 40  # blocks of a page's top
_BELOW = 6  # blocks below the headline among which the author or a date stands
_BYLINE = 120  # characters of such a block
_NOTICES = {
    "consent": "the page asks for consent before it shows anything",
    "error": "the page says that something is wrong or missing",
    "login": "the page asks for a password",
    "offer": "the page offers subscriptions and says nothing else",
}
_LISTS = {
    "search": "the page lists what a search found",
    "tag": "the page lists stories on a topic",
    "home": "the address is a site's front page, and it lists stories",
    "section": "the page lists stories with their teasers",
}
_SEARCH_KEYS = frozenset({"q", "s", "query", "search", "keyword", "keywords", "suche", "buscar", "recherche"})
_SEARCH = re.compile(r"/(?:search|suche|recherche|buscar|busca|cerca|zoeken|szukaj|poisk|ara)(?:/|$)")
_TAG = re.compile(
    r"/(?:tags?|topics?|themen?|thema|schlagw[oö]rte?r?|stichwort|etiquetas?|tema|temas|mots?-cles?|keywords?|label"
    r"|subject|argomenti|onderwerp|tagi|tagged)(?:/|$)"
)
_PERSON = re.compile(r"/(?:authors?|autor(?:en|es|i)?|auteurs?|autore|journalists?|contributors?)/[^/]+/?$")
_FOLDERS = re.compile(r"(?:/[^\W\d]+(?:-[^\W\d]+){0,2}){1,2}/?")
_HOME = re.compile(r"/?(?:index\.\w+|home|[a-z]{2}(?:[-_][a-z]{2})?)?/?")


class Vouched(IntEnum):
    """What calls a page an article, the more the surer.

    A date below its headline, its author named there, OpenGraph (many systems let it say so of every page),
    or the page's data.
    """

    NOT = 0
    DATED = 1
    SIGNED = 2
    WEAKLY = 3
    SURELY = 4


@dataclass(frozen=True)
class Seen:
    """What is known of a page when it is judged; `called` is what its data call it."""

    url: str
    status: int | None
    title: str
    authors: Sequence[str]
    called: Vouched
    tree: Tree
    pieces: Sequence[Piece]
    asks_password: bool = False

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Every block of the page in order."""
        return self.tree.all_runs()

    @cached_property
    def place(self) -> str:
        """What the address alone says that a list there is: "search", "tag", "home", or "section"."""
        return _place(self.url)

    @cached_property
    def tiles(self) -> list[Tile]:
        """The page's tiles, each leading to another of its site's pages."""
        return tiles(self.tree, self.url)

    @cached_property
    def starts(self) -> frozenset[str]:
        """How the tiles' blocks begin."""
        return frozenset(_start(self.tree.runs[n].text) for tile in self.tiles for n in tile.blocks)


def judge(seen: Seen) -> None:
    """Raise NotAnArticle where the page is none, with what it is as the reason."""
    text = _story(seen.pieces)
    if seen.status is not None and seen.status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
        raise NotAnArticle("error", f"the server answered {seen.status}")
    vouched = seen.called or _signed(seen)
    _tiled(seen, text, vouched)
    if vouched < Vouched.SURELY:
        _notice(seen, text, vouched)
        _listing(seen, text, vouched)
    if text < (_LEAST_VOUCHED if vouched else LEAST):
        raise NotAnArticle("empty", "no text worth the name is left once the boilerplate is stripped")


def _signed(seen: Seen) -> Vouched:
    """Whether the author is named, or a date stands, between the headline and what comes next."""
    title = fold(seen.title)
    at = next((n for n, run in enumerate(seen.runs) if not run.linked and fold(run.text) == title), -1)
    found = Vouched.NOT
    for run in seen.runs[at + 1 : at + 1 + _BELOW] if title and at >= 0 else ():
        if _is_headline(run) or len(run.text) > _BYLINE or _start(run.text) in seen.starts:
            break
        if any(author in run.text for author in seen.authors):
            return Vouched.SIGNED
        found = Vouched.DATED if parse_date(run.text) else found
    return found


def is_brief(pieces: Sequence[Piece]) -> bool:
    """Whether a page says so little that it can be a notice or a form."""
    return _story(pieces) <= BRIEF


def _story(pieces: Sequence[Piece]) -> int:
    """How many characters the story has; a character of a script without spaces counts three times.

    Signs without a letter or a figure among them say nothing.
    """
    kept = [piece.text for piece in pieces if not piece.rule and piece.kind != "caption"]
    return sum(measure(text) for text in kept if any(map(str.isalnum, text)))


def _notice(seen: Seen, text: int, vouched: Vouched) -> None:
    """Raise for error, login and consent pages."""
    found = notice(
        Said(
            seen.title,
            [run.text for run in seen.runs[:_TOP] if run.linked < len(run.text)],
            [piece.text for piece in seen.pieces if not piece.rule and piece.kind != "caption"],
            text,
            seen.asks_password,
            vouched >= Vouched.SIGNED,
        )
    )
    if found is not None:
        raise NotAnArticle("empty" if found == "offer" else found, _NOTICES[found])


def _listing(seen: Seen, text: int, vouched: Vouched) -> None:
    """Raise for pages that lead to stories: searches, tags, homes and sections."""
    kept = {piece.text for piece in seen.pieces if not piece.rule}
    headlines = sum(map(_is_headline, seen.runs))
    teasers, share = _teased(seen.runs, kept, fold(seen.title)) if headlines >= _TEASERS else (0, 0.0)
    bare = text < (LEAST if vouched < Vouched.SIGNED else _LEAST_VOUCHED)
    teased = teasers >= _TEASERS and share >= _TEASED and (1 - share) * text < _OWN
    little = bare or (text < _OWN and vouched == Vouched.NOT and measure(seen.title) <= _SECTION)
    lists = teased or (headlines >= _HEADLINES and little)
    place = seen.place
    if place == "search" and (lists or bare):
        raise NotAnArticle("search", _LISTS["search"])
    if lists and place == "tag":
        raise NotAnArticle("tag", _LISTS["tag"])
    if place == "home":
        if lists or (headlines >= _TEASERS and text < _FRONT):
            raise NotAnArticle("home", _LISTS["home"])
    elif lists and (bare or vouched < Vouched.SIGNED):
        raise NotAnArticle("section", _LISTS["section"])
    elif vouched <= Vouched.WEAKLY and (1 - share) * text < _OWN and _is_overview(seen):
        raise NotAnArticle("section", "the address is a section's or an author's, and the page lists stories")


def _tiled(seen: Seen, text: int, vouched: Vouched) -> None:
    """Raise for pages of tiles with next to nothing beside them; no data make a front page a story."""
    if vouched == Vouched.SURELY and seen.place not in {"home", "search"}:
        return
    most = min((1 - _TEASED) * text, _OWN if vouched == Vouched.NOT else _INTRODUCTION)
    long = _story([piece for piece in seen.pieces if measure(piece.text) > LONGEST])  # no tile's: asked first
    if long > most or len(seen.tiles) < _TILES:
        return
    if _story([piece for piece in seen.pieces if _start(piece.text) not in seen.starts]) < most:
        raise NotAnArticle(seen.place, _LISTS[seen.place])


def _place(url: str) -> str:
    """Name the kind of list at an address."""
    parts = urlsplit(normalise(url))
    path = parts.path.lower()
    if _SEARCH.search(path) or _SEARCH_KEYS & {key.lower() for key, _ in parse_qsl(parts.query)}:
        return "search"
    if _TAG.search(path):
        return "tag"
    home = parts.scheme in {"http", "https"} and not parts.query and _HOME.fullmatch(path)
    return "home" if home else "section"


def _start(text: str) -> str:
    """The beginning of a block, by which it is known again after it was stripped."""
    return text[:_START]


def _is_overview(seen: Seen) -> bool:
    """Whether the title is all that the address says, or the address is an author's, above many cards."""
    path = urlsplit(seen.url).path.lower()
    named = _FOLDERS.fullmatch(path) is not None and fold(path.rstrip("/").rpartition("/")[2]) == fold(
        seen.title
    )
    if measure(seen.title) > _SECTION or not (named or _PERSON.search(path)):
        return False
    return _cards(seen.runs) > _TEASERS


def _cards(runs: Sequence[Run]) -> int:
    """How many linked headlines have a sentence right below them, or a date or a section between."""
    found, since = 0, 9
    for run in runs:
        if _is_headline(run):
            since = 0
        elif since < 2 and not run.linked and is_ended(run.text) and measure(run.text) < _TEASER:  # noqa: PLR2004 - as below
            found, since = found + 1, 9
        else:
            since += 1
    return found


def _is_headline(run: Run) -> bool:
    return run.linked >= 0.8 * len(run.text) and _HEADLINE[0] <= measure(run.text) <= _HEADLINE[1]


def _teased(runs: Sequence[Run], kept: Collection[str], title: str) -> tuple[int, float]:
    """How many linked headlines have kept blocks under them, and these blocks' share of the kept text.

    A story's own headline may link to itself: what stands below is no teaser.
    """
    teasers = teased = total = 0
    since, told = 9, True
    for run in runs:
        if _is_headline(run):
            since, told = (9, True) if fold(run.text) == title else (0, False)
        elif run.text in kept:
            size = measure(run.text)
            total += size
            if since <= 2 and size < _TEASER:  # noqa: PLR2004 - a date or a section may stand between
                teasers += not told
                told = True
                teased += size
            since += 1
        else:
            since += 1
    return teasers, teased / total if total else 0.0
