"""The page's text line by line: the last resort where no markup names an author or a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.clue import Clue
from parsers.hygiene import one_line
from parsers.others import is_of_others, is_sentence, row_of
from parsers.people import is_person
from parsers.text import is_ended

MAX_LINES: Final = 1_500
MAX_LINE: Final = 160  # characters; of a longer line only its opening is read
OPENING: Final = 40
MAX_NODES: Final = 8_000
_UNSEEN: Final = frozenset({"script", "style", "noscript", "template", "option"})
TOLD: Final = 60  # characters of a line that can be a sentence of the story
NEAR: Final = 12  # lines after the headline in which a bare name can be the author's
# Matched in lower case: a pattern that ignores case tries every branch at every letter.
_BY: Final = re.compile(
    r"\W*(?:(?:written|posted|published|submitted|created|reported|words|story|text|article|reporting)\s+)?"
    r"(?:by|von|par|por|door|av|af)\s+(?=\S)"
    r"|\W*(?:text|autor(?:in)?|author|auteur|автор|verfasst von)\s*[:/]\s*(?=\S)"
)
_BY_WITHIN: Final = re.compile(
    r"\b(?:written by|(?:blog ?)?beitrag von|posted by|text von|geschrieben von|verfasst von|publié par)"
    r"\s+(?=\S)",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"^\W*(?:by|von|vom|par|por|autor(?:in|en)?|authors?|author\(s\)|auteurs?|text|written by|posted by"
    r"|verfasst von|geschrieben von|автор|published by|article by)\s*:?\s*$"
)
_REPORTER: Final = re.compile(  # in the brackets that open an agency's story in Chinese
    r"[(\uff08](?:本报|本刊|本網)?(?:记者|記者)\s?([\u4e00-\u9fff]{2,4}(?:[\s、][\u4e00-\u9fff]{2,4})*)[)\uff09]"
)
_LONGEST_LABEL: Final = 60  # characters, with the signs around it
_DATED: Final = re.compile(  # begins with a set, and so is found fast
    r"[\d年년](?:(?<=[年년])|\d?[./-]\s?\d{1,2}[./-]\s?\d{2,4}|.{0,14}(?:19|20)\d\d"
    r"|(?:(?<=1)9|(?<=2)0)\d\d-\d\d)"
)
_UNCASED: Final = re.compile("[\u0590-\u0e7f]")  # Hebrew to Thai
_SIGN: Final = re.compile(r"[{};=<>]")


def read_lines(tree: LexborHTMLParser, headline: str) -> Iterator[Clue]:
    """Lines of the body that name an author or bear a date, with their distance from the headline."""
    texts = _lines(tree)
    lines = [line for line, _ in texts]
    start = _find(lines, headline)
    ends = _story_begins(lines, start)
    previous = before = ""
    for index, (line, node) in enumerate(texts):
        steps = 1 + abs(index - start) // 3 if start >= 0 else 20
        low = line.lower()
        told = _signed(line, low, before)
        if told is not None:
            if told[0] and not _is_elsewhere(node, bare=False):
                yield Clue("author", told[0], told[1], "body", "", steps)
        elif start < index < ends and _is_name(line) and not _is_elsewhere(node, bare=True):
            beside = _beside(lines, index)
            if beside or not _UNCASED.search(line):  # there any two words look like a name
                yield Clue("author", line, "text-alone", "body", beside, steps)
        if _is_dated(line):
            yield Clue("published", line, "text-date", "body", previous, steps)
        previous, before = line, low


def _signed(line: str, low: str, before: str) -> tuple[str, str] | None:
    """What a line says after "by", or below a label, and the rule's name; None where it has neither."""
    if opened := _BY.match(low) or _by_within(line, low):
        return line[opened.start() :], "text-by"
    if ("记者" in line or "記者" in line) and (told := _REPORTER.search(line)):
        return told[1], "text-by"
    if len(before) <= _LONGEST_LABEL and _LABEL.match(before):
        return line, "text-label"
    return None


def _story_begins(lines: list[str], start: int) -> int:
    """Before which line a bare name can be the author's: the story's first sentence, or NEAR lines on."""
    if start < 0:
        return 0
    near = range(start + 1, min(start + NEAR + 1, len(lines)))
    return next((index for index in near if _is_told(lines[index])), near.stop)


def _is_told(line: str) -> bool:
    return len(line) >= TOLD and is_ended(line)


def _is_elsewhere(node: LexborNode, *, bare: bool) -> bool:
    """Whether a line is no byline: a part of a sentence, or where others are named."""
    return is_of_others(node, bare=bare) or is_sentence(row_of(node), bare=bare)


def _by_within(line: str, low: str) -> re.Match[str] | None:
    """Where words like "posted by" stand within a line: plain words are found far faster than a pattern."""
    if " by" in low or " von" in low or " par" in low:
        return _BY_WITHIN.search(line)
    return None


def _lines(tree: LexborHTMLParser) -> list[tuple[str, LexborNode]]:
    """The body's texts, each element's own on its line, scripts left out, cut where they are long."""
    kept: list[tuple[str, LexborNode]] = []
    if tree.body is None:
        return kept
    for seen, node in enumerate(tree.body.traverse(include_text=True)):
        if seen == MAX_NODES or len(kept) == MAX_LINES:
            break
        text = node.text_content
        if not text or text.isspace():  # as of all elements, and most texts
            continue
        if not node.is_text_node or (node.parent is not None and node.parent.tag in _UNSEEN):
            continue
        line = one_line(text, MAX_LINE + 1)
        line = line if len(line) <= MAX_LINE else line[:OPENING]
        if line and not (_SIGN.search(line) or _is_code(line)):
            kept.append((line, node))
    return kept


def _is_code(line: str) -> bool:
    """Whether a line without a sign that only code has is code all the same, or an address."""
    return "()" in line or "http:" in line or "https:" in line or "function" in line


def _find(lines: list[str], headline: str) -> int:
    """The index of the line that the headline begins, -1 where none does."""
    wanted = one_line(headline, 40).casefold()
    if not wanted:
        return -1
    return next((index for index, line in enumerate(lines) if line.casefold().startswith(wanted)), -1)


def _is_name(line: str) -> bool:
    """Whether a line is a name; in a script without capitals a short sentence looks like one, but ends."""
    owned = line.startswith("©")  # as a picture is
    return not owned and is_person(line) and (line.isascii() or not is_ended(line))


def _is_dated(line: str) -> bool:
    return _DATED.search(line) is not None


def _beside(lines: list[str], index: int) -> str:
    """Say "dated" where a date stands within two lines of a bare name."""
    return "dated" if any(_is_dated(line) for line in lines[max(0, index - 2) : index + 3]) else ""
