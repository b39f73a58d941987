"""A located tree -> its pieces in order: paragraphs, headings, lists, quotes, tables, captions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bs4.element import CData, NavigableString, PageElement, Tag

from parsers.footnotes import CALL, is_call
from parsers.model import Block, BlockKind
from parsers.text import is_ended, squash
from parsers.veiled import Veils, unfolds

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BREAKING = frozenset({
    "address", "article", "aside", "blockquote", "body", "button", "center", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr",
    "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
}) | frozenset(_HEADINGS)  # fmt: skip
_UNREADABLE = frozenset({
    "audio", "canvas", "datalist", "embed", "frame", "iframe", "input", "map", "meter",
    "noscript", "object", "option", "progress", "script", "select", "style", "svg", "template",
    "textarea", "title", "video",
})  # fmt: skip
_PARTS = frozenset({"li", "td", "th"})
_SECTIONS = frozenset({"tbody", "thead", "tfoot"})
_WHOLE = frozenset({"ul", "ol", "table", "blockquote"})
_ITEM_KINDS = frozenset({"paragraph", "list"})
_CELL_LENGTH = 300  # characters: a longer cell holds prose, so its table lays out the page
_LINE = "\0"  # a `<br>` while text is read; decoding leaves no NUL in a page

_LABELS = frozenset({"advertisement", "share-bar"})  # rules whose own words are no sentence's
_UNSEEN = frozenset({"hidden", "unseen", CALL})  # rules for what is no part of the sentence around it
_WORDS = 20  # characters
_GOING_ON = (",", ";")
_PARTING = (":", "|", "/", "•", "·", "–", "—", "(", "[")

READ = frozenset({"start"})  # attributes that tell something of a block

SelectorRule = Callable[[Tag], str | None]


@dataclass(slots=True)
class Piece:
    """A block as it was found: `linked` of its characters stand in links; `rule` is what dropped it, if any.

    `number` is the first of an ordered list. `follows` is True for a line that one `<br>` parts from the
    piece before: they are one paragraph. `score` is the scorer's, 0-1, None where it was not asked.
    """

    kind: BlockKind
    text: str
    level: int = 0
    items: tuple[str, ...] = ()
    ordered: bool = False
    number: int = 1
    linked: int = 0
    follows: bool = False
    rule: str | None = None
    score: float | None = None


def gather(root: Tag, drop: SelectorRule) -> list[Piece]:
    """Read the pieces under `root` in order; a subtree for which `drop` names a rule is one piece.

    One pass with a stack of its own, for pages may nest deeper than Python recurses.
    """
    reader = _Reader(root, drop)
    stack: list[tuple[Tag, Iterator[PageElement]]] = [(root, iter(root.contents))]
    while stack:
        tag, children = stack[-1]
        for child in children:
            if isinstance(child, Tag):
                if reader.enter(child):
                    stack.append((child, iter(child.contents)))
                    break  # its children first
            elif type(child) is NavigableString or type(child) is CData:
                reader.read(str(child))
        else:
            stack.pop()
            reader.leave(tag)
    reader.end()
    return reader.pieces


def blocks(pieces: list[Piece]) -> tuple[Block, ...]:
    """Make the Blocks of the pieces that no rule dropped; lines that belong together are one paragraph."""
    out: list[Block] = []
    joinable = False
    for piece in pieces:
        if piece.rule:
            continue
        if piece.follows and joinable:
            out[-1] = Block("paragraph", f"{out[-1].text}\n{piece.text}")
        else:
            text = _numbered(piece) if piece.ordered else piece.text
            out.append(Block(piece.kind, text, piece.level, piece.items, piece.ordered))
        joinable = piece.kind == "paragraph"
    return tuple(out)


def _numbered(piece: Piece) -> str:
    """A list's items behind the numbers that readers see before them."""
    return "\n".join(f"{number}. {item}" for number, item in enumerate(piece.items, piece.number))


@dataclass(slots=True)
class _Frame:
    """An open block element: where its pieces begin, and what its items or rows came to."""

    name: str
    start: int
    kind: BlockKind
    level: int = 0
    parts: list[list[Piece]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    rowdy: bool = False
    number: int = 1


class _Reader:
    """The walk's state: finished pieces, the open elements, and the line that is being read."""

    def __init__(self, root: Tag, drop: SelectorRule) -> None:
        self.pieces: list[Piece] = []
        self._root = root
        self._drop = drop
        self._veils = Veils(root, _BREAKING)
        self._runs: list[tuple[str, bool]] = []
        self._broken = False  # whether a `<br>` is among them
        self._cut = False  # whether a rule took something out from among them
        self._links = 0
        self._frames: list[_Frame] = [_Frame("body", 0, "paragraph")]

    def read(self, text: str) -> None:
        if self._runs or not text.isspace():
            self._runs.append((text, self._links > 0))

    def enter(self, tag: Tag) -> bool:
        """Take `tag` in; True where its children are to be walked."""
        name = tag.name
        if name in _UNREADABLE or (name == "button" and not unfolds(tag)):
            return False
        if name == "br":
            self._broken = True
            self.read(_LINE)
            return False
        rule = "hidden" if "hidden" in tag.attrs and self._veils.hides(tag) else self._drop(tag)
        rule = rule or (CALL if name == "sup" and is_call(tag) else None)
        if rule and not self._in_sentence(tag, rule) and self._drop_whole(tag, rule):
            return False
        if name in _BREAKING:
            self.end()
            self._frames.append(_Frame(name, len(self.pieces), *self._kind(name)))
            if name == "ol" and (number := str(tag.get("start", ""))).isdecimal():
                self._frames[-1].number = int(number[:6])
        self._links += name == "a"
        return True

    def _drop_whole(self, tag: Tag, rule: str) -> bool:
        """Drop the subtree, unless it is over half of the whole: some pages wrap all in class="caption"."""
        text = squash(" ".join(tag.strings))
        if len(text) > _CELL_LENGTH and 2 * len(text) > len(self._root.get_text()):
            return False
        if tag.name in _BREAKING:
            self.end()
        else:
            self._cut = True
        if text:
            self.pieces.append(Piece("paragraph", text, rule=rule))
        return True

    def _in_sentence(self, tag: Tag, rule: str) -> bool:
        """Whether an inline element is a part of a sentence: words of their own go on beside it."""
        label = rule in _LABELS and tag.get_text().strip().istitle()
        if tag.name in _BREAKING or rule in _UNSEEN or label or tag.find("img") is not None:
            return False
        if not _has_words(tag) or not (after := _after(tag).lstrip()):
            return False
        before = "".join([text for text, _ in self._runs]).rstrip()
        if before:
            return not (is_ended(before) or before.endswith(_PARTING))
        return after[0] in _GOING_ON or not (after[0].isupper() or not after[0].isalpha())

    def leave(self, tag: Tag) -> None:
        """Close `tag`: the end of a link or of a block."""
        self._links -= tag.name == "a"
        if tag.name in _BREAKING and len(self._frames) > 1:
            self.end()
            self._close(self._frames.pop())

    def end(self) -> None:
        """End the block: what was read becomes pieces, one a line."""
        if not self._runs:
            return
        gap = 2
        frame = self._frames[-1]
        for line in _lines(self._runs) if self._broken else (self._runs,):
            text = squash("".join([text for text, _ in line]))
            if not text or (self._cut and not any(map(str.isalnum, text))):  # commas between tags
                gap += 1
                continue
            linked = sum([len(squash(part)) for part, in_link in line if in_link])
            self.pieces.append(Piece(frame.kind, text, frame.level, linked=linked, follows=gap == 0))
            gap = 0
        self._runs = []
        self._broken = self._cut = False

    def _kind(self, name: str) -> tuple[BlockKind, int]:
        if name in _HEADINGS:
            return ("heading", _HEADINGS[name])
        frame = self._frames[-1]
        if name == "figcaption" or frame.kind == "caption":
            return ("caption", 0)
        return (frame.kind, frame.level) if name == "button" else ("paragraph", 0)

    def _close(self, frame: _Frame) -> None:
        """Hand a closed item, cell or row to the list or table it belongs to; make whole what is complete."""
        owner = self._frames[-1]
        if frame.name == "tr":
            owner.rows.append([" ".join(piece.text for piece in cell) for cell in frame.parts])
            owner.rowdy |= frame.rowdy
        elif frame.name in _SECTIONS:
            owner.rows += frame.rows
            owner.rowdy |= frame.rowdy
        elif frame.name in _PARTS:
            kept = [piece for piece in self.pieces[frame.start :] if not piece.rule]
            owner.parts.append(kept)
            owner.rowdy |= any(
                piece.kind not in _ITEM_KINDS or len(piece.text) > _CELL_LENGTH for piece in kept
            )
        elif frame.name in _WHOLE:
            inside = self.pieces[frame.start :]
            if whole := _whole(frame, [piece for piece in inside if not piece.rule]):
                self.pieces[frame.start :] = [piece for piece in inside if piece.rule] + [whole]


def _has_words(tag: Tag) -> bool:
    """Whether the block around an inline element says more than all of its kind: a row of tags does not."""
    block = next((up for up in tag.parents if up.name in _BREAKING), tag)
    beside = len(block.get_text()) - sum(len(each.get_text()) for each in block.find_all(tag.name, limit=50))
    return beside >= _WORDS


def _after(tag: Tag) -> str:
    """The text that follows an inline element in its block, up to the next element."""
    at: PageElement | None = tag
    while at is not None and at.next_sibling is None:
        at = at.parent
        if at is None or at.name in _BREAKING:
            return ""
    following = at.next_sibling if at is not None else None
    return str(following) if type(following) is NavigableString else ""


def _lines(runs: list[tuple[str, bool]]) -> Iterator[list[tuple[str, bool]]]:
    """Part what was read at its line breaks."""
    line: list[tuple[str, bool]] = []
    for run in runs:
        if run[0] == _LINE:
            yield line
            line = []
        else:
            line.append(run)
    yield line


def _whole(frame: _Frame, inside: list[Piece]) -> Piece | None:
    """Make the list, table or quote that `frame` is; None where its parts had better stay apart."""
    if not inside:
        return None
    linked = sum(piece.linked for piece in inside)
    if frame.name == "blockquote":
        return Piece("quote", "\n".join(piece.text for piece in inside), linked=linked)
    if frame.name == "table":
        rows = tuple("\t".join(row) for row in frame.rows if any(row))
        columns = max((sum(map(bool, row)) for row in frame.rows), default=0)
        if frame.rowdy or columns < 2:  # noqa: PLR2004 - one column is no table
            return None
        return Piece("table", "\n".join(rows), items=rows, linked=linked)
    return _list(frame, inside, linked)


def _list(frame: _Frame, inside: list[Piece], linked: int) -> Piece | None:
    """Make a list of plain items; one of cards (headings, captions, several paragraphs each) stays apart."""
    parts = [part for part in frame.parts if part]
    if sum(map(len, parts)) != len(inside):
        return None
    for part in parts:
        if part[0].kind not in _ITEM_KINDS or any(piece.kind != "list" for piece in part[1:]):
            return None
    said = [[text for piece in part for text in (piece.items or (piece.text,))] for part in parts]
    if frame.name == "ol":  # a list within an item is a part of it: the numbers are the page's
        said = [["\n".join(texts)] for texts in said]
    items = tuple(text for texts in said for text in texts)
    return Piece(
        "list", "\n".join(items), items=items, ordered=frame.name == "ol", number=frame.number, linked=linked
    )
