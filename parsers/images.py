"""Pictures: the addresses that a page gives for its story, with caption and credit, each picture once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from parsers.clue import Clue
from parsers.credits import split_credit
from parsers.model import Image
from parsers.urls import absolute

MAX_IMAGES: Final = 20
_RENDITION: Final = re.compile(  # sizes of one picture in its file's name
    r"-(?:scaled|\d{2,4}x\d{2,4}|\d{2,4}w|articleLarge|superJumbo|jumbo|facebookJumbo|video(?:\w*Jumbo)?|master\d+|thumb\w*)$"
)
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
