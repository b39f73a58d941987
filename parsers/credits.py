"""Credits: whose picture it is, parted from what its caption says."""

from __future__ import annotations

import re
from typing import Final

from parsers.figures import CREDIT_MARK
from parsers.hygiene import plain

_NAMED: Final = (
    r"(?:credits?\.{3}\s*|(?:צילום|사진|写真|摄影|撮影"
    r"|photo(?:graph(?:y|s)?)?s?(?: credit| by)?|fotos?|fotograf|bild(?:er|quelle)?|credits?"
    r"|image(?: credit)?|illustration|graphic|grafik|picture|quelle|source|crédits?(?: photo)?"
    r"|photographie|ảnh|фото|zdjęcie|fot\.|fotó|kuva)\s*[:/]\s*)"
)
_AGENCIES: Final = (  # and what closes a caption in brackets like them
    r"AP|AFP|EFE|EPA|DPA|dpa|ANSA|LaPresse|Reuters|REUTERS|Lusa|LUSA|Xinhua|PTI|ANI|Getty[\w ]*|IMAGO|imago"
    r"|TT|NTB|Ritzau|ANP|Belga|PAP|CTK|MTI|UPI|TASS|SOPA[\w ]*|Shutterstock|الأوروبية|رويترز|الفرنسية"
    r"|الأناضول|أسوشيتد برس|غيتي|[^()\[\]]{0,20}(?:자료사진|제공|연합뉴스|共同|時事|提供)"
)
_CREDIT: Final = re.compile(
    rf"\s*[(\[]?\b{_NAMED}(?P<credit>[^()\[\]]{{2,100}})[)\]]?\s*$"
    r"|\s*(?:©|\(c\))\s*(?P<mark>.{2,100})$",
    re.IGNORECASE,
)
_NAME: Final = r"[^\W\d_a-z](?:\.|[\w'’-]*)(?: (?:de |van |von )?[^\W\d_a-z](?:\.|[\w'’-]*)){1,3}"
_AFTER: Final = r"(?:^|(?<=[.!?»”\"])\s+)"  # a sentence's end
_OPEN: Final = r"\s*[(\[\uff08](?P<credit>"
_CLOSE: Final = r")[)\]\uff09]\.?\s*$"
_PHOTO: Final = r"(?:(?:AP |File |Handout )?Photos?(?: by|/| courtesy)|(?:Foto|Photo|via)\b)[^()\[\]]{2,80}"
_HOUSE: Final = rf"(?:[^()\[\]/|]{{2,40}}[/|]\s?)?(?:{_AGENCIES})(?:[/|][^()\[\]]{{2,40}})?"
_STROKE: Final = rf"{_NAME}\s?/\s?[^\W\d_a-z][\w.&’' -]{{1,40}}?"
_ENDINGS: Final = r"(?: (?:Vis mer|Les mer)|/File Photo)?(?:\s*Purchase Licensing.*)?$"
_CLOSING: Final = tuple(  # how credits close a caption that does not mark them, and a sign that each has
    (sign, re.compile(pattern))
    for sign, pattern in (
        (")", rf"{_AFTER}(?P<credit>[^\W\d_a-z][^.()!?]{{2,40}}\s?\((?:{_AGENCIES})\))\s*$"),
        ("", rf"{_OPEN}{_PHOTO}{_CLOSE}"),
        ("", rf"{_OPEN}{_HOUSE}{_CLOSE}"),
        ("/", rf"{_OPEN}{_STROKE}{_CLOSE}"),
        ("/", rf"{_AFTER}(?P<credit>(?:AP Photo/|REUTERS/)[^/]{{2,60}}?){_ENDINGS}"),
        ("/", rf"(?:{_AFTER}|\s[-–—]\s)(?P<credit>{_STROKE}){_ENDINGS}"),
        ("/", rf"{_AFTER}/\s?(?P<credit>{_NAME})$"),
        (
            " ",
            rf"{_AFTER}(?:Photograph|Photo|Picture|Image)s? (?:by|courtesy(?: of)?) (?P<credit>.{{2,60}})$",
        ),
    )
)
_BRACKETS: Final = frozenset(")]\uff09")
_LONGEST: Final = 160  # characters of a credit with what stands around it
_UNMARKED: Final = re.compile(  # what a credit that the page marks up says before the name
    r"^(?i:photograph(?:er)?|photos?|fotos?|bild(?:er)?|picture|image|credits?|fotograf)(?: by)?\s+"
    r"(?=[^\W\d_a-z])"
)
_PREFIX: Final = re.compile(rf"^[(\[\s]*(?:©|\(c\)|{_NAMED})", re.IGNORECASE)


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """A caption's words and the credit that closes it ("Photo: A. Name", "© Agency"); None for none."""
    if not caption:
        return None, None
    text = plain(caption)
    words, mark, credit = text.rpartition(CREDIT_MARK.strip())
    if mark:
        return words.strip(" |·©") or None, _bare(_UNMARKED.sub("", _PREFIX.sub("", credit.strip())))
    start = max(0, len(text) - _LONGEST)
    bracketed = text.rstrip(" .")[-1:] in _BRACKETS
    for sign, pattern in _CLOSING:
        if (sign in text if sign else bracketed) and (match := pattern.search(text, start)):
            return text[: match.start()].strip(" |·©") or None, _bare(match["credit"])
    if match := _CREDIT.search(text):
        credit = match["credit"] or match["mark"]
        return text[: match.start()].strip(" |·©") or None, _bare(_PREFIX.sub("", credit.strip()))
    return text or None, None


def _bare(credit: str) -> str | None:
    """A credit without the marks at its edges; brackets stay where both do."""
    credit = credit.strip(" .,;/|[]")
    return (credit if credit.count("(") == credit.count(")") else credit.strip("()")) or None
