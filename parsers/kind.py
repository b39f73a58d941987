"""What kind of article a page is, and whether it is free: from its own words, its address, its title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from parsers.clue import Clue
from parsers.model import ArticleKind

_TYPE_WORDS: Final[tuple[tuple[ArticleKind, str], ...]] = (
    ("live", "liveblogposting liveblog live"),
    ("opinion", "opinionnewsarticle opinion"),
    ("review", "reviewnewsarticle review criticreview"),
    ("video", "videoobject video video.other video.movie video.episode"),
    ("audio", "audioobject podcastepisode music.song podcast"),
    ("gallery", "imagegallery mediagallery gallery"),
    ("interview", "interview"),
)
_TYPES: Final = {word: kind for kind, words in _TYPE_WORDS for word in words.split()}
_WORDS: Final[dict[ArticleKind, str]] = {
    "live": r"live|live-?blog|liveticker|newsblog|ticker|en-direct|en-vivo|endirecto|diretta",
    "opinion": r"opinions?|op-?ed|editorials?|kommentare?|meinung|tribunes?|columnas?|columnists?|leitartikel"
    r"|commentisfree|commentary|kolumnen?|opiniao|opinioni|opinie|debatt|leder|editoriales",
    "gallery": r"galler(?:y|ies)|galerien?|fotostrecken?|bildergalerien?|photos|slideshow|diaporama"
    r"|fotogalerias?|galleria",
    "video": r"videos?|watch|mediathek",
    "audio": r"audio|podcasts?|listen",
    "review": r"reviews?|rezension(?:en)?|kritiken?|critiques?|recensioni",
    "interview": r"interviews?|entrevistas?|intervista|entretiens?",
}
# Matched in lower case: a pattern that ignores case tries every branch at every letter.
_SEGMENTS: Final = tuple((kind, re.compile(rf"^(?:{words})$")) for kind, words in _WORDS.items())
_STAGES: Final = frozenset(
    {
        "culture",
        "music",
        "arts",
        "entertainment",
        "concerts",
        "events",
        "kultur",
        "musik",
        "culturas",
        "cultura",
    }
)
_NO_INQUIRY: Final = "".join(  # what stands before the review that authorities make
    rf"(?<!\b{word})"
    for word in ("under", "for", "in", "a", "the", "of", "peer", "orders", "order", "begins")
)
_TITLE: Final[tuple[tuple[ArticleKind, re.Pattern[str]], ...]] = (
    (
        "live",
        re.compile(
            r"\b(?:live ?blog|live-?ticker|newsblog|live updates|as it happened)\b|^live\s*[:|–-]|\blive:",
        ),
    ),
    (
        "opinion",
        re.compile(r"^(?:opinion|kommentar|meinung|editorial|op-ed|leitartikel)\s*[:|–-]"),
    ),
    (
        "interview",
        re.compile(
            r"^im interview\b|\binterview\s*[:|–-]|^(?:entretien|entrevista)\s*[:|–-]"
            r"|^(?:interview|entretien|entrevista)\s+(?:with|mit|avec|con|com|a)\b",
        ),
    ),
    (
        "review",
        re.compile(rf"^review\s*[:|–-]|{_NO_INQUIRY}\sreview(?:$|\s*[:|–]\s)|^rezension\b"),
    ),
    ("video", re.compile(r"^(?:video|watch)\s*[:|–-]")),
    ("audio", re.compile(r"^podcast\s*[:|–-]")),
    (
        "gallery",
        re.compile(r"^(?:in pictures|photos|fotostrecke|bildergalerie)\b\s*[:|–-]?|[–—-] in pictures$"),
    ),
)
_FREE: Final = frozenset(
    {"true", "free", "yes", "1", "http://schema.org/true", "https://schema.org/true", "none"}
)
_PAID: Final = frozenset(
    {
        "false",
        "no",
        "0",
        "locked",
        "paid",
        "premium",
        "subscriber",
        "subscribers",
        "http://schema.org/false",
        "plus",
    }
)


def decide_kind(
    clues: Iterable[Clue], url: str, title: str, section: str | None
) -> tuple[ArticleKind, Clue | None]:
    """The article's kind and the clue that said so; "article" and None where nothing says otherwise."""
    for clue in clues:
        word = clue.value.strip().lower()
        named = _kicker(word) if clue.rule == "kicker" else _TYPES.get(word)
        if named and not (named in {"video", "audio"} and clue.rule == "jsonld-page"):
            return named, clue
    low = title.lower()
    for kind, pattern in _TITLE:
        if pattern.search(low):
            return kind, Clue("kind", title, "title-word", "title")
    segments = _folders(url)
    for kind, pattern in _SEGMENTS:
        for segment in segments:
            if pattern.match(segment.lower()):
                return kind, Clue("kind", segment, "url-word", "path")
    for kind, pattern in _SEGMENTS[:3]:
        if section and pattern.match(section.lower()):
            return kind, Clue("kind", section, "section-word", "section")
    return "article", None


def _folders(url: str) -> list[str]:
    """An address's folders; among a stage's, live is what happens there."""
    folders = urlsplit(url).path.split("/")[1:-1]
    return folders if _STAGES.isdisjoint(folders) else [folder for folder in folders if folder != "live"]


def _kicker(word: str) -> ArticleKind | None:
    """The kind that a whole kicker names."""
    return next((kind for kind, pattern in _SEGMENTS if pattern.match(word)), None)


def decide_free(clues: Iterable[Clue]) -> tuple[bool | None, Clue | None]:
    """Whether the page says that it is free to read, and the clue; one "no" outweighs every "yes"."""
    said: dict[bool, Clue] = {}
    for clue in clues:
        word = clue.value.strip().lower()
        inverted = "paywall" in clue.place and word in {"true", "yes", "1", "false", "no", "0"}
        if word in _FREE or word in _PAID:
            said.setdefault((word in _FREE) != inverted, clue)
    for answer in (False, True):
        if answer in said:
            return answer, said[answer]
    return None, None
