"""The language of a text as a BCP 47 tag: read from the text itself, checked against the page's own claim."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import filterfalse
from typing import Final

import numpy as np
from numpy.typing import NDArray
from resiliparse.parse.lang import detect_fast

SAMPLE: Final = 4_000  # characters: more change no verdict
ENOUGH: Final = 60  # letters from which n-grams are surer than the page's claim
_TAG: Final = re.compile(
    r"^([a-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:$|[-_.@])", re.IGNORECASE
)
_OLD: Final = {  # withdrawn codes, and countries' codes that pages put in their place
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "gr": "el", "cz": "cs", "jp": "ja",
    "dk": "da", "ua": "uk", "kr": "ko", "cn": "zh",
}  # fmt: skip
_ALIKE: Final = (  # languages that n-grams confuse: among these the page's own claim decides
    frozenset({"no", "nb", "nn", "da"}), frozenset({"id", "ms"}), frozenset({"hr", "sr", "bs", "sl", "sh"}),
    frozenset({"cs", "sk"}), frozenset({"es", "gl", "ca", "pt", "ast"}), frozenset({"hi", "mr", "ne", "bh"}),
    frozenset({"ru", "uk", "bg", "be", "mk", "sr", "kk", "ky"}), frozenset({"ar", "fa", "ur", "ps", "arz"}),
    frozenset({"af", "nl"}), frozenset({"de", "lb", "als", "nds"}), frozenset({"fr", "wa", "oc"}),
    frozenset({"en", "sco"}), frozenset({"zh", "yue"}), frozenset({"it", "scn", "co", "vec"}),
    frozenset({"tr", "az"}),
    frozenset({"fi", "et"}), frozenset({"sw", "rw", "lg"}),
)  # fmt: skip
_LETTERS_OF: Final = (  # scripts that one language, or nearly one, is written in
    ("\u3041-\u30fa", "ja"), ("\uac00-\ud7a3", "ko"), ("\u4e00-\u9fff", "zh"), ("\u0e01-\u0e4e", "th"),
    ("\u0370-\u03ff\u1f00-\u1fff", "el"), ("\u05d0-\u05ea", "he"), ("\u10a0-\u10ff", "ka"),
    ("\u0531-\u0587", "hy"), ("\u0b80-\u0bff", "ta"), ("\u0c00-\u0c7f", "te"), ("\u0c80-\u0cff", "kn"),
    ("\u0d00-\u0d7f", "ml"), ("\u0a80-\u0aff", "gu"), ("\u0a00-\u0a7f", "pa"), ("\u0980-\u09ff", "bn"),
    ("\u0b00-\u0b7f", "or"), ("\u0d80-\u0dff", "si"), ("\u0e80-\u0eff", "lo"), ("\u1780-\u17ff", "km"),
    ("\u1000-\u109f", "my"), ("\u1200-\u137f", "am"), ("\u0f00-\u0fff", "bo"),
)  # fmt: skip
_SCRIPTS: Final = tuple((re.compile(f"[{letters}]"), language) for letters, language in _LETTERS_OF)
_SCRIPT: Final = re.compile(f"[{''.join(letters for letters, _ in _LETTERS_OF)}]")
_LETTERS_SHARED: Final = (  # scripts that several languages are written in
    ("\u0904-\u0939\u0958-\u0961", "hi mr ne bh sa mai gom"),
    ("\u0620-\u064a\u066e-\u06d3", "ar fa ur ps arz ckb sd ug pnb azb ku"),
    ("\u0400-\u052f", "ru uk bg be mk sr kk ky tg mn tt ba cv os ce sah rue"),
)
_OPENING: Final = 400  # characters among which a script's first letter stands
_CLAIMED: Final = 3  # times as many Latin letters are outweighed where the page claims the script's language
_SHARED_BY: Final = tuple(
    (re.compile(f"[{letters}]+"), frozenset(languages.split())) for letters, languages in _LETTERS_SHARED
)
_SHARED: Final = re.compile(f"[{''.join(letters for letters, _ in _LETTERS_SHARED)}]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]+")
_SMALL: Final = frozenset(
    {
        "br",
        "cv",
        "eo",
        "fo",
        "fy",
        "ga",
        "gd",
        "ia",
        "io",
        "jv",
        "la",
        "lb",
        "mg",
        "rm",
        "sa",
        "sc",
        "tk",
        "vo",
    }
)
# What of two like languages one alone writes with.
_OWN_LETTERS: Final = {
    "ru": "ыэъё", "uk": "іїєґ", "cs": "řěů", "sk": "ľĺŕôä", "pt": "ãõêâ", "es": "ñ¿¡", "gl": "ñ",
}  # fmt: skip
_SAME: Final = frozenset({"no", "nb", "nn"})  # Norwegian's tags
_NEAR: Final = 1.02  # times the best score of n-grams: within it the page's claim decides
_OWN_WORDS: Final = {
    "da": frozenset({"af", "efter", "nogle", "noget", "mellem", "hvad", "bliver", "siger", "blev"}),
    "no": frozenset({"av", "etter", "noen", "noe", "mellom", "hva", "blir", "sier", "å", "ble"}),
}
OWN: Final = 5  # such letters in a text that is surely in their language
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_HEAD: Final = 4 * ENOUGH  # characters that nearly always hold letters enough


def tag(claim: str) -> str | None:
    """A claimed language as a BCP 47 tag ("en_US.UTF-8" as "en-US"); None where it is none."""
    match = _TAG.match(claim.strip())
    if not match:
        return None
    language = _OLD.get(match[1].lower(), match[1].lower())
    parts = [language, match[2].title() if match[2] else "", match[3].upper() if match[3] else ""]
    return "-".join(part for part in parts if part)


def detect(text: str, claimed: frozenset[str] = frozenset()) -> str | None:
    """The language that a text is written in, two or three letters; None where it is too short to say.

    Small languages that n-grams mistake for their large neighbours count only where the page claims them.
    """
    sample = text[:SAMPLE]
    script = _by_script(sample)
    if script:
        return script
    if _letters(sample[:_HEAD]) < ENOUGH > _letters(sample):
        return None
    sample, family = _of_script(sample, claimed)
    matches = detect_fast(sample, n_results=8 if family else 4)
    found = [match for match in matches if isinstance(match, tuple) and (not family or match[0] in family)]
    likely = claimed | _SAME if claimed & _SAME else claimed
    ranked = [language for language, _ in found]
    near = [language for language, score in found if score <= _NEAR * found[0][1] and language in likely]
    likeliest = next((each for each in [*near, *ranked] if each not in _SMALL or each in claimed), None)
    if likeliest in {*_SAME, "da"}:  # a word tells them apart, and n-grams do not
        other = "no" if likeliest == "da" else "da"
        return other if _spelt(sample, other, likeliest) else likeliest
    return likeliest


def decide(text: str, claims: Iterable[str]) -> str | None:
    """The text's language: what it reads as, with a claim's region where that agrees; else a claim."""
    tags = [known for claim in claims if (known := tag(claim))]
    seen = detect(text, frozenset(known.split("-")[0] for known in tags))
    if seen is None:
        return tags[0] if tags else None
    for known in tags:
        if known.split("-")[0] == seen:
            return known
    for known in tags:
        language = known.split("-")[0]
        if any(seen in group and language in group for group in _ALIKE) and not _spelt(text, seen, language):
            return known
    return seen


def _spelt(text: str, seen: str, claimed: str) -> bool:
    """Whether letters or words that only one of two like languages has say that the claim is wrong."""
    sample = text[:SAMPLE].lower()
    one, other = ("no" if each in _SAME else each for each in (seen, claimed))
    if one != other and {one, other} <= _OWN_WORDS.keys():
        words = sample.split()
        mine, its = (sum(word in _OWN_WORDS[each] for word in words) for each in (one, other))
    else:
        mine, its = (sum(map(sample.count, _OWN_LETTERS.get(each, ""))) for each in (seen, claimed))
    told = claimed in _OWN_LETTERS or other in _OWN_WORDS
    return told and mine >= OWN and mine > 10 * its


def _of_script(sample: str, claimed: frozenset[str]) -> tuple[str, frozenset[str]]:
    """The sample without the Latin words that another script outweighs, and the languages so written.

    A story in Hindi quotes posts in English, whose n-grams outvote the rest: where the page claims one of
    the script's languages, a quarter of the letters is enough.
    """
    if sample.isascii() or not _SHARED.search(sample, 0, _OPENING):
        return sample, frozenset()
    latin = sum(map(len, _LATIN.findall(sample)))
    for pattern, languages in _SHARED_BY:
        share = _CLAIMED if claimed & languages else 1
        if share * sum(map(len, pattern.findall(sample))) > latin:
            return _LATIN.sub(" ", sample), languages
    return sample, frozenset()


def _letters(sample: str) -> int:
    return sum(map(len, _LETTERS.findall(sample)))


def _by_script(sample: str) -> str | None:
    if not _SCRIPT.search(sample):
        return None
    letters = _letters(sample)
    if letters < 2:  # noqa: PLR2004 - one letter is no text
        return None
    counts = {language: len(pattern.findall(sample)) for pattern, language in _SCRIPTS}
    if counts["ja"] > letters * 0.05 and counts["ja"] + counts["zh"] > letters * 0.3:
        return "ja"
    language = max(counts, key=lambda each: counts[each])
    return language if counts[language] > letters * 0.3 else None


_CJK: Final = re.compile("[\u3041-\u30fa\u30fc\u3400-\u9fff\uf900-\ufaff]")
# Signs that belong to the letter before them (Unicode's Mn, Mc), of scripts that part words with blanks.
_SIGNED: Final = (
    r"(?:\w|[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]"
    r"|[\u0900-\u0963\u0980-\u0df3]|[\u200c\u200d])"
)
_LETTERS_OR_DIGITS: Final = re.compile(r"\w")
_MARK: Final = re.compile(_SIGNED)
_FIRST_CJK: Final = 0x3041
_LETTER: Final = 1
_JOINT: Final = 2
_STRANGE: Final = 3
_WORD: Final = re.compile(rf"\w{_SIGNED}*(?:[’'.-]\w{_SIGNED}*)*")


def count_words(text: str) -> int:
    """The words of a text; each Chinese or Japanese character is one, as word processors count."""
    signs = _kinds().take(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), mode="clip")
    if not (signs == _STRANGE).any():
        return _count_starts(signs)
    characters = 0 if text.isascii() else len(_CJK.findall(text))
    parts = (_CJK.sub(" ", text) if characters else text).split()
    # Nearly every part is one word, bare or with one mark after it; the pattern, slower, counts the others.
    odd = [part for part in filterfalse(str.isalnum, parts) if not part[:-1].isalnum()]
    return characters + len(parts) - len(odd) + len(_WORD.findall(" ".join(odd)))


def _count_starts(signs: NDArray[np.uint8]) -> int:
    """Count the letters that begin a word: behind neither another nor a mark that joins them to one."""
    letter, joint = signs == _LETTER, signs == _JOINT
    starts = letter.copy()
    starts[1:] &= ~letter[:-1]
    starts[2:] &= ~(joint[1:-1] & letter[:-2])
    return int(np.count_nonzero(starts))


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each sign is to a word, by its number; strange ones, as all beyond, need the patterns."""
    signs = list(map(chr, range(_FIRST_CJK)))
    kinds = [_JOINT if sign in "’'.-" else _LETTER if _LETTERS_OR_DIGITS.match(sign) else 0 for sign in signs]
    marks = [not kind and _MARK.match(sign) is not None for kind, sign in zip(kinds, signs, strict=True)]
    return np.array([*np.where(marks, _STRANGE, kinds), _STRANGE], np.uint8)
