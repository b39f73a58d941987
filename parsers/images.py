"""Pictures: the addresses that a page gives for its story, with caption and credit, each picture once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from parsers.clue import Clue
from parsers.figures import CREDIT_MARK
from parsers.hygiene import plain
from parsers.model import Image
from parsers.urls import absolute

MAX_IMAGES: Final = 20
_NAMED: Final = (
    r"(?:credits?\.{3}\s*|(?:צילום|사진|写真|摄影|撮影"
    r"|photo(?:graph(?:y|s)?)?s?(?: credit| by)?|fotos?|fotograf|bild(?:er|quelle)?|credits?"
    r"|image(?: credit)?|illustration|graphic|grafik|picture|quelle|source|crédits?(?: photo)?"
    r"|photographie|ảnh|фото|zdjęcie|fot\.|fotó|kuva)\s*[:/]\s*)"
)
_CREDIT: Final = re.compile(
    rf"\s*[(\[]?\b{_NAMED}(?P<credit>[^()\[\]]{{2,100}})[)\]]?\s*$"
    r"|\s*(?:©|\(c\))\s*(?P<mark>.{2,100})$",
    re.IGNORECASE,
)
_AGENCIES: Final = (  # and what closes a caption in brackets like them
    r"AP|AFP|EFE|EPA|DPA|dpa|ANSA|LaPresse|Reuters|REUTERS|Lusa|LUSA|Xinhua|PTI|ANI|Getty[\w ]*|IMAGO|imago"
    r"|TT|NTB|Ritzau|ANP|Belga|PAP|CTK|MTI|UPI|TASS|SOPA[\w ]*|Shutterstock|الأوروبية|رويترز|الفرنسية"
    r"|الأناضول|أسوشيتد برس|غيتي|[^()\[\]]{0,20}(?:자료사진|제공|연합뉴스|共同|時事|提供)"
)
_BRACKETED: Final = re.compile(
    r"\s*[(\[\uff08](?P<credit>(?:(?:AP |File |Handout )?Photos?(?: by|/| courtesy)|(?:Foto|Photo|via)\b)"
    r"[^()\[\]]{2,80}"
    rf"|(?:[^()\[\]/|]{{2,40}}[/|]\s?)?(?:{_AGENCIES})(?:[/|][^()\[\]]{{2,40}})?)[)\]\uff09]\.?\s*$"
)
_NAME_AND_AGENCY: Final = re.compile(
    rf"(?<=[.!?»”\"])\s+(?P<credit>[^\W\d_a-z][^.()!?]{{2,40}}\s?\((?:{_AGENCIES})\))\s*$"
)
_UNMARKED: Final = re.compile(  # what a credit that the page marks up says before the name
    r"^(?i:photograph(?:er)?|photos?|fotos?|bild(?:er)?|picture|image|credits?|fotograf)(?: by)?\s+"
    r"(?=[^\W\d_a-z])"
)
_RENDITION: Final = re.compile(  # sizes of one picture in its file's name
    r"-(?:scaled|\d{2,4}x\d{2,4}|\d{2,4}w|articleLarge|superJumbo|jumbo|facebookJumbo|video(?:\w*Jumbo)?|master\d+|thumb\w*)$"
)
_PREFIX: Final = re.compile(rf"^[(\[\s]*(?:©|\(c\)|{_NAMED})", re.IGNORECASE)
_ICONS: Final = (
    "favicon", "sprite", "placeholder", "blank.gif", "blank.png", "pixel", "spacer", "1x1", "logo",
    "defaultimage", "default-image", "default_image", "defaultshare", "default-share", "default_share",
)  # fmt: skip
_WIDTH: Final = re.compile(r"[1-9]\d{0,2}0|(?:w|width|h|size)[-_]?\d{2,4}|\d{2,4}x\d{2,4}")
_TELLING: Final = 4  # characters of a name that tells something
_NAMELESS: Final = frozenset({
    "image", "images", "original", "master", "photo", "picture", "default", "large", "medium", "small",
    "thumb", "thumbnail", "full", "main", "header", "hero", "cover", "teaser", "article", "file", "download",
    "bild", "foto",
})  # fmt: skip


def choose_images(clues: Iterable[Clue], base: str) -> tuple[tuple[Image, ...], Clue | None]:
    """The story's pictures in the order the page names them, at most 20, and the clue of the first."""
    found: dict[str, Image] = {}
    first: Clue | None = None
    clues = list(clues)
    addresses = {value: absolute(value, base) for value in {clue.value for clue in clues}}  # many come again
    for clue in clues:
        url = addresses[clue.value]
        if url is None or _is_icon(path := urlsplit(url).path):
            continue
        key = _picture(path) or url
        caption, credit = split_credit(clue.note)
        known = found.get(key)
        if known is None and len(found) < MAX_IMAGES:
            found[key] = Image(url, caption, credit)
            first = first or clue
        elif known is not None and (caption or credit):
            found[key] = Image(known.url, known.caption or caption, known.credit or credit)
    return tuple(found.values()), first


def add_images(known: tuple[Image, ...], addresses: Iterable[str], base: str) -> tuple[Image, ...]:
    """The pictures with those at the addresses that are not among them, at most 20 in all."""
    found = {_picture(image.url.partition("?")[0]): image for image in known}
    for value in addresses:
        url = absolute(value, base) or ""
        path = url.partition("?")[0]
        if url and len(found) < MAX_IMAGES and not _is_icon(path):
            found.setdefault(_picture(path), Image(url))
    return tuple(found.values())


def _is_icon(path: str) -> bool:
    """Whether a picture is the page's, not the story's; words are found far faster than a pattern of them."""
    return any(map(path.lower().__contains__, _ICONS))


def _picture(path: str) -> str:
    """What names a picture whatever its size: its file's name, or its folder where that says nothing.

    Of "/media/9f3a/master/4000.jpg" the folder names the picture and the file its width.
    """
    folder, _, name = path.rpartition("/")
    stem, dot, kind = name.partition(".")
    if "-" in stem:
        stem = _RENDITION.sub("", stem)
        name = f"{stem}{dot}{kind}"
    if _WIDTH.fullmatch(stem):
        return folder
    return path if len(stem) < _TELLING or stem.lower() in _NAMELESS else name


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """A caption's words and the credit that closes it ("Photo: A. Name", "© Agency"); None for none."""
    if not caption:
        return None, None
    text = plain(caption)
    before, mark, marked = text.rpartition(CREDIT_MARK.strip())
    match = None if mark else _NAME_AND_AGENCY.search(text) or _BRACKETED.search(text) or _CREDIT.search(text)
    if not mark and match is None:
        return text or None, None
    words, credit = before, _UNMARKED.sub("", _PREFIX.sub("", marked.strip()))
    if match is not None:
        words, credit = text[: match.start()], match["credit"] or match["mark"]
        credit = credit if credit.endswith(")") else _PREFIX.sub("", credit.strip()).strip(" .,;/|()[]")
    credit = credit.strip(" .,;/|[]")
    credit = credit if credit.count("(") == credit.count(")") else credit.strip("()")
    return words.strip(" |·©") or None, credit or None
