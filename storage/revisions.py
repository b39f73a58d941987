"""What a page means for the article it shows: a first version, a new one, or nothing new.

`decide` is pure. It looks at what people read and cite. A page's images with their captions and credits,
and its own "modified" time, come from its template as often as from its author (another crop, another size,
a time renewed at every rendering): they are furniture here, kept with each version, and make none by
themselves. So a caption that was put right is seen with the next edit of text or fields.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from parsers import Draft
from storage.codec import editorial
from storage.folding import UNSPACED
from storage.values import EditClass, Revision

LONG_TEXT = 2_000  # words; beyond it difflib may skip over words that are everywhere
TYPO_WORDS = 6  # up to so many changed words, each close to the one it replaces, are corrected typing
MORE_LETTERS = 3
CLOSE = 0.6  # how alike two words are (difflib's ratio) where one is the other misspelt
_CORRECTION = re.compile(
    r"^\W*((corrections?|clarifications?|editor\W?s?\W? note|berichtigung|korrektur|"
    r"anmerkung der redaktion|correctif|rectificati[fo]|errata( corrige)?|errat[au]m|correcci[oó]n|"
    r"fe de err\w+|correção|erramos|rettifica|rättelse|rectificatie|исправление|поправка)"
    r"(\s*([^\w\s]|$)|\s+(appended|and clarifications?)\b|\s+((le|am|vom|del|il|op) )?\d)|更正|訂正|정정|"
    r"corrected( on)? \w+\.? \d|a correction was made\b|\(?corrects\b|this version corrects\b|"
    r"(this ([\w.]+ \d+ )?(article|story|report)|the story) "
    r"((was|has been) (amended|corrected|updated to correct)|corrects)\b|"
    r"(anmerkung\W+)?in einer (früheren|ersten|älteren) version\b|"
    r"an? (earlier|previous) version of this (article|story|report)\b)",
    re.IGNORECASE,
)
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a draft, and why: `changed` names the fields that differ, in the order of columns."""

    action: Literal["create", "revise", "keep"]
    reason: str
    edit: EditClass = "first"
    changed: tuple[str, ...] = ()


def decide(draft: Draft, latest: Revision | None) -> Decision:
    """Compare a draft with the latest version and name what it is; pure, and the same for the same input."""
    return decide_content(editorial(draft), latest)


def decide_content(now: Mapping[str, object], latest: Revision | None) -> Decision:
    """Do as decide() with the editorial fields of a draft."""
    if latest is None:
        return Decision("create", "first version")
    before = latest.content
    changed = tuple(name for name in now if _folded(now[name]) != _folded(before.get(name)))
    if latest.edit == "removed":
        return Decision("revise", "the page is back", "restored", changed)
    if not changed:
        return Decision("keep", "same title, text and fields")
    edit = classify(before, now, changed)
    return Decision("revise", f"{edit}: {', '.join(changed)}", edit, changed)


def from_own_page(decision: Decision) -> Decision:
    """Name a version that an article's own page gives in place of a copy (AMP, mobile): it is no edit."""
    if decision.action != "revise":
        return decision
    told = f"read at its own address, before from a copy: {', '.join(decision.changed)}"
    return Decision("revise", told, "canonical", decision.changed)


def classify(before: Mapping[str, object], now: Mapping[str, object], changed: tuple[str, ...]) -> EditClass:
    """Name the kind of edit that leads from one content to the next."""
    if "text" not in changed:
        return "headline" if "title" in changed else "details"
    old, new = str(before.get("text", "")), str(now.get("text", ""))
    if _notes(new) - _notes(old):
        return "correction"
    if _is_typo(old.split(), new.split()):
        return "headline" if "title" in changed else "typo"
    return "substantive"


def _notes(text: str) -> set[str]:
    """Collect the paragraphs that announce a correction."""
    return {line for line in text.splitlines() if _CORRECTION.match(line)}


def _is_typo(old: list[str], new: list[str]) -> bool:
    replaced = 0
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=len(old) > LONG_TEXT)
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what == "equal":
            continue
        replaced += max(end - start, new_end - new_start)
        before, after = "".join(old[start:end]), "".join(new[new_start:new_end])
        if replaced > TYPO_WORDS or not _is_respelt(before, after):
            return False
    return True


def _is_respelt(before: str, after: str) -> bool:
    """Tell a misspelling put right from another word: figures never are typing errors.

    Nor is what begins or ends otherwise (million, billion; Iran, Iraq; legal, illegal) or is longer by three
    letters (seven, seventeen), nor another sign where signs are words. Other quotation marks are as good.
    """
    if re.findall(r"\d", before) != re.findall(r"\d", after):
        return False
    old, new = (re.sub(r"\W", "", word).casefold() for word in (before, after))
    if old == new:
        return True
    if (old[:1], old[-1:]) != (new[:1], new[-1:]) or abs(len(old) - len(new)) >= MORE_LETTERS:
        return False
    if _UNSPACED.search(before + after):
        return False
    return difflib.SequenceMatcher(None, before, after, autojunk=False).ratio() >= CLOSE


def _folded(value: object) -> object:
    """Return what a value says: white space says nothing, nor does an empty text or list."""
    if isinstance(value, str):
        value = " ".join(value.split())
    return None if value in ("", []) else value
