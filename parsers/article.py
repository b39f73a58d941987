"""The whole walk of one page: bytes -> text -> tree -> the story's blocks -> a Draft."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from bs4 import BeautifulSoup

from parsers import plain, structure, verdict
from parsers.blocks import Piece, blocks, gather
from parsers.boilerplate import rules
from parsers.clues import Clues, read_clues, read_plain
from parsers.data import refuse_data
from parsers.decode import Decoded, decode_page
from parsers.drawn import drawn_story
from parsers.fields import Fields, as_draft
from parsers.hidden import LEAD, article_body, continues, paragraphs, unveil
from parsers.inlaid import inlaid
from parsers.locate import Located, Verdict, locate
from parsers.marked import read_marked
from parsers.model import Block, Draft, Page
from parsers.resolve import complete, resolve, with_pictures
from parsers.site import Site, site_of
from parsers.sites import SITES
from parsers.soup import soup_of
from parsers.text import measure
from parsers.tree import Tree, parse_html, read_tree
from parsers.verdict import Vouched

_HIDDEN = 250  # characters, measured: a page that shows no more may hide its story, and tell it to machines
_ARTICLE_TYPES = ("article", "posting", "report", "review")  # ends of schema.org's and OpenGraph's type names


@dataclass(frozen=True)
class Work:
    """A page halfway: everything that was decided on it, before it is a Draft or no article."""

    page: Page
    clues: Clues
    fields: Fields
    pieces: list[Piece]
    tree: Tree = field(default_factory=Tree)
    verdicts: tuple[Verdict, ...] = ()
    markup: str = ""

    @cached_property
    def story(self) -> tuple[Block, ...]:
        """The story's blocks in order."""
        return blocks(self.pieces)

    @cached_property
    def text(self) -> str:
        """The story's blocks in plain words, a blank line between them, captions left out."""
        return "\n\n".join(block.text for block in self.story if block.kind != "caption")

    @property
    def asks_password(self) -> bool:
        """Whether the page holds a field for a password."""
        return 'type="password"' in self.markup

    def complete_fields(self) -> Fields:
        """Give every field, those that the story's text decides among them."""
        return complete(self.fields, self.clues, self.text)

    def judge(self) -> None:
        """Raise NotAnArticle where the page is none."""
        verdict.judge(
            verdict.Seen(
                self.page.url if self.page.url.startswith("http") else self.fields.canonical_url or "",
                self.page.status,
                self.fields.title,
                self.fields.authors,
                self._called(),
                self.tree,
                self.pieces,
                verdict.is_brief(self.pieces) and self.asks_password,  # the second reads the whole page
            )
        )

    def _called(self) -> Vouched:
        """Say how surely the page's data call it an article; plain text is taken at its word."""
        kinds = [c.rule for c in self.clues.of("kind") if c.value.lower().endswith(_ARTICLE_TYPES)]
        if {"jsonld", "microdata"} & set(kinds) or not (
            self.tree.runs or self.tree.aside or self.asks_password
        ):
            return Vouched.SURELY
        return Vouched.WEAKLY if kinds else Vouched.NOT


def parse(page: Page) -> Draft:
    """Read the article on `page`; raises NotAnArticle with its reason where there is none, nothing else."""
    work = read(page)
    work.judge()
    return as_draft(work.complete_fields(), page, work.text, work.story)


def read(page: Page, *, explain: bool = False) -> Work:
    """Decide on every block and field of `page`; raises NotAnArticle only where nothing can be read."""
    decoded = decode_page(page.content, page.content_type)
    text = decoded.text
    refuse_data(text, page.content_type)
    if plain.is_plain(text, page.content_type):
        opening = plain.read_plain_text(text)
        clues = read_plain(opening.clues, page)
        pieces = [Piece("paragraph", part, rule=rule) for part, rule in opening.parts]
        work = Work(page, clues, resolve(clues, page), pieces)
    else:
        work = _read_html(page, decoded, explain=explain)
    rules().judge(work.pieces)
    structure.judge(work.pieces, work.fields.title, work.fields.authors)
    return work


def _read_html(page: Page, decoded: Decoded, *, explain: bool) -> Work:
    text = decoded.text
    parser = parse_html(*decoded)
    marked = read_marked(parser)
    clues = read_clues(parser, decoded.utf8, page, marked)
    fields = resolve(clues, page)
    day = fields.published_at.date() if fields.published_at else None
    site = site_of(SITES, fields.host, day)
    fields = site.sign(parser, fields) if site else fields
    chosen = parser.css_first(site.body) if site and site.body else None
    told = chosen.html or "" if chosen else ""
    tree = read_tree(text, parser, marked.data)
    located = locate(tree, news=_is_news(clues), explain=explain)
    pieces = _sites_pieces(told or located.html, site) if site else _pieces(located)
    if not site and _hides(pieces) and (shown := unveil(text, bare=not tree.runs)):
        tree = read_tree(shown)
        located = locate(tree, news=_is_news(clues), explain=explain)
        pieces = _pieces(located)
    pieces = _told(pieces, clues, text, fields.title) + _captions(pieces, fields)
    fields = with_pictures(fields, clues, page, list(inlaid(located.tree, located.kept)))
    verdicts = () if told else located.verdicts
    return Work(page, clues, fields, pieces, tree, verdicts, text)


def _told(pieces: list[Piece], clues: Clues, html: str, title: str) -> list[Piece]:
    """The story as the page's data tell it, where the page shows nothing or only its beginning."""
    shown = [piece.text for piece in pieces if piece.kind != "caption"]
    hides = _hides(pieces)
    if not hides and sum(map(len, shown)) > LEAD:
        return pieces
    body = next((clue.value for clue in clues.of("body")), "")
    told = paragraphs(body or (article_body(html) if hides else ""))
    if hides and not told:
        told = drawn_story(html, title)
    if not told or not (hides or continues(told, shown)):
        return pieces
    return [Piece("paragraph", part) for part in told]


def _captions(pieces: list[Piece], fields: Fields) -> list[Piece]:
    """A gallery's captions, where none came in with the story: there the pictures tell it."""
    if fields.kind != "gallery" or any(piece.kind == "caption" for piece in pieces):
        return []
    return [Piece("caption", image.caption) for image in fields.images if image.caption]


def _hides(pieces: list[Piece]) -> bool:
    """Whether a page shows so little that it may hide its story."""
    return sum(measure(piece.text) for piece in pieces) < _HIDDEN


def _is_news(clues: Clues) -> bool:
    """Whether the page's JSON-LD calls it a news article, a report or a live blog."""
    kinds = [clue.value for clue in clues.of("kind") if clue.rule == "jsonld"]
    return any("news" in kind or kind.startswith(("live", "report")) for kind in kinds)


def _pieces(located: Located) -> list[Piece]:
    """The pieces of what was kept, each with its score; figure: what came in only with a picture goes.

    A cut keeps figures whole: beside their captions stands text that the scorer had left out.
    """
    pieces = gather(soup_of(located.tree, located.kept), rules().tag)
    known: dict[str, tuple[float, bool]] = {}
    for run, score, keep in zip(located.tree.runs, located.scores, located.kept, strict=True):
        if keep or run.text not in known:
            known[run.text] = score, keep
    for piece in pieces:
        piece.score, keep = known.get(piece.items[0] if piece.items else piece.text, (None, True))
        if not (keep or piece.rule or piece.kind == "caption"):
            piece.rule = "figure"
    return pieces


def _sites_pieces(html: str, site: Site) -> list[Piece]:
    soup = BeautifulSoup(html, "lxml")
    pieces = gather(soup, site.dropping(soup, rules().tag))
    site.judge(pieces)
    return pieces
