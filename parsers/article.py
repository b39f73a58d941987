"""The whole walk of one page: bytes -> text -> tree -> the story's blocks -> a Draft."""

from __future__ import annotations

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

from parsers import plain
from parsers.blocks import Piece, blocks, gather
from parsers.boilerplate import rules
from parsers.clues import Clues, read_clues, read_plain
from parsers.decode import decode
from parsers.fields import Fields, as_draft
from parsers.locate import locate
from parsers.model import Block, Draft, NotAnArticle, Page
from parsers.resolve import complete, resolve
from parsers.text import clean, fold
from parsers.tree import read_tree

PARSER_VERSION = "1"


def parse(page: Page) -> Draft:
    """Read the article on `page`; raises NotAnArticle with its reason where there is none, nothing else."""
    text = clean(decode(page.content, page.content_type))
    if plain.is_plain(text, page.content_type):
        clues, pieces = _from_text(text, page)
    else:
        clues, pieces = _from_html(text, page)
    fields = resolve(clues, page)
    rules().judge(pieces)
    title = fold(fields.title)
    for piece in pieces:
        if not piece.rule and fold(piece.text) == title:
            piece.rule = "title-repeated"
    return _draft(page, clues, fields, blocks(pieces))


def _from_html(text: str, page: Page) -> tuple[Clues, list[Piece]]:
    located = locate(read_tree(text))
    if not located.html:
        raise NotAnArticle("empty", "no block of the page reads like a story")
    clues = read_clues(LexborHTMLParser(text), text, page)
    return clues, gather(BeautifulSoup(located.html, "lxml"), rules().tag)


def _from_text(text: str, page: Page) -> tuple[Clues, list[Piece]]:
    parts = plain.paragraphs(text)
    clues = read_plain(plain.headline(parts) or "", page)
    return clues, [Piece("paragraph", part) for part in parts]


def _draft(page: Page, clues: Clues, fields: Fields, story: tuple[Block, ...]) -> Draft:
    body = "\n\n".join(block.text for block in story if block.kind != "caption")
    if not body.strip():
        raise NotAnArticle("empty", "no text is left once the boilerplate is stripped")
    return as_draft(complete(fields, clues, body), page, body, story)
