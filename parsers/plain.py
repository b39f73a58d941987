"""Plain text, wire copy and saved .txt files: how they open, and their paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from parsers.clue import Clue, FieldName
from parsers.dates import parse_date
from parsers.hygiene import clean
from parsers.people import split_names
from parsers.text import squash

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|div|p|article|meta|title|h1|span|script|section|br)\b", re.IGNORECASE
)
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_INDENTED = re.compile(r" {2}|\t")
_LONGEST_TITLE = 250
_WRAPPED = 45  # characters: a line this long that goes on below was wrapped, not ended
_WIDEST = 130  # columns at which a mail program or an agency wraps
_CUT = 0.6  # of the longest line: a line cut at a column is no shorter
_FULL = 0.75  # of the longest line: what is shorter, and ends in a full stop, ends a paragraph
_ENDS: Final = (".", "!", "?", "”", '"', "»", "…", "。", "！", "？")  # noqa: RUF001 - what ends a sentence in Chinese
_OPENING: Final = 8  # parts among which a text's title and byline stand
_LINE: Final = 120  # characters of a byline or a date line
_HEADER: Final = re.compile(
    r"(title|headline|titel|titre|author|by|autor|auteur|date|datum|published|url|source|quelle)\s?:\s+(\S.*)",
    re.IGNORECASE,
)
_HEADERS: Final[dict[str, FieldName]] = {
    **dict.fromkeys(("title", "headline", "titel", "titre"), "title"),
    **dict.fromkeys(("author", "by", "autor", "auteur"), "author"),
    **dict.fromkeys(("date", "datum", "published"), "published"),
}
_SLUG: Final = re.compile(  # what agencies put above and below a story for their editors
    r"(?:URGENT|BULLETIN|FLASH|ALERT|EILMELDUNG|SPERRFRIST\b.*|ENDITEM|ENDS|-{3,}|#{3,}|\*{3,})"
    r"|(?:BC|AM|PM|[A-Z]{2,3})-[\w-]+(?:,.*)?|(?:dpa|apa|afp|sda|ap|reuters)\w*\d.*|\w+(?:/\w+)*/"
    r"|(?:dpa|apa|afp|sda)(?: \w{1,4}){2,}|\d{6} [A-Z][a-z]{2} \d\d|Skip to (?:main )?content"
)
_PROSE: Final = re.compile(r"\b[a-zß-ÿ]{3,}\s+[a-zß-ÿ]{3,}")  # two small words: a sentence, no date line
_BYLINE: Final = re.compile(r"\W*(?:by|von|par|por|di|door)\s+(?=[A-ZÀ-Þ])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opening:
    """A plain text taken apart: what it says of itself as clues, and its parts with what dropped each."""

    clues: tuple[Clue, ...]
    parts: tuple[tuple[str, str | None], ...]


def is_plain(text: str, content_type: str | None) -> bool:
    """Whether `text` is to be read as it stands: its type says so, or nothing near its start is markup."""
    return (content_type or "").lower().startswith("text/plain") or not _MARKUP.search(text[:20000])


def read_plain_text(text: str) -> Opening:
    """Give a plain text's headline, byline and date as clues, and its parts, editors' marks dropped."""
    clues: list[Clue] = []
    parts: list[tuple[str, str | None]] = []
    whole = paragraphs(text)
    for place, part in enumerate(whole):
        told = _told(part, titled=any(clue.field == "title" for clue in clues)) if place < _OPENING else []
        if told and told[0].field == "title" and place + 1 == len(whole):
            told = []  # nothing stands below it
        clues += told
        mark = _SLUG.fullmatch(part) or any(clue.rule != "heading" for clue in told)
        header = place < _OPENING and _HEADER.fullmatch(part)
        parts.append((part, "wire-mark" if mark or header else None))
    return Opening(tuple(clues), tuple(parts))


def _told(part: str, *, titled: bool) -> list[Clue]:
    """What a part of the opening says: a header, a byline with its date, a date, or the headline."""
    header = _HEADER.fullmatch(part)
    if header:
        name = header[1].lower()
        return [Clue(_HEADERS[name], header[2], "header", name, "", 1)] if name in _HEADERS else []
    if _SLUG.fullmatch(part):
        return []
    dated = len(part) <= _LINE and parse_date(part) is not None
    if _BYLINE.match(part) and len(part) <= _LINE and not part.endswith(".") and split_names(part):
        line = Clue("author", part.strip("*_ "), "by-line", "line", "", 1)
        return [line, Clue("published", part, "near-line", "line", "", 1)] if dated else [line]
    if dated and len(part) < _WRAPPED and not _PROSE.search(part):
        return [Clue("published", part, "near-line", "line", "", 1)]
    title = part.removeprefix("# ").removesuffix(" =")
    if titled or len(title) > _LONGEST_TITLE or title.endswith((".", "。")):
        return []
    return [Clue("title", title, "heading", "h1")]


def paragraphs(text: str) -> list[str]:
    """Part plain text into paragraphs; hard-wrapped lines are joined, short ones stand alone."""
    parts = (part for part in _BLANK.split(clean(text).replace("\r\n", "\n").replace("\r", "\n").strip("\n")))
    return [line for part in parts for line in _lines(part.split("\n")) if line]


def _lines(lines: list[str]) -> list[str]:
    """The paragraphs of lines between blank ones: indentation begins one, a short line may end one."""
    begins = [place for place, line in enumerate(lines) if _INDENTED.match(line)]
    plain = [squash(line) for line in lines]
    if not begins or len(begins) == len(lines) or max(map(len, plain)) > _WIDEST:
        return _unwrapped(plain)
    indented = (" ".join(plain[start:end]) for start, end in zip(begins, [*begins[1:], None], strict=True))
    return [*_unwrapped(plain[: begins[0]]), *indented]


def _unwrapped(lines: list[str]) -> list[str]:
    """The lines as they are, or joined where they were cut at a column and not at their sentences' ends."""
    longest = max(map(len, lines), default=0)
    cut = [line for line in lines[:-1] if not line.endswith(_ENDS)]
    if not cut or longest > _WIDEST or min(map(len, cut)) < max(_WRAPPED, longest * _CUT):
        return lines
    found, open_ = [""], True
    for line in lines:
        found[-1:] = [f"{found[-1]} {line}".strip()] if open_ else [found[-1], line]
        open_ = not (line.endswith(_ENDS) and len(line) < longest * _FULL)
    return found
