"""Cut a page down to chosen blocks: their common ancestor, with everything else taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from parsers.markup import (
    BREAK,
    CLOSING,
    FIGURE,
    IMAGE,
    KINDS,
    LINK,
    MENU,
    OTHER,
    VOID_TAGS,
    attributes_of,
    escape,
    is_blank,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborNode

    from parsers.tree import Run, Tree


_CELLS = frozenset({"td", "th"})


class Sink(Protocol):
    """What takes the kept part of a page in, tag by tag and always balanced."""

    def start(self, node: LexborNode) -> None:
        """Open an element."""

    def end(self) -> None:
        """Close the element that was opened last."""

    def text(self, text: str) -> None:
        """Take text in, unescaped."""


def cut_down(tree: Tree, kept: Sequence[bool]) -> str:
    """Render the common ancestor of the kept blocks as HTML; "" when no block is kept."""
    markup = _Markup()
    cut(tree, kept, markup)
    return "".join(markup.parts)


def cut(tree: Tree, kept: Sequence[bool], sink: Sink) -> None:
    """Hand `sink` the common ancestor of the kept blocks, with all other text and empty elements taken out.

    Figures between the first and the last kept block stay whole.
    """
    wanted = [run for run, keep in zip(tree.runs, kept, strict=True) if keep]
    if wanted:
        ancestor = tree.elements[_common_ancestor(tree, wanted[0].element, wanted[-1].element)]
        _hand_on(tree, _owned(tree, wanted), range(ancestor.first, wanted[-1].last + 1), sink)


def _owned(tree: Tree, wanted: list[Run]) -> bytearray:
    """Mark the pieces that stay: those of the wanted blocks, and of figures among them."""
    owned = bytearray(len(tree.nodes))
    for run in wanted:
        owned[run.first : run.last + 1] = b"\1" * (run.last + 1 - run.first)
    for first, last in _figures(tree.kinds, wanted[0].first + 1, wanted[-1].last + 1):
        owned[first:last] = b"\1" * (last - first)
    return owned


def _figures(kinds: list[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Find the figures that begin and end among the pieces from `start` to `end`: each one's pieces."""
    opened: list[int] = []
    for index, kind in enumerate(kinds[start:end], start):
        if kind == FIGURE:
            opened.append(index)
        elif kind == FIGURE + CLOSING and opened:
            yield opened.pop(), index + 1


def _common_ancestor(tree: Tree, one: int, other: int) -> int:
    """Climb from both: elements are numbered in document order, so a parent's number is always smaller."""
    while one != other:
        if one > other:
            one = tree.elements[one].parent
        else:
            other = tree.elements[other].parent
    return one


def _hand_on(tree: Tree, owned: bytearray, places: range, sink: Sink) -> None:
    """Open an element only when something kept stands in it, so that what comes out is always balanced."""
    nodes, kinds, texts = tree.nodes, tree.kinds, tree.texts
    pending: list[LexborNode] = []  # elements not opened yet
    cells = _Cells(tree, owned)
    opened = 0
    for index in places:
        node, kind = nodes[index], kinds[index]
        if node is None:
            if pending:
                cells.close(pending, sink)
            elif opened:
                opened -= 1
                sink.end()
        elif kind < BREAK:
            pending.append(node)
        elif owned[index] and kind < MENU and _stands(kind, pending, opened):
            opened += cells.open(pending if kind == IMAGE else [], sink)
            sink.start(node)
            sink.end()
        if owned[index] and (text := texts[index]):
            if pending and not is_blank(text):  # white space opens nothing, but parts words all the same
                opened += cells.open(pending, sink)
            sink.text(text)
    for _ in range(opened):
        sink.end()


def _stands(kind: int, pending: list[LexborNode], opened: int) -> bool:
    """Whether an image or a break is written: one in empty bold breaks the line around it all the same."""
    if kind == IMAGE or not pending:
        return True
    return kind == BREAK and opened > 0 and all(KINDS.get(node.tag_id, OTHER) >= LINK for node in pending)


class _Cells:
    """The empty cells of a table's rows: what stands beside them keeps its column."""

    def __init__(self, tree: Tree, owned: bytearray) -> None:
        held = (run for run in tree.runs if owned[run.first])
        self._tabular = any(tree.elements[run.element].tag in _CELLS for run in held)
        self._empty: list[LexborNode] = []  # of a row that is not open yet

    def close(self, pending: list[LexborNode], sink: Sink) -> None:
        """Close an element that was never opened: a cell is written all the same, once its row is."""
        closed = pending.pop()
        if not self._tabular:
            return
        if closed.tag == "tr":
            self._empty.clear()
        elif closed.tag in _CELLS and pending and pending[-1].tag == "tr":
            self._empty.append(closed)
        elif closed.tag in _CELLS and not pending:
            sink.start(closed)
            sink.end()

    def open(self, pending: list[LexborNode], sink: Sink) -> int:
        """Open the elements that waited; how many they were."""
        count = len(pending)
        for node in pending:
            sink.start(node)
            if self._empty and node.tag == "tr":
                for cell in self._empty:
                    sink.start(cell)
                    sink.end()
                self._empty.clear()
        pending.clear()
        return count


class _Markup:
    """A sink that writes HTML."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._open: list[str] = []

    def start(self, node: LexborNode) -> None:
        tag = node.tag or ""
        self.parts.append(f"<{tag}{attributes_of(node)}>")
        self._open.append("" if tag in VOID_TAGS else f"</{tag}>")

    def end(self) -> None:
        self.parts.append(self._open.pop())

    def text(self, text: str) -> None:
        self.parts.append(escape(text))
