"""A Draft as people read it: plain text, Markdown or sanitised HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

from parsers.model import Block, Draft

# What Markdown would read as its own marks, inside a line and at a line's beginning.
_MARKS = re.compile(r"([\\`*_\[\]<>]|&(?=[#\w]+;)|~(?=~)|(?<=~)~)")
_CLOSING = re.compile(r"(?<=\s)(#+\s*)$")
_LEADS = re.compile(r"^(\s*\d+(?=[.)])|\s*(?=[#>+|=-]))", re.MULTILINE)


def as_text(draft: Draft) -> str:
    """Render the title and the story's text, a blank line between paragraphs."""
    return "\n\n".join(part for part in (draft.title, draft.text) if part) + "\n"


def as_markdown(draft: Draft) -> str:
    """Render the title as a heading, then every block; what the page wrote is never read as a mark."""
    head = [f"# {_headed(draft.title)}"] if draft.title else []
    if line := " · ".join(_about(draft)):
        head.append(f"*{_marked(line)}*")
    return "\n\n".join([*head, *map(_markdown, draft.blocks)]) + "\n"


def as_html(draft: Draft) -> str:
    """Render an `<article>` made of a few plain elements; every word of the page is escaped."""
    head = f"<h1>{escape(draft.title)}</h1>" if draft.title else ""
    if about := _about(draft):
        head += f"<p>{escape(' · '.join(about))}</p>"
    language = f' lang="{escape(draft.language)}"' if draft.language else ""
    return f"<article{language}>\n{head}\n" + "\n".join(map(_html, draft.blocks)) + "\n</article>\n"


FORMATS: Mapping[str, Callable[[Draft], str]] = {"text": as_text, "markdown": as_markdown, "html": as_html}
"""The renderings by the name that `cleanwire parse --format` gives them; JSON is the Draft itself."""


def _about(draft: Draft) -> list[str]:
    day = draft.published_at.date().isoformat() if draft.published_at else ""
    return [part for part in (", ".join(draft.authors), day, draft.site_name or "") if part]


def _marked(text: str) -> str:
    """Escape what Markdown would take for a mark."""
    return _LEADS.sub(r"\1\\", _MARKS.sub(r"\\\1", text))


def _headed(text: str) -> str:
    """The same for a heading, at whose end Markdown takes # for its own."""
    return _CLOSING.sub(r"\\\1", _marked(text))


def _markdown(block: Block) -> str:
    text = _marked(block.text)
    if block.kind == "heading":
        return f"{'#' * max(2, block.level)} {_headed(block.text)}"
    if block.kind == "quote":
        return "\n>\n".join(f"> {line}" for line in text.split("\n"))
    if block.kind == "caption":
        return f"*{text}*"
    if block.kind == "list":
        marks = (f"{n}." if block.ordered else "-" for n, _ in enumerate(block.items, _first(block)))
        return "\n".join(f"{mark} {_marked(item)}" for mark, item in zip(marks, block.items, strict=True))
    if block.kind == "table":
        width = max(row.count("\t") for row in block.items) + 1
        rows = [f"| {' | '.join(_cells(row, width))} |" for row in block.items]
        return "\n".join([rows[0], "|" + " --- |" * width, *rows[1:]])
    return text.replace("\n", "  \n")


def _cells(row: str, width: int) -> list[str]:
    cells = [_MARKS.sub(r"\\\1", cell).replace("|", "\\|") for cell in row.split("\t")]
    return cells + [""] * (width - len(cells))


def _first(block: Block) -> int:
    """The number of an ordered list's first item, as its plain rendering tells it."""
    digits = block.text.partition(".")[0]
    return int(digits) if block.ordered and digits.isdecimal() else 1


def _html(block: Block) -> str:
    text = escape(block.text).replace("\n", "<br>")
    if block.kind == "heading":
        level = min(6, max(2, block.level))
        return f"<h{level}>{text}</h{level}>"
    if block.kind == "list":
        tag = "ol" if block.ordered else "ul"
        start = f' start="{_first(block)}"' if block.ordered and _first(block) != 1 else ""
        return f"<{tag}{start}>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</{tag}>"
    if block.kind == "table":
        rows = (row.split("\t") for row in block.items)
        return (
            "<table>"
            + "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in rows)
            + "</table>"
        )
    tag = {"quote": "blockquote", "caption": "figcaption"}.get(block.kind, "p")
    return f"<{tag}>{text}</{tag}>"
