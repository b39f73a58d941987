"""Pages that only tell about themselves: errors, offers, forms for a password, requests for consent.

They say little, and that in a heading that says nothing else: a story about an error has more to tell.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from parsers.text import fold, measure

BRIEF = 600  # characters: notices, error pages and forms say no more
LEAST = 140  # characters that tell something, where nothing calls the page an article
_SENTENCE = 60  # characters of a block that tells something
_TOLD = 3  # so many of them tell a story, however short
_MORE = 3  # words that a heading may say besides
_MORE_LETTERS = 8  # and letters, in scripts without blanks
_HEADING = 90  # characters
_HEADINGS = 12  # blocks near the top among which a heading is looked for
_NUMBER = re.compile(r"\b\d+\b")
_CODE = re.compile(r"40\d|410|429|451|50[0-4]")  # of HTTP's errors
_CONSENT_WORDS = 4  # so many of these in a short page make it a request for consent
_CONSENT = re.compile(
    r"before you continue|(?:our|nos|unsere|nuestros|nostri|nossos|onze) \d+ (?:partner|partenaire|socio)"
    r"|(?:données|datos|dati|dados) (?:personnel|person|pessoa)"
    r"|(?:your|ihre|votre|tu|sua) (?:privacy|privatsphäre|vie privée|privacida)"
    r"|privacy (?:choices|settings|matters)|\bcookies?\b|\bconsent\b|and our partners"
    r"|\b(?:einwilligung|zustimmen|zustimmung|consentement|consentimiento|consenso|toestemming|zgoda|çerez)\b"
    r"|personal(?:ised|ized)? (?:data|ads|advertising)|personenbezogene|store and(?:/or)? access information",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(  # a request speaks to its reader, of those who ask
    r"\b(?:we|our|you|your|wir|unsere?|sie|ihre?|nous|nos|vous|vos|votre|usted|sus?|tus?|nuestr[oa]s|utilizamos"
    r"|usamos|noi|nostri|utilizziamo|tuo[i]?|nós|nossos|seus|wij|onze|uw|jouw?|je|nasi|używamy|twoj\w+|państwa"
    r"|biz|kullan\w+|sizin)\b",
    re.IGNORECASE,
)
_APART = 2 * LEAST  # characters of a story beside words on consent


@dataclass(frozen=True, slots=True)
class Notices:
    """What a kind of notice says: `alone` as its heading, `phrases` with little else, `sentences` below."""

    phrases: tuple[str, ...]
    alone: frozenset[str] = frozenset()
    sentences: tuple[str, ...] = ()

    def heads(self, heading: str, more: int = _MORE) -> bool:
        """Whether a heading says this and at most so many words `more`."""
        if not heading or len(heading) > _HEADING:
            return False
        words = fold(heading)
        rest = " ".join(_NUMBER.sub(" ", words).split())
        if not rest:
            return "" in self.alone and _CODE.fullmatch(words) is not None
        if rest in self.alone:
            return True
        said = max((phrase for phrase in self.phrases if _within(phrase, rest)), key=len, default="")
        if not said:
            return False
        beside = rest.replace(said, " ", 1).split()
        return len(beside) <= more and (not _is_dense(said) or sum(map(len, beside)) <= _MORE_LETTERS)

    def told(self, text: str) -> bool:
        """Whether a text says one of the sentences."""
        words = fold(text)
        return any(_within(sentence, words) for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says: its title, the blocks near its top that are no links, what is kept and its length.

    `asks_password` where the page has a field for one, `vouched` where something calls it an article.
    """

    title: str
    near: Sequence[str]
    kept: Sequence[str]
    length: int
    asks_password: bool
    vouched: bool


def notice(said: Said) -> str | None:
    """Name what a page that tells only of itself is: "consent", "error", "login", "offer"; else None."""
    if _asks_consent(said):
        return "consent"
    if said.length > BRIEF:
        return None
    sentences = [text for text in said.kept if len(text) >= _SENTENCE]
    if len(sentences) >= _TOLD:  # a short story, or a long notice
        return "error" if known()["error"].heads(said.title, 0) else None
    terse = said.length < (LEAST if said.vouched else 2 * LEAST)
    headings = (said.title, *(said.near[:_HEADINGS] if terse else ()))
    if any(map(known()["error"].heads, headings)) or (terse and known()["error"].told(" ".join(said.near))):
        return "error"
    if said.length < 2 * LEAST and known()["offer"].heads(said.title):
        return "offer"
    headings = headings if said.length < LEAST else headings[:1]  # a story's page may bear a form
    return "login" if said.asks_password and any(map(known()["login"].heads, headings)) else None


@cache
def known() -> dict[str, Notices]:
    """Read notices.toml, once."""
    tables = tomllib.loads(files("parsers").joinpath("notices.toml").read_text("utf-8"))
    return {
        name: Notices(
            tuple(map(fold, table["phrases"])),
            frozenset(map(fold, table.get("alone", ()))),
            tuple(map(fold, table.get("sentences", ()))),
        )
        for name, table in tables.items()
    }


def _is_dense(phrase: str) -> bool:
    return measure(phrase) > len(phrase)


def _within(phrase: str, words: str) -> bool:
    """Whether the phrase's words stand among the words; in scripts without blanks, its letters."""
    if _is_dense(phrase):
        return phrase in words
    return f" {phrase} " in f" {words} "


def _asks_consent(said: Said) -> bool:
    """Whether the page asks its reader for consent, and tells no story beside.

    One that something calls an article must ask in what is kept of it, too: a banner is on every page.
    """
    if said.length > (BRIEF if said.vouched else 4 * BRIEF):
        return False
    asked = not said.vouched or _only_asks(said.kept)
    told = " ".join(said.near if said.length < _APART and asked else said.kept)[: 5 * BRIEF]
    return (
        len(_CONSENT.findall(f"{said.title} {told}")) >= _CONSENT_WORDS
        and _ADDRESSED.search(told) is not None
        and not _beside_consent(said.kept)
    )


def _only_asks(kept: Sequence[str]) -> bool:
    """Whether every block that is kept speaks of consent, to its reader."""
    return all(_CONSENT.search(text) and _ADDRESSED.search(text) for text in kept)


def _beside_consent(kept: Sequence[str]) -> bool:
    """Whether a story stands beside the words on consent: as much text that says none of them."""
    asking = sum(len(text) for text in kept if _CONSENT.search(text))
    telling = sum(map(len, kept)) - asking
    return telling >= _APART and telling >= asking
