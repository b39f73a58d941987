"""What a page says its encoding is: the labels that are believed, and the codecs that they stand for."""

from __future__ import annotations

import re

# Labels of the WHATWG Encoding Standard (section 4.2) -> Python codecs. What is not here is not believed:
# Python's own table would also run hex, zlib, idna, undefined and UTF-7, which makes live markup.
CODECS = {
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
_BY_LABEL = {label: codec for codec, labels in CODECS.items() for label in labels.split()}
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:+-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:+-]+)",
    re.IGNORECASE,
)
_LABEL_WITHIN = 8192  # browsers read 1,024 bytes; saved pages put their meta later


def named(content: bytes, content_type: str | None) -> list[str]:
    """Codecs that the header and then the page itself name, of those believed here."""
    named = _HEADER.findall(content_type or "")
    head = content[:_LABEL_WITHIN]
    named += [(a or b).decode("ascii", "ignore") for a, b in _META.findall(head)]
    codecs_ = [_BY_LABEL[label.lower()] for label in named if label.lower() in _BY_LABEL]
    return [c for c in dict.fromkeys(codecs_) if not (c.startswith("utf-16") and b"\0" not in head)]
