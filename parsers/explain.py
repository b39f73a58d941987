"""Why the parser decided as it did: every block with its rule, every field with its candidates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from html import escape

from parsers.article import Work, read
from parsers.blocks import Piece
from parsers.fields import Candidate, Fields
from parsers.locate import Verdict
from parsers.model import BlockKind, Image, NotAnArticle, Origin, Page
from parsers.text import squash

_MATCHED = 60  # characters by which a block is known again
_AHEAD = 12  # pieces that may stand before the one of a block: captions, which locate keeps unasked
_STYLE = (
    "body{font:16px/1.5 serif;max-width:46em;margin:2em auto;padding:0 1em;color:#000}"
    "del{color:#999}code{font-size:12px;color:#a33;text-decoration:none}table{border-collapse:collapse}"
    "td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
)


@dataclass(frozen=True, slots=True)
class Decision:
    """One block, kept or dropped by `rule`; `score` is locate's, 0-1, None where it had no say."""

    text: str
    kept: bool
    rule: str
    kind: BlockKind = "paragraph"
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One field: the value it got, as text, where that came from, and all that stood for it."""

    value: str | None
    origin: Origin | None = None
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was decided on a page; `refused` is the reason where it is no article, `detail` that in words.

    `dataclasses.asdict` of it holds nothing but what JSON can say.
    """

    url: str
    refused: str | None = None
    detail: str = ""
    blocks: tuple[Decision, ...] = ()
    fields: Mapping[str, Choice] = field(default_factory=dict)


def explain(page: Page) -> Explanation:
    """Parse `page` and say why: raises nothing, for a page that is no article is explained too."""
    try:
        work = read(page, explain=True)
    except NotAnArticle as no:
        return Explanation(page.url, no.reason, no.detail)
    refused, detail = None, ""
    try:
        work.judge()
    except NotAnArticle as no:
        refused, detail = no.reason, no.detail
    return Explanation(page.url, refused, detail, tuple(_decisions(work)), _choices(work.complete_fields()))


def _decisions(work: Work) -> Iterator[Decision]:
    """Every block of the page in order: those that locate left out, and between them the strip's pieces."""
    if not work.verdicts:
        yield from map(_decided, work.pieces)
        return
    told = 0  # pieces
    for verdict in work.verdicts:
        if not verdict.kept:
            yield Decision(verdict.text, kept=False, rule=verdict.rule, score=round(verdict.score, 3))
        elif not (told and _holds(work.pieces[told - 1], verdict)):
            ahead = work.pieces[told : told + _AHEAD]
            found = next((n for n, piece in enumerate(ahead, 1) if _holds(piece, verdict)), 0)
            for piece in ahead[:found]:
                yield _decided(piece, verdict.score)
            told += found
    yield from map(_decided, work.pieces[told:])


def _holds(piece: Piece, verdict: Verdict) -> bool:
    """Whether a block that locate kept is (a part of) this piece."""
    return squash(verdict.text)[:_MATCHED] in squash(piece.text)


def _decided(piece: Piece, score: float | None = None) -> Decision:
    rounded = None if score is None else round(score, 3)
    return Decision(piece.text, not piece.rule, piece.rule or "story", piece.kind, rounded)


def _choices(chosen: Fields) -> dict[str, Choice]:
    names = [each.name for each in fields(chosen) if each.name not in {"provenance", "ranked"}]
    return {
        name: Choice(
            _said(getattr(chosen, name)), chosen.provenance.get(name), tuple(chosen.candidates.get(name, ()))
        )
        for name in names
    }


def _said(value: object) -> str | None:
    """Put a field's value in words; None for a field that has none."""
    if value in (None, "", ()):
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return "; ".join(each.url if isinstance(each, Image) else str(each) for each in value)
    return str(value)


def as_html(explanation: Explanation) -> str:
    """Render as one self-contained page: kept blocks in black, dropped ones struck out with their rule."""
    verdict = (
        f"Not an article: {explanation.refused} ({explanation.detail})"
        if explanation.refused
        else "An article"
    )
    rows = (
        f"<tr><th>{escape(name)}<td>{escape(choice.value or '')}<td>{_sources(choice)}"
        for name, choice in explanation.fields.items()
    )
    return (
        f'<!doctype html><meta charset="utf-8"><title>{escape(explanation.url)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(explanation.url)}</h1><p>{escape(verdict)}</p>"
        f"<table><tr><th>field<th>value<th>candidates{''.join(rows)}</table>"
        f"{''.join(map(_block, explanation.blocks))}"
    )


def _block(decision: Decision) -> str:
    text = escape(decision.text).replace("\n", "<br>")
    if not decision.kept:
        return f"<p><del>{text}</del> <code>{escape(decision.rule)}</code></p>"
    tag = {"heading": "h2", "quote": "blockquote", "caption": "figcaption"}.get(decision.kind, "p")
    return f"<{tag}>{text}</{tag}>"


def _sources(choice: Choice) -> str:
    lines: Sequence[str] = [
        f"{'✓ ' if c.taken else ''}{c.value} ({c.score:g}; {', '.join(o.rule for o in c.origins)})"
        for c in choice.candidates
    ]
    if not lines and choice.origin:
        lines = [f"{choice.origin.rule}: {choice.origin.place}: {choice.origin.raw}"]
    return "<br>".join(map(escape, lines))
