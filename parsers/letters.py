"""What a page's letters say of its encoding: whether a label can be meant, and what is likeliest without."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from parsers.charsets import CODECS
from parsers.doubted import CYRILLIC, chinese_meant, cyrillic_meant

_CENTRAL = "áčďéěíňóřšťúůýž ąćęłńóśźż áéíóöőúüű áäčďéíĺľňóôŕšťúýž ăâîșțşţ čćđšž"
# The Latin letters beyond ASCII that each language of a codec writes with; the commonest codec is first.
_ALPHABETS = {
    "cp1252": "äöüß éèêëàâçîïôùûüœæ áéíóúñü¿¡ªº àèéìòù áâãàçéêíóôõú åäöé æøåéö éëïöüèá áðéíóúýþæö "
    "àçèéíïòóúü äõöüšž áèéêëîïôöúû",
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": "çğ\u0131öşüâîi̇",
    "cp1257": "ąčęėįšųūž āčēģīķļņšūž äõöüšž",
}
_FOREIGN = tuple(codec for codec in _ALPHABETS if codec != "cp1252")
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
_LEAST_BYTES = 8  # different bytes among them
# What is no letter in any of these codecs; quotation marks and signs that are letters in ISO 8859-2 only.
_NO_LETTERS = bytes(
    byte
    for byte in range(0x100)
    if byte in _ASCII
    or byte in b"\xa9\xab\xae\xbb"
    or not any(bytes([byte]).decode(codec, "replace").isalpha() for codec in _ALPHABETS)
)
_BEYOND = re.compile(rb"[\x80-\xff]+")
_LEAST_LETTERS = 20  # beyond ASCII
_CENTRAL_CODECS = ("cp1250", "iso8859-2")
_FOREIGN_SHARE = 0.03  # of the letters: names from abroad
_CERTAIN = 0.5  # share of strange letters from which fewer are enough
_LEAST_CERTAIN = 12
_LEAST_KINDS = 5  # different ones among them
_DOUBT = 0.1  # share of the letters that no single language of the label's codec writes with
_BETTER = 6  # times as many letters that are strange to a language: then the other codec is meant
_MOST_RUNS = 500  # of double bytes that are looked at
_LEAST_HANGUL = 0.9  # share of Korean syllables among double bytes; Chinese read so reaches 0.6
_HALF_WIDTH = re.compile("[\uff61-\uff9f\ue000-\uf8ff\ufffd]")
_TAG = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_SAMPLE = 6000


def meant(content: bytes, text: str, codec: str) -> str | None:
    """Give the codec that a label stands for, None for one that cannot be meant; `text` is what it makes.

    A label stands for another codec where only that one's letters make a language: servers say ISO-8859-1
    of whatever they do not know, and Korean syllables are characters of GB 2312 too.
    """
    if not _reads_like(content, text, codec):
        return None
    if codec == "gb18030":
        return "cp949" if _is_hangul(content) else chinese_meant(content, text)
    if codec in CYRILLIC:
        return cyrillic_meant(content, codec)
    if codec in _CENTRAL_CODECS:
        return _central_meant(content, codec)
    return _latin_meant(content) if codec == "cp1252" else codec


def _central_meant(content: bytes, codec: str) -> str:
    """Give the one of two Central European codecs, six letters apart, whose letters make a language."""
    letters = content.translate(None, _NO_LETTERS)[:_SAMPLE]
    other = next(each for each in _CENTRAL_CODECS if each != codec)
    strange, its = (1 - _at_home(letters, each) for each in (codec, other))
    sure = len(letters) >= _LEAST_LETTERS and strange >= _FOREIGN_SHARE
    return other if sure and _BETTER * its <= strange else codec


def _latin_meant(content: bytes) -> str:
    """Give the codec whose letters make one language where those of Western Europe do not."""
    for letters in (content.translate(None, _NO_LETTERS)[:_SAMPLE], _in_words(content)):
        strange = 1 - _at_home(letters, "cp1252")
        least = _LEAST_LETTERS if strange < _CERTAIN else _LEAST_CERTAIN
        if strange < _DOUBT or len(letters) < least or len(set(letters)) < _LEAST_KINDS:
            return "cp1252"
    other = max(_FOREIGN, key=lambda codec: _at_home(letters, codec))
    return other if _BETTER * (1 - _at_home(letters, other)) <= strange else "cp1252"


def _in_words(content: bytes) -> bytes:
    """Give the letters beyond ASCII that stand beside others; signs and what scripts hold do not."""
    found = islice(_BEYOND.finditer(content), _SAMPLE)
    runs = (
        one[0]
        for one in found
        if content[one.start() - 1 : one.start()].isalpha() or content[one.end() : one.end() + 1].isalpha()
    )
    return b"".join(runs).translate(None, _NO_LETTERS)[:_SAMPLE]


def _is_hangul(content: bytes) -> bool:
    """Whether the double bytes of a page, or of its beginning, are Korean syllables (KS X 1001)."""
    runs = (run[0] for run in islice(_RUN.finditer(content), _MOST_RUNS))
    text = b"".join(run for run in runs if not len(run) % 2).decode("cp949", "replace")
    syllables = sum("\uac00" <= char <= "\ud7a3" for char in text)
    return len(text) >= _LEAST_LETTERS and syllables >= _LEAST_HANGUL * len(text)


def _reads_like(content: bytes, text: str, codec: str) -> bool:
    """Whether what a label made of the page can be meant: no other script under a Western label.

    Western letters beyond ASCII stand alone or in pairs; those of Cyrillic, Greek, Arabic or Chinese
    stand in runs. EUC-JP read as Shift_JIS is half-width katakana and the private use area.
    """
    if codec in _WESTERN:
        runs = _RUN.findall(content)
        running = sum(map(len, runs))
        if running < _LEAST_RUNNING or len(set(b"".join(runs))) < _LEAST_BYTES:
            return True  # a line drawn of one sign, or a word or two, are no script
        return running <= len(content.translate(None, _ASCII)) // 2
    if codec == "cp932":
        strange = len(text) - len(text.encode("ascii", "ignore"))
        return len(_HALF_WIDTH.findall(text)) <= strange // 2
    return True


def guess(content: bytes) -> str:
    """Guess the likeliest codec by what the visible non-ASCII text reads like, from a bounded sample."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - costly, and hardly any page needs it

    visible = _TAG.sub(b" ", content[: 40 * _SAMPLE])
    sample = b" ".join(w for w in visible.split(b"\n") if not w.isascii())[:_SAMPLE] or visible[:_SAMPLE]
    allowed = [c.replace("-", "_") for c in CODECS if not c.startswith("utf")]
    best = from_bytes(sample, steps=3, chunk_size=1024, cp_isolation=allowed).best()
    if best is None or best.encoding.startswith(_LATIN):
        return max(_ALPHABETS, key=lambda codec: _at_home(sample, codec))
    return best.encoding


def is_latin(codec: str) -> bool:
    """Whether a codec is one of those that are told apart by their letters alone."""
    return codec in _ALPHABETS


def _at_home(sample: bytes, codec: str) -> float:
    """Share of the letters beyond ASCII that one single language of `codec` writes with."""
    counted = Counter(sample.decode(codec, "replace").lower())
    letters = {c: n for c, n in counted.items() if c > "\x7f" and not c.isspace()}
    alphabets = _ALPHABETS[codec].split()
    return max(sum(letters.get(c, 0) for c in set(one)) for one in alphabets) / max(1, sum(letters.values()))
