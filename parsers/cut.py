"""Cut a page down to chosen blocks: their common ancestor, with everything else taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.markup import VOID_TAGS, attributes_of, escape, is_blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborNode

    from parsers.tree import Tree


def cut_down(tree: Tree, kept: Sequence[bool]) -> str:
    """Render the common ancestor of the kept blocks, with all other text and empty elements taken out.

    Figures between the first and the last kept block stay whole; "" when no block is kept.
    """
    wanted = [run for run, keep in zip(tree.runs, kept, strict=True) if keep]
    if not wanted:
        return ""
    owned = bytearray(len(tree.nodes))
    for run in wanted:
        owned[run.first : run.last + 1] = b"\1" * (run.last + 1 - run.first)
    for element in tree.elements:
        if element.tag == "figure" and wanted[0].first < element.first and element.last <= wanted[-1].last:
            owned[element.first : element.last + 1] = b"\1" * (element.last + 1 - element.first)
    ancestor = tree.elements[_common_ancestor(tree, wanted[0].element, wanted[-1].element)]
    return "".join(_rendered(tree, owned, ancestor.first, wanted[-1].last))


def _common_ancestor(tree: Tree, one: int, other: int) -> int:
    """Climb from both: elements are numbered in document order, so a parent's number is always smaller."""
    while one != other:
        if one > other:
            one = tree.elements[one].parent
        else:
            other = tree.elements[other].parent
    return one


def _rendered(tree: Tree, owned: bytearray, first: int, last: int) -> list[str]:
    """Open an element only when something kept stands in it, so that what comes out is always balanced."""
    out: list[str] = []
    pending: list[LexborNode] = []  # elements not written yet
    opened: list[str] = []  # tags of written elements, innermost last
    for index in range(first, last + 1):
        node, text = tree.nodes[index], tree.texts[index]
        if node is None:
            if pending:
                pending.pop()
            elif opened:
                out.append(f"</{opened.pop()}>")
        elif node.tag in VOID_TAGS:
            if owned[index] and (node.tag == "img" or not pending):
                _open(pending, opened, out)
                out.append(f"<{node.tag}{attributes_of(node)}>")
        elif node.is_element_node:
            pending.append(node)
        if text and owned[index]:
            if pending and not is_blank(text):  # white space opens nothing, but parts words all the same
                _open(pending, opened, out)
            out.append(escape(text))
    out.extend(f"</{tag}>" for tag in reversed(opened))
    return out


def _open(pending: list[LexborNode], opened: list[str], out: list[str]) -> None:
    for node in pending:
        out.append(f"<{node.tag}{attributes_of(node)}>")
        opened.append(node.tag or "")
    pending.clear()
