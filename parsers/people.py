"""Authors: a raw byline as the names in it, people told from agencies, teams and roles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from parsers.bywords import bywords
from parsers.dates import months
from parsers.hygiene import plain

MAX_NAME: Final = 60  # characters; longer ones are sentences
MAX_WORDS: Final = 7
MAX_SMALL: Final = 4  # words in lower case of what may be names yet
SENTENCE: Final = 3  # words beyond which two in lower case make a sentence
_URL: Final = re.compile(r"\(?\b(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?<!\w)@\w+", re.IGNORECASE)
_PARENTHESIS: Final = re.compile(r"\s*[(\[{<\uff08][^()\[\]{}<>\uff08\uff09]{0,80}[)\]}>\uff09]")
_OTHERS: Final = re.compile(  # what follows names those who did something else, or sections
    r"\b(?:(?:edited|reviewed|checked|translated|photos?|photographs?|pictures?|illustrations?|video) by"
    r"|medically reviewed|photos?:|fotos?:|pictures?:|bild(?:er)?:|published in|posted in|filed under"
    r"|übersetzt von|redigiert von)|(?:责任)?(?:编辑|編輯|編集)|写真|撮影|摄影|攝影|사진\s*[=:]"
    r"|\|\s*in\s*\|",
    re.IGNORECASE,
)
_HARD: Final = re.compile(r"\s*(?:[;|•·‧∙●/\n\t→»›]|\s[–—-]\s|,\s*(?:and|und|et|y|e|og)\s)\s*")
_COMMA: Final = re.compile(r"\s*[,，、]\s*")
_GIVEN: Final = frozenset({"na", "da", "di"})  # openers that are names as often: Na Li, Da Lin, Di Wu
_SURNAMES: Final = frozenset(
    {"da", "di", "na", "par", "von", "jo"}
)  # as _GIVEN, where data say it is a person
_HEADS: Final = frozenset(
    {"head", "read", "junior", "leiter", "freier"}
)  # surnames that are other words, too
_ROLE_AFTER: Final = re.compile(r"\s+(?:기자|특파원|논설위원|앵커|記者|记者|特派員|編集委員)$")
_ROLE_BEFORE: Final = re.compile(r"^(?:本报|本刊|新华社|本台)?(?:特约)?(?:记者|通讯员)\s+")
_ASIDE: Final = re.compile(  # a role between commas, or a place, before what joins a name to the next
    r",\s[^,|&\d]{2,40},(?=\s)|\s(?:in|aus|à|en|from)\s[^,|&\d]{2,25}?(?=\s(?:and|und|et|y|og|och)\s)"
)
_REPORTED: Final = re.compile(  # "reporter Li Ming / reported from Taipei", as Chinese papers write it
    r"(?:文[/\uff0f])?(?:記者|记者)\s*([\u4e00-\u9fff]{2,4})"
    r"|(?:(?:記者|记者)\s*)?([\u4e00-\u9fff]{2,4})[/\uff0f].{1,12}(?:報導|报导|报道)"
)
_REPORTERS: Final = re.compile(
    r"(?=[\u4e00-\u9fff]{2,4}\s(?:.*\s)?(?:通讯员\s|实习生\s|\S{2,6}(?:报道|報導)$))"
)
_NO_NAMES: Final = re.compile(r"(?:通讯员|通訊員|记者|記者|实习生|.{2,8}(?:报道|報導|报导))")
_PLACED: Final = re.compile(r"^[\u3040-\u9fff]{2,6}[=\uff1d](?=[\u3040-\u9fff])")  # Tokyo=Yamada Taro
_LABEL_WITHIN: Final = re.compile(r"^.*\s(?:作者|记者|記者)\s?[:：]")
_TEXT_LATER: Final = re.compile(r"^.*\s(?:te[kx]ste?|texto|testo|words)(?:\s?:|\sby\s)", re.IGNORECASE)
_YOUNGER: Final = (" Jr", " Sr", " jr", " sr", " JR", " SR")  # what a dot follows
_EDGE: Final = "【】\uff3b\uff3d「」 \t\"'“”„«»‹›*_:;,.|/\\–—-•·~+=<>()[]{}#©"
_TITLE_AFTER: Final = re.compile(
    r"^(?:jr|sr|ph\.?\s?d|m\.?\s?d|mba|msc|rn|bsc|esq|[ivx]{2,3}|dds|dvm|rd|cfa|cpa|jd|llm|facp|do|lmft|lcsw|rdn"
    r"|cpt|faan|mph|m\.?a|b\.?a|m\.?s|cscs|np|pharmd|od|psy\.?d|ed\.?d|obe|cfp|faclm)\.?$",
    re.IGNORECASE,
)
_DATEISH: Final = re.compile(
    r"\d{1,2}[./:-]\d{1,2}|\b(?:19|20)\d\d\b|\d{1,2}\s?(?:uhr|am|pm|min)\b|\d+\s", re.IGNORECASE
)
_MONTH: Final = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)\b"
)
_TAIL: Final = re.compile(  # what follows a name: a place, a date; Le, El, Il, Den, On and Sun are names too
    r"[\s,–—-]+(?:(?:on|at|for|im|in|am|from|ON|AT|FOR|IN|FROM|For|From)\b(?!-).*"
    r"|(?i:(?:updated|published|posted|aktualisiert|publié|publicado|veröffentlicht|hace|il y a|vor \d"
    r"|last (?:updated|modified|edited|published)|stand:|im gespräch mit|im interview)\b.*"
    rf"|(?:on|at|in|am|vom|le|el|il|den|op|på|stand)[\s:]+(?:[^\W\d]{{2,12}}[.,]*\s+)?(?:\d|{_MONTH}).*"
    rf"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]*\s+(?:\d|{_MONTH}|at\b).*"
    rf"|{_MONTH}\.?\s*\d.*)|\d.*)$"
)
_ALNUM: Final = re.compile(r"\w+")
_INVERTED: Final = re.compile(
    r"((?:[a-z]{2,3} ){0,2}[A-ZÀ-Þ][\w’'-]+), ([A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ]\.?)?)"
)  # Roe, Jane
_COMPOUND: Final = re.compile(r"(?:[A-ZÀ-Þ][\w’'.-]+\s+){2,}[yie]\s+[A-ZÀ-Þ][\w’'-]+")
_PAPER: Final = re.compile(  # how newsrooms end whose names have no blanks
    r"(?:일보|신문|뉴스|방송|통신|미디어|경제|新聞|新闻|新聞社|日报|日報|晚报|晚報|早报|周刊|週刊|通讯社|通信社|电视台|電視台|网|網|編集部|编辑部)$"
)
_CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD: Final = re.compile(r"[^\W\d_][\w’'.-]*", re.UNICODE)


def split_names(raw: str, known: Collection[str] = ()) -> list[str]:
    """The names in a raw byline, in order, each once: without openers, roles, addresses and dates.

    `known` are folded names that the page's data say are people's: they stay whole, whatever their words.
    """
    text = _PARENTHESIS.sub(" ", _URL.sub(" ", plain(raw.replace("\n", " | ").replace("\u3000", " "), 1_000)))
    own = _OTHERS.split(text, maxsplit=1)[0]
    if not own.strip():  # the picture's author stands first
        own = _OTHERS.split(_TEXT_LATER.sub("", text), maxsplit=1)[0]
    text = _LABEL_WITHIN.sub("", own)
    names: list[str] = []
    for part in _HARD.split(text)[:40]:
        opened = _open(part, known)
        sure = {*known, *_surnamed(opened)} if opened != part.strip(_EDGE) else known
        for piece in _commas(opened):
            names.extend(_joined(piece, sure))
    return unique(names)


def _surnamed(names: str) -> list[str]:
    """The names behind an opener whose second word is a label, too, folded: By Simon Read."""
    words = bywords()
    found = []
    for name in words.joiners.split(names.replace(",", " and ")):
        first, _, last = name.strip().partition(" ")
        if last.lower() in _HEADS and last.istitle() and first.istitle() and first.lower() not in words.roles:
            found.append(fold(name))
    return found


def joined(one: str, other: str, raw: str) -> bool:
    """Whether a raw byline joins two of its names with "and" in a known language, roles or places between."""
    found = raw.find(one)
    while found >= 0:
        end = found + len(one)
        aside = _ASIDE.match(raw, end)
        between = bywords().joiners.match(raw, aside.end() if aside else end)
        if between and raw.startswith(other, between.end()):
            return True
        found = raw.find(one, end)
    return False


def unique(names: Iterable[str]) -> list[str]:
    """The names in order, each once, folded by letters alone; of two spellings the first."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(fold(name), name)
    return list(seen.values())


@lru_cache(maxsize=1_024)
def fold(name: str) -> str:
    """A name's letters and digits in lower case, single-spaced: what makes two spellings one name."""
    return " ".join(_ALNUM.findall(name.casefold()))


@lru_cache(maxsize=1_024)
def is_person(name: str) -> bool:
    """Whether a name reads as a person's: two to five capitalised words, or two to five CJK letters."""
    words = bywords()
    if is_organisation(name) or any(map(str.isdigit, name)):
        return False
    if _CJK.search(name):
        return 2 <= len(name.replace(" ", "")) <= 12  # noqa: PLR2004 - a name, and no sentence
    parts = name.split()
    significant = [part for part in parts if part.lower() not in words.particles]
    shaped = bool(significant) and all(not part[0].islower() for part in significant)
    return shaped and 2 <= len(parts) <= 5  # noqa: PLR2004 - one word is a nickname, six are a sentence


def is_organisation(name: str) -> bool:
    """Whether a name is a known agency, team or placeholder, or holds a word that only those bear."""
    words, low = bywords(), fold(name)
    if low in words.organisations or not words.organisation_words.isdisjoint(low.split()):
        return True
    return not name.isascii() and _PAPER.search(name) is not None


def _open(part: str, known: Collection[str] = ()) -> str:
    openers = bywords().openers
    for _ in range(3):
        part = _trimmed(part)
        match = openers.match(part)
        if not match or match.end() == len(part) or fold(part) in known or _is_given(part):
            return part
        part = part[match.end() :]
    return part


def _trimmed(text: str) -> str:
    """The text without what edges a name; Jr. keeps its dot."""
    bare = text.strip(_EDGE)
    return f"{bare}." if bare.endswith(_YOUNGER) and f"{bare}." in text else bare


def _is_given(part: str) -> bool:
    """Whether an opener is a given name here: written large before one surname."""
    first, _, rest = part.partition(" ")
    one = " " not in rest and rest.istitle()  # Di Laura Hill is by Laura Hill
    return first.istitle() and first.lower() in _GIVEN and one and is_person(part)


def stated_person(raw: str) -> str | None:
    """The folded name where a text that data call a person's is one name and nothing else, else None."""
    name = upright(plain(raw, MAX_NAME + 1)).strip(_EDGE)
    parts, words = fold(name).split(), bywords()
    if len(name) > MAX_NAME or re.search(r"[,;|&/@:]", name) or not is_person(name) or _TAIL.search(name):
        return None
    opened = words.openers.match(name)
    if opened and (opened[0].strip().lower() not in _SURNAMES or len(parts) != 2):  # noqa: PLR2004 - Na Li
        return None
    doubtful = (words.roles | words.never_words) & set(parts)
    strange = doubtful - words.surnames or parts[0] in doubtful or " ".join(parts) in words.never
    two = words.joiners.search(name) is not None and not _is_compound(name)
    return None if strange or two else " ".join(parts)


def upright(name: str) -> str:
    """What data call a person's name, its surname put last: "Roe, Jane" is Jane Roe."""
    match = _INVERTED.fullmatch(name.strip())
    if match is None or bywords().roles & {match[1].lower(), match[2].lower()} or is_organisation(match[1]):
        return name
    return f"{match[2]} {match[1]}"


def _commas(part: str) -> list[str]:
    """The pieces between commas, degrees put back to their names and roles left out."""
    pieces: list[str] = []
    for piece in _COMMA.split(part):
        if _TITLE_AFTER.match(piece.strip()) and pieces:
            continue
        pieces.append(piece)
    return pieces


def _joined(piece: str, known: Collection[str] = ()) -> list[str]:
    """The names in a piece that joining words part, where what they part are names themselves."""
    small = [word for word in piece.split() if word[0].islower()]
    if len(small) > MAX_SMALL and len(small) < len(piece.split()):
        return []
    if fold(piece) in known or _is_compound(piece):
        whole = _name(piece, known)
        return [whole] if whole else []
    several = _ROLE_BEFORE.match(piece) or _REPORTERS.match(piece)
    parts = piece[several.end() :].split() if several else bywords().joiners.split(piece)
    parts = [part for part in parts if not _NO_NAMES.fullmatch(part)] if several else parts
    named = [name for part in parts if (name := _name(part, known))]
    single = "&" not in piece  # Maria and Katerina are two, Sand & Salt may be a firm
    with_agency = "&" not in piece and all(is_person(name) or is_organisation(name) for name in named)
    if len(parts) > 1 and with_agency and any(map(is_person, named)):
        return named
    if len(parts) > 1 and not all(is_person(name) or (single and len(name.split()) == 1) for name in named):
        whole = _name(piece)
        return [whole] if whole else named
    return named


def _is_compound(piece: str) -> bool:
    """Whether what joins is part of one name: Ortega y Gasset is one man."""
    match = _COMPOUND.fullmatch(piece.strip(_EDGE))
    return match is not None and len(fold(piece).split()) <= 5  # noqa: PLR2004 - more are two people


def _name(text: str, known: Collection[str] = ()) -> str:
    """The text as one name, or "" where it is none."""
    whole = _trimmed(text)
    if fold(whole) in known:
        return whole
    if not whole.isascii():
        reported = _REPORTED.fullmatch(whole)
        text = _PLACED.sub("", (reported[1] or reported[2]) if reported else whole)
    return _unknown_name(_ROLE_BEFORE.sub("", _ROLE_AFTER.sub("", _open(text))))


def _without_role(name: str) -> str:
    """The name of two or three words before a role of two or more: Jane Roe Senior Reporter."""
    words, roles = name.split(), bywords().roles
    while words and words[-1].lower() in roles:
        words.pop()
    whole = len(words) in {2, 3} and len(name.split()) > len(words) + 1 and is_person(" ".join(words))
    return " ".join(words) if whole else name


def _unknown_name(text: str) -> str:
    """The same of a text that no data call a name."""
    words = bywords()
    name = _trimmed(_TAIL.sub("", text))
    low = name.lower()
    if not name or len(name) > MAX_NAME or low in words.never or not _WORD.search(name):
        return ""
    if _DATEISH.search(name) or len(name.split()) > MAX_WORDS:
        return ""
    name = _without_role(name)
    tokens = fold(name).split()
    if all(token.isdigit() or token in months() for token in tokens) or words.never_words & set(tokens):
        return ""
    if any(token in words.roles for token in tokens) and not is_organisation(name):
        return ""
    small = [word for word in name.split() if word[0].islower() and word.lower() not in words.particles]
    if len(small) > 1 and len(tokens) > SENTENCE:
        return ""
    return name
