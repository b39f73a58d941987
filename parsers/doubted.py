"""Which codec a page of another script is in where its label cannot be meant: Cyrillic, Chinese, Japanese."""

from __future__ import annotations

import re
from typing import Final

SAMPLE: Final = 8_000  # bytes beyond ASCII that are looked at
_BEYOND: Final = re.compile(rb"[\x80-\xff]+")
CYRILLIC: Final = frozenset({"cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic"})
_OTHERS: Final = ("cp1251", "koi8-u", "iso8859-5", "cp866")  # KOI8-U: with four letters for KOI8-R's lines
_COMMON: Final = frozenset("оеаинтсрвл")  # two thirds of a Russian, Ukrainian or Bulgarian text
_LEAST: Final = 60  # letters that a judgement rests on
_AHEAD: Final = 0.2  # share of common letters by which another codec is surer
_KANA: Final = re.compile("[\u3041-\u30fe]")
_SJIS_KANA: Final = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]")
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
_JAPANESE: Final = 0.25  # share of kana; Chinese quotes hardly any


def cyrillic_meant(content: bytes, codec: str) -> str:
    """The Cyrillic codec whose letters make the commonest words; the label's unless another is far ahead.

    KOI8-R read as Windows-1251 is one letter for another: a fifth of them are common then, not two thirds.
    """
    words = dict.fromkeys(_BEYOND.findall(content[: 40 * SAMPLE]))  # each once: few words prove nothing
    sample = b"".join(words)[:SAMPLE]
    if len(sample) < _LEAST:
        return codec
    likeness = {each: _likeness(sample.decode(each, "replace")) for each in (codec, *_OTHERS)}
    best = max(likeness, key=lambda each: likeness[each])
    return best if likeness[best] >= likeness[codec] + _AHEAD else codec


def _likeness(text: str) -> float:
    """The share of the common letters, great ones and small ones."""
    return sum(char in _COMMON for char in text.lower()) / len(text)


def chinese_meant(content: bytes, text: str) -> str:
    """The codec of a page that says GB 2312: Japanese by its kana, Big5 by what GB has no sign for."""
    beyond = sum(char > "\x7f" for char in text)
    if beyond < _LEAST:
        return "gb18030"
    for codec, kana in (("cp932", len(_SJIS_KANA.findall(content))), ("euc-jp", len(_KANA.findall(text)))):
        if kana >= _JAPANESE * beyond and _reads(content, codec):
            return codec
    if len(_PRIVATE.findall(text)) * 100 > beyond and _reads(content, "big5hkscs"):
        return "big5hkscs"
    return "gb18030"


def _reads(content: bytes, codec: str) -> bool:
    """Whether a page decodes with hardly a fault."""
    text = content.decode(codec, "replace")
    return text.count("\ufffd") * 100 <= sum(char > "\x7f" for char in text)
