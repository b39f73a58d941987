"""Bytes -> text, once: byte order mark, UTF-16 markup, strict UTF-8, the header, the page itself, a guess."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from parsers.model import NotAnArticle

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
# Labels of the WHATWG Encoding Standard (section 4.2) -> Python codecs. What is not here is not believed:
# Python's own table would also run hex, zlib, idna, undefined and UTF-7, which makes live markup.
_CODECS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 x-unicode20utf8 utf_8 utf-8-sig utf8mb4",
    "cp1252": "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 l1 ascii us-ascii "
    "iso-8859-1:1987",
    "iso8859-2": "iso-8859-2 iso8859-2 iso_8859-2 latin2 l2",
    "iso8859-3": "iso-8859-3 iso8859-3 latin3",
    "iso8859-4": "iso-8859-4 iso8859-4 latin4",
    "iso8859-5": "iso-8859-5 iso8859-5 cyrillic",
    "iso8859-6": "iso-8859-6 iso8859-6 arabic",
    "iso8859-7": "iso-8859-7 iso8859-7 greek",
    "iso8859-8": "iso-8859-8 iso8859-8 iso-8859-8-i hebrew logical",
    "iso8859-10": "iso-8859-10 iso8859-10 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13",
    "iso8859-14": "iso-8859-14 iso8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 iso_8859-15 latin9 l9",
    "iso8859-16": "iso-8859-16 iso8859-16",
    "koi8-r": "koi8-r koi8 koi koi8_r",
    "koi8-u": "koi8-u koi8-ru",
    "mac-roman": "macintosh mac x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp866": "ibm866 866 cp866",
    "cp874": "windows-874 tis-620 iso-8859-11 iso8859-11 dos-874",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251",
    "cp1253": "windows-1253 cp1253 x-cp1253",
    "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 latin5 l5",
    "cp1255": "windows-1255 cp1255 x-cp1255",
    "cp1256": "windows-1256 cp1256 x-cp1256",
    "cp1257": "windows-1257 cp1257 x-cp1257",
    "cp1258": "windows-1258 cp1258 x-cp1258",
    "gb18030": "gb18030 gbk x-gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 big5hkscs",
    "euc-jp": "euc-jp x-euc-jp eucjp",
    "iso2022-jp": "iso-2022-jp csiso2022jp",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j ms932 cp932",
    "cp949": "euc-kr euckr ks_c_5601-1987 ksc5601 ksc_5601 windows-949 cp949 korean uhc",
    "utf-16-le": "utf-16 utf-16le ucs-2 unicode csunicode",
    "utf-16-be": "utf-16be",
}
_BY_LABEL = {label: codec for codec, labels in _CODECS.items() for label in labels.split()}
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:+-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:+-]+)",
    re.IGNORECASE,
)
_LABEL_WITHIN = 8192  # browsers read 1,024 bytes; saved pages put their meta later
# The Latin letters beyond ASCII that each language of a codec writes with; the commonest codec is first.
_ALPHABETS = {
    "cp1252": "äöüß éèêëàâçîïôùûüœæ áéíóúñü¿¡ªº àèéìòù áâãàçéêíóôõú åäöé æøåéö éëïöüèá áðéíóúýþæö",
    "cp1250": "áčďéěíňóřšťúůýž ąćęłńóśźż áéíóöőúüű áäčďéíĺľňóôŕšťúýž ăâîșțşţ čćđšž",
    "iso8859-2": "áčďéěíňóřšťúůýž ąćęłńóśźż áéíóöőúüű áäčďéíĺľňóôŕšťúýž ăâîșțşţ čćđšž",
    "cp1254": "çğ\u0131öşüâîi̇",
    "cp1257": "ąčęėįšųūž āčēģīķļņšūž äõöüšž",
}
_LATIN = (
    "cp1250",
    "cp1252",
    "cp1254",
    "cp1257",
    "cp1258",
    "iso8859_1",
    "iso8859_2",
    "iso8859_3",
    "iso8859_4",
    "mac_roman",
)
_WESTERN = {"cp1252", "cp1250", "cp1254", "cp1257", "iso8859-2", "iso8859-15", "mac-roman"}
_ASCII = bytes(range(0x80))
_RUN = re.compile(rb"[\x80-\xff]{4,}")
_LEAST_RUNNING = 32  # bytes of such runs
_LEAST_LETTERS = 8  # different bytes among them
_HALF_WIDTH = re.compile("[\uff61-\uff9f\ue000-\uf8ff\ufffd]")
_TAG = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_SAMPLE = 6000
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
    if not content.strip(b"\0\t\n\f\r "):
        raise NotAnArticle("empty", "the page has no bytes to read")
    if (text := _plain_from_the_start(content)) is not None:
        return _encoded(text)
    if content.startswith(_MAGIC):
        raise NotAnArticle("binary", "the bytes are a picture, a document or an archive, not a page")
    labels = _labels(content, content_type)
    if decoded := _utf8(content, labels):
        return decoded if b"\0" not in content else _encoded(decoded.text)
    if text := _damaged_utf8(content, labels):
        return _encoded(text)
    doubted = ""
    for codec in labels:
        text = _nearly(content, codec)
        if text and _reads_like(content, text, codec):
            return _encoded(text)
        doubted = doubted or text or ""
    if not doubted and _looks_binary(content):
        raise NotAnArticle("binary", "the bytes are no text in any encoding known here")
    guess = _guess(content)
    return _encoded(doubted if doubted and guess in _ALPHABETS else content.decode(guess, "replace"))


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


def _labels(content: bytes, content_type: str | None) -> list[str]:
    """Codecs that the header and then the page itself name, of those believed here."""
    named = _HEADER.findall(content_type or "")
    head = content[:_LABEL_WITHIN]
    named += [(a or b).decode("ascii", "ignore") for a, b in _META.findall(head)]
    codecs_ = [_BY_LABEL[label.lower()] for label in named if label.lower() in _BY_LABEL]
    return [c for c in dict.fromkeys(codecs_) if not (c.startswith("utf-16") and b"\0" not in head)]


def _utf8(content: bytes, labels: list[str]) -> Decoded | None:
    """Strict UTF-8, but for a character cut at the very end; None where it is something else."""
    if "iso2022-jp" in labels and b"\x1b$" in content:
        return None  # seven-bit, so also valid UTF-8
    try:
        text, read = codecs.utf_8_decode(content, "strict", False)  # noqa: FBT003 - the C function takes no names
    except UnicodeDecodeError:
        return None
    return Decoded(text, content[:read]) if text and content.count(b"\0") <= len(text) // 20 else None


def _damaged_utf8(content: bytes, labels: list[str]) -> str | None:
    """UTF-8 of which a few bytes are wrong, as most of what is not ASCII shows; None where it is no UTF-8.

    Half a surrogate pair written as if it were a character is a fault that only UTF-8 has; both halves one
    after the other (CESU-8, Unicode Technical Report 26) are the character that they stand for.
    """
    if "iso2022-jp" in labels and b"\x1b$" in content:
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


def _reads_like(content: bytes, text: str, codec: str) -> bool:
    """Whether what a label made of the page can be meant: no other script under a Western label.

    Western letters beyond ASCII stand alone or in pairs; those of Cyrillic, Greek, Arabic or Chinese
    stand in runs. EUC-JP read as Shift_JIS is half-width katakana and the private use area.
    """
    if codec in _WESTERN:
        runs = _RUN.findall(content)
        running = sum(map(len, runs))
        if running < _LEAST_RUNNING or len(set(b"".join(runs))) < _LEAST_LETTERS:
            return True  # a line drawn of one sign, or a word or two, are no script
        return running <= len(content.translate(None, _ASCII)) // 2
    if codec == "cp932":
        strange = len(text) - len(text.encode("ascii", "ignore"))
        return len(_HALF_WIDTH.findall(text)) <= strange // 2
    return True


def _looks_binary(content: bytes) -> bool:
    head = content[:4096]
    odd = sum(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in head)  # noqa: PLR2004 - the ASCII controls
    return odd > len(head) // 50


def _guess(content: bytes) -> str:
    """Guess the likeliest codec by what the visible non-ASCII text reads like, from a bounded sample."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - costly, and hardly any page needs it

    visible = _TAG.sub(b" ", content[: 40 * _SAMPLE])
    sample = b" ".join(w for w in visible.split(b"\n") if not w.isascii())[:_SAMPLE] or visible[:_SAMPLE]
    allowed = [c.replace("-", "_") for c in _CODECS if not c.startswith("utf")]
    best = from_bytes(sample, steps=3, chunk_size=1024, cp_isolation=allowed).best()
    if best is None or best.encoding.startswith(_LATIN):
        return max(_ALPHABETS, key=lambda codec: _at_home(sample, codec))
    return best.encoding


def _at_home(sample: bytes, codec: str) -> float:
    """Share of the letters beyond ASCII that one single language of `codec` writes with."""
    letters = [c for c in sample.decode(codec, "replace").lower() if c > "\x7f" and not c.isspace()]
    alphabets = _ALPHABETS[codec].split()
    return max(sum(c in alphabet for c in letters) for alphabet in alphabets) / max(1, len(letters))
