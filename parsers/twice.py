"""Text that was encoded twice, read back once more: "donâ€™t" for "don't"."""

from __future__ import annotations

import re
from typing import Final

_FIRST: Final = "\u00e2"  # how quotes and dashes begin then: one letter is found far faster than two
_SECOND: Final = ("\u0080", "\u20ac")  # and what follows
_LEAST: Final = 8  # of them: a page may show one to explain it
_HIGH: Final = bytes(range(0x80, 0xC0))
# What the bytes 80 to BF are taken for: Latin 1, or Windows' letters where it has some.
_TAKEN: Final = {ord(byte): number for number, byte in enumerate(_HIGH.decode("latin-1"), 0x80)} | {
    ord(letter): 0x80 + place
    for place, letter in enumerate(_HIGH.decode("cp1252", "replace"))
    if letter != "\ufffd"
}
_FOLLOWING: Final = f"[{re.escape(''.join(map(chr, _TAKEN)))}]"
_TWICE: Final = re.compile(
    f"[\u00c2-\u00df]{_FOLLOWING}|[\u00e0-\u00ef]{_FOLLOWING}{{2}}|[\u00f0-\u00f4]{_FOLLOWING}{{3}}"
)


def once(text: str, utf8: bytes) -> str | None:
    """The text as it was before UTF-8 was taken for Latin 1 and encoded again; None where it was not.

    `utf8` is the same text in UTF-8.
    """
    if text.isascii() or _FIRST not in text:
        return None
    begun = [utf8.count((_FIRST + sign).encode()) for sign in _SECOND if sign in text]
    if max(begun, default=0) < _LEAST:
        return None
    return _TWICE.sub(_read, text)


def _read(found: re.Match[str]) -> str:
    """The character that was meant, or the same where none was."""
    letters = found[0]
    content = bytes([ord(letters[0]), *(_TAKEN[ord(letter)] for letter in letters[1:])])
    try:
        return content.decode()
    except UnicodeDecodeError:  # longer than need be, or beyond Unicode
        return letters
