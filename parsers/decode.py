"""Bytes -> text, once: byte order mark, UTF-16 markup, strict UTF-8, the header, the page itself, a guess."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from parsers.charsets import named
from parsers.letters import guess, is_latin, meant
from parsers.model import NotAnArticle
from parsers.twice import once

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How markup begins in UTF-16 without a mark (XML 1.0, appendix F; white space may stand before it).
_UNMARKED = (
    (re.compile(rb"(?:[\t\n\f\r ]\0)*<\0[!?a-zA-Z]\0"), "utf-16-le"),
    (re.compile(rb"(?:\0[\t\n\f\r ])*\0<\0[!?a-zA-Z]"), "utf-16-be"),
)
_BLANK = re.compile(rb"[\0\t\n\f\r ]*+")
_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x00\x00\x01\x00",
    b"\x28\xb5\x2f\xfd",
    b"ID3",
    b"\x7fELF",
    b"wOFF",
    b"wOF2",
    b"\xd0\xcf\x11\xe0",
    b"OggS",
    b"\x1a\x45\xdf\xa3",
)
_ISO_2022_JP = "iso2022-jp"
_BAD_SHARE = 0.02
_BAD_SHARE_LABELLED = 0.1  # of a page that says it is UTF-8: text in another encoding reaches 0.8 and more
_CESU_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_HALF_PAIR = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


class Decoded(NamedTuple):
    """A page's text, and the same in UTF-8: what is searched faster as bytes need not be encoded again."""

    text: str
    utf8: bytes


def decode(content: bytes, content_type: str | None = None) -> str:
    """Decode the page; raises NotAnArticle("empty" or "binary") where there is none to read.

    Undecodable bytes become U+FFFD. Unlike the WHATWG's order, valid UTF-8 beats a wrong label.
    """
    return decode_page(content, content_type).text


def decode_page(content: bytes, content_type: str | None = None) -> Decoded:
    """Do what `decode` does, and keep the text as UTF-8 bytes beside it."""
    decoded = _decoded(content, content_type)
    mended = once(*decoded)
    return decoded if mended is None else _encoded(mended)


def _decoded(content: bytes, content_type: str | None) -> Decoded:
    if _BLANK.fullmatch(content):
        raise NotAnArticle("empty", "the page has no bytes to read")
    if (text := _plain_from_the_start(content)) is not None:
        return _encoded(text)
    if content.startswith(_MAGIC):
        raise NotAnArticle("binary", "the bytes are a picture, a document or an archive, not a page")
    if decoded := _utf8(content, content_type):
        return decoded if b"\0" not in content else _encoded(decoded.text)
    labels = named(content, content_type)
    if text := _damaged_utf8(content, labels):
        return _encoded(text)
    doubted = ""
    if _ISO_2022_JP in labels and b"\x1b$" in content:  # seven-bit: any other label's codec would take it
        labels.sort(key=_ISO_2022_JP.__ne__)
    for codec in labels:
        text = _nearly(content, codec)
        if text and (meaning := meant(content, text, codec)):
            return _encoded(text if meaning == codec else content.decode(meaning, "replace"))
        doubted = doubted or text or ""
    if not doubted and _looks_binary(content):
        raise NotAnArticle("binary", "the bytes are no text in any encoding known here")
    likeliest = guess(content)
    return _encoded(doubted if doubted and is_latin(likeliest) else content.decode(likeliest, "replace"))


def _plain_from_the_start(content: bytes) -> str | None:
    """The text of a page whose first bytes say its encoding: a byte order mark, or markup in UTF-16."""
    for bom, codec in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(codec, "replace")
    for beginning, codec in _UNMARKED:
        if beginning.match(content):
            return content.decode(codec, "replace")
    return None


def _encoded(text: str) -> Decoded:
    """Take NUL out here; all else that no field may hold is taken out of the few words that are kept."""
    text = text.replace("\0", "")
    return Decoded(text, text.encode())


def _utf8(content: bytes, content_type: str | None) -> Decoded | None:
    """Strict UTF-8, but for a character cut at the very end; None where it is something else."""
    escapes = b"\x1b" in content and b"\x1b$" in content  # one byte is found faster than two
    if escapes and _ISO_2022_JP in named(content, content_type):
        return None  # seven-bit, so also valid UTF-8
    try:
        text, read = codecs.utf_8_decode(content, "strict", False)  # noqa: FBT003 - the C function takes no names
    except UnicodeDecodeError:
        return None
    if not text or (b"\0" in content and content.count(b"\0") > len(text) // 20):  # counting is slow
        return None
    return Decoded(text, content[:read])


def _damaged_utf8(content: bytes, labels: list[str]) -> str | None:
    """UTF-8 of which a few bytes are wrong, as most of what is not ASCII shows; None where it is no UTF-8.

    Half a surrogate pair written as if it were a character is a fault that only UTF-8 has; both halves one
    after the other (CESU-8, Unicode Technical Report 26) are the character that they stand for.
    """
    if _ISO_2022_JP in labels and b"\x1b$" in content:
        return None
    whole, pairs = _CESU_PAIR.subn(lambda pair: _joined(pair[0]), content)
    whole, halves = _HALF_PAIR.subn("\ufffd".encode(), whole)
    text = whole.decode("utf-8", "replace")
    replaced = whole.count("\ufffd".encode())
    wrong = text.count("\ufffd") - replaced + text.count("\0")
    right = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    allowed = max(2, right * _BAD_SHARE_LABELLED) if "utf-8" in labels else right * _BAD_SHARE
    return text if wrong <= allowed and (wrong + right + pairs + halves) else None


def _joined(pair: bytes) -> bytes:
    """The character of a surrogate pair."""
    utf16 = pair.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass")
    return utf16.decode("utf-16").encode()


def _nearly(content: bytes, codec: str) -> str | None:
    """`content` in `codec` where at most one character in fifty of the non-ASCII ones is wrong."""
    text = content.decode(codec, "replace")
    wrong = text.count("\ufffd") + text.count("\0")
    strange = len(text) - len(text.encode("ascii", "ignore"))
    return text if wrong <= max(2, strange * _BAD_SHARE) else None


def _looks_binary(content: bytes) -> bool:
    head = content[:4096]
    odd = sum(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in head)  # noqa: PLR2004 - the ASCII controls
    return odd > len(head) // 50
