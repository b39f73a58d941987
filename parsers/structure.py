"""What a block's neighbours, place and links tell: the strip's rules that no phrase can state.

Every function here sets the `rule` of pieces, under the name that its docstring begins with.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from parsers.blocks import Piece
from parsers.evidence import is_linked
from parsers.text import fold, is_ended, measure

_LONG = 120  # characters, measured, of a paragraph that is surely the story's
_LINKED = 0.8  # share of a block's characters in links that makes it a link
_SURE = 0.9  # score of a block that only a phrase may take from the story, not its shape
_SHORT = 220  # characters: a teaser or a line about the author is no longer
_TAIL = 4  # pieces at the end among which the author's own line stands
_BYLINES = 6  # pieces at the start among which a byline stands that names none of the known authors
_JOINING = frozenset(
    (
        "and",
        "by",
        "und",
        "von",
        "et",
        "par",
        "y",
        "por",
        "e",
        "di",
        "da",
        "en",
        "door",
        "i",
        "och",
        "og",
        "av",
        "af",
    )
)
_LABEL = 60  # characters of a line that says what follows
_STEM = 30  # characters of a standfirst that breaks off
_KICKER = 3  # words
_PULLED = 25  # characters, measured, of a quote that the story surely gives twice
_QUOTES = tuple("\"'“”„«»\u2018\u201a「『")
_MARKS = "\"'“”„«»\u2018\u2019\u201a「」『』 "
_RUN_TOGETHER = re.compile(r"[a-z?!][A-Z][a-z]")
_MANY = 3  # entries of a table of contents at least
_SIGNATURE = 6  # words of a last line that an author's name begins: name, paper, place
_ENDED = re.compile(r"[.!?:;…。\uff01\uff1f»”\"']\s*$")
_LABELLED = re.compile(r"[A-Z\d][A-Z\d ’'&-]{2,40} \| \S")
_NAME = r"(?:(?:[A-Z][\w.'’-]*|de|van|von|der|den|da|di|bin|al|el|la|le|du|dos) ?){2,5}"
_BYLINE = re.compile(
    rf"(?:By|BY|Von|VON|Par|Por|Di|Door|Av|Af|Text|Autor|Written by|Reported by|Posted by):? {_NAME}"
    rf"(?:(?:,|/| and| und| et| y| e| en| och| og) ?{_NAME})*(?:, [A-Z][\w ’'-]{{2,30}})?"
)
_ROLE = re.compile(
    r"\b(?:staff|reporter|correspondent|editor|writer|contributor|columnist|korrespondent(?:in)?|redakteur(?:in)?"
    r"|reporterin|journaliste?|journalistin|redacteur|redactor|periodista|giornalista|jornalista)\b"
)
_SIGNED = re.compile(r"[A-Z]{2,10}(?: [A-Z]{2,12})? \([^()]{2,60}\)")
_PRESENTS = re.compile(
    r" (?:(?:has (?:covered|worked|written|reported|been)|covers|writes|reports|works|joined|leads|lives|hat"
    r"|arbeitet|schreibt|berichtet|leitet|lebt|a (?:couvert|travaillé|rejoint|étudié)|travaille|écrit|couvre"
    r"|ha (?:trabajado|escrito|cubierto)|trabaja|escribe|cubre|scrive|lavora|escreve|werkt|schrijft|pisze) "
    r"|(?:is|was|ist|war|est|es|è|é|jest|är|er|on|je) (?:[\w-]+ ){0,4}(?:an?|the|based|currently|our|ein|eine"
    r"|der|die|une?|la|le|una|el|il|uma|een|en|ett|\w*(?:report|redak|journal|edit|autor|author|writer|period"
    r"|korresp|corresp|kolumn|column|faculty|profess|direct|fellow|founder|lectur)\w*)\b)"
)
_SAYS = re.compile(
    r"\b(?:said|says|told|added|sagt|sagte|erklärte|dit|dijo|ha detto|disse|zei)\b", re.IGNORECASE
)


_STRANGER = re.compile(
    r"(?P<name>(?:[^\W\d_a-zà-ÿ][\w.'’-]+ ){2,4})(?:is|ist|est|es|è|é|covers|writes|reports|schreibt"
    r"|berichtet|arbeitet|écrit|escribe|cubre|scrive) "
    r"(?:[\w.,&'’-]+ ){0,9}?[\w-]*(?i:reporter|writer|editor|journalist"
    r"|correspondent|columnist|contributor|blogger|redakteur|redaktor"
    r"|korrespondent|autor|volontär|journaliste|rédact|periodista|redactor|giornalista|corrispondente|jornalista)",
)


def judge(pieces: Sequence[Piece], title: str, authors: Collection[str]) -> None:
    """Drop what stands where no story does, once the phrase rules have been heard."""
    _repeated_title(pieces, fold(title))
    _bylines(pieces, [fold(author) for author in authors])
    _strangers(pieces)
    _labels(pieces)
    _below_labels(pieces)
    _kickers(pieces)
    _repetitions(pieces)
    _pull_quotes(pieces)
    _cut_openings(pieces)
    _link_blocks(pieces)
    _dangling_headings(pieces)


def is_link(piece: Piece) -> bool:
    """Whether a block says little but links."""
    return piece.linked >= _LINKED * len(piece.text)


def _live(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if not piece.rule]


def _is_story(piece: Piece) -> bool:
    return piece.kind in {"paragraph", "quote"} and measure(piece.text) - 2 * piece.linked >= _LONG


def _opening(pieces: Sequence[Piece]) -> list[Piece]:
    """What stands above the story's first long paragraph."""
    live = _live(pieces)
    first = next((n for n, piece in enumerate(live) if _is_story(piece)), len(live))
    return live[:first]


def _repeated_title(pieces: Sequence[Piece], title: str) -> None:
    """title-repeated: the headline above the story."""
    for piece in _opening(pieces):
        if title and fold(piece.text) == title:
            piece.rule = "title-repeated"


def _bylines(pieces: Sequence[Piece], authors: Sequence[str]) -> None:
    """byline: the authors' names alone, anywhere; bio: a line that presents one or signs, at the end."""
    names = {word for author in authors for word in author.split()} | _JOINING
    full = [author for author in authors if " " in author]
    live = _live(pieces)
    for place, piece in enumerate(live):
        folded = fold(piece.text) if len(piece.text) < _LONG and piece.kind == "paragraph" else ""
        named = any(author in folded for author in full)
        shaped = (named or place < _BYLINES) and len(piece.text) < _LONG and _BYLINE.fullmatch(piece.text)
        opens = place < _BYLINES and folded.startswith(tuple(full)) and not is_ended(piece.text)
        told = piece.score is not None and piece.score >= _SURE and place >= _BYLINES
        alone = named and not told and names.issuperset(folded.split()) and not _tells(piece.text)
        if alone or shaped or (opens and _ROLE.search(folded)):
            piece.rule = "byline"
    for piece in live[-_TAIL:]:
        if piece.kind == "heading" or piece.rule or len(piece.text) > 2 * _SHORT:
            continue
        folded = fold(piece.text[:_LONG])
        words = folded.split()
        signed = piece is live[-1] and len(words) <= _SIGNATURE and folded.startswith(tuple(full))
        if signed and not is_ended(piece.text):
            piece.rule = "bio"
        presented = any(folded.startswith(name) and _PRESENTS.match(folded, len(name)) for name in full)
        if (presented and not _SAYS.search(piece.text)) or _SIGNED.fullmatch(piece.text):
            piece.rule = "bio"


def _tells(text: str) -> bool:
    """Whether a line ends as a sentence and has small words: what was taken for its author is none."""
    return is_ended(text) and any(word.islower() and word not in _JOINING for word in text.split())


def _strangers(pieces: Sequence[Piece]) -> None:
    """bio: a last line that presents, as a writer, somebody whom the story has not named."""
    live = _live(pieces)
    for place in range(max(1, len(live) - 2), len(live)):
        piece = live[place]
        found = _STRANGER.match(piece.text) if piece.kind == "paragraph" else None
        if found is None or len(piece.text) > 2 * _SHORT or _SAYS.search(piece.text):
            continue
        surname = found["name"].split()[-1]
        if not any(surname in other.text for other in live[:place]):
            piece.rule = "bio"


def _kickers(pieces: Sequence[Piece]) -> None:
    """kicker: a few words at the very top that end like no sentence: its section, a name, a label."""
    for piece in _opening(pieces)[:2]:
        few = piece.text.count(" ") < _KICKER and piece.text != piece.text.swapcase()
        if piece.kind == "paragraph" and few and not _ENDED.search(piece.text):
            piece.rule = "kicker"


def _labels(pieces: Sequence[Piece]) -> None:
    """label: a line that a label in capitals and a bar open ("READ | Council votes again"), or in brackets.

    In brackets stands "[Read more: Council votes again]"; half of the line is a link.
    """
    for piece in _live(pieces):
        short = piece.kind in {"paragraph", "heading"} and len(piece.text) <= _SHORT
        if short and _LABELLED.match(piece.text) and (is_link(piece) or not is_ended(piece.text)):
            piece.rule = "label"
        if short and piece.text[0] == "[" and piece.text[-1] == "]" and 2 * piece.linked >= len(piece.text):
            piece.rule = "label"


def _below_labels(pieces: Sequence[Piece]) -> None:
    """related: the links below a heading or a line that says what they are ("Related articles")."""
    labelled = False
    for piece in pieces:
        if piece.rule == "related" and not piece.linked and len(piece.text) <= _LABEL:
            labelled = True
        elif piece.kind == "heading" or not (piece.rule or is_linked(piece)):
            labelled = False
        elif labelled and not piece.rule and piece.kind in {"paragraph", "list"}:
            piece.rule = "related"


def _repetitions(pieces: Sequence[Piece]) -> None:
    """repeated: a long block, or a caption, said before in the very same words."""
    seen: set[str] = set()
    for piece in _live(pieces):
        if piece.kind != "caption" and measure(piece.text) < _LONG:
            continue
        if piece.text in seen:
            piece.rule = "repeated"
        seen.add(piece.text)


def _pull_quotes(pieces: Sequence[Piece]) -> None:
    """pull-quote: a quote that a paragraph of the story says in the same words, set apart to be seen."""
    live = _live(pieces)
    quotes = [piece for piece in live if _is_quote(piece)]
    told = [piece.text for piece in live if quotes and piece.kind == "paragraph"]
    for quote in quotes:
        said = quote.text.strip(_MARKS)
        start = said[1:_PULLED]  # without the first letter's case: nearly no paragraph says even this
        near = [text for text in told if start in text and len(text) > len(quote.text)]
        if measure(said) >= _PULLED and near and any(fold(said) in fold(text) for text in near):
            quote.rule = "pull-quote"


def _is_quote(piece: Piece) -> bool:
    if piece.kind == "quote":
        return True
    return piece.kind == "paragraph" and len(piece.text) <= _SHORT and piece.text.startswith(_QUOTES)


def _cut_openings(pieces: Sequence[Piece]) -> None:
    """repeated: a standfirst that breaks off where the paragraph below it goes on in the same words."""
    live = _live(pieces)[:_BYLINES]
    for piece, after in pairwise(live):
        stem = piece.text.rstrip(".… ")
        cut = piece.kind in {"paragraph", "heading"} and piece.text.endswith(("...", "…"))
        if cut and len(stem) >= _STEM and after.text.startswith(stem):
            piece.rule = "repeated"


def _link_blocks(pieces: Sequence[Piece]) -> None:
    """link-block: a paragraph that is nothing but one link and ends like no sentence, alone among others.

    One in capitals may ask or quote; a long one is a table of contents when its entries are run together.
    """
    live = _live(pieces)
    links = [False, *map(is_link, live), False]
    for place, piece in enumerate(live, 1):
        if not links[place] or links[place - 1] or links[place + 1] or piece.kind != "paragraph":
            continue
        text = piece.text
        if len(text) > _SHORT:
            promo = len(_RUN_TOGETHER.findall(text)) >= _MANY
        else:
            told = piece.follows or (piece.score is not None and piece.score >= _SURE)
            ended = _ENDED.search(text) and not text.isupper()
            promo = text.count(" ") >= _KICKER and not (told or ended)
        if promo:
            piece.rule = "link-block"


def _dangling_headings(pieces: Sequence[Piece]) -> None:
    """dangling-heading: a heading at the end of the story, with nothing below it."""
    for piece in reversed(_live(pieces)):
        if piece.kind == "caption":
            continue
        if piece.kind != "heading":
            return
        piece.rule = "dangling-heading"
