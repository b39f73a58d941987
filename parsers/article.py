"""The whole walk of one page: bytes -> text -> tree -> the story's blocks -> a Draft."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

from parsers import plain, rough
from parsers.blocks import Piece, blocks, gather
from parsers.boilerplate import rules
from parsers.decode import decode
from parsers.locate import locate
from parsers.model import Block, Draft, NotAnArticle, Origin, Page
from parsers.text import clean, fold
from parsers.tree import read_tree

PARSER_VERSION = "1"


def parse(page: Page) -> Draft:
    """Read the article on `page`; raises NotAnArticle with its reason, and nothing else, where there is none."""
    text = clean(decode(page.content, page.content_type))
    if plain.is_plain(text, page.content_type):
        fields, pieces = _from_text(text, page)
    else:
        fields, pieces = _from_html(text)
    rules().judge(pieces)
    title = fold(fields["title"])
    for piece in pieces:
        if not piece.rule and fold(piece.text) == title:
            piece.rule = "title-repeated"
    return _draft(page, fields, blocks(pieces))


def _from_html(text: str) -> tuple[dict[str, Any], list[Piece]]:
    fields = rough.fields(LexborHTMLParser(text))
    located = locate(read_tree(text))
    if not located.html:
        raise NotAnArticle("empty", "no block of the page reads like a story")
    return fields, gather(BeautifulSoup(located.html, "lxml"), rules().tag)


def _from_text(text: str, page: Page) -> tuple[dict[str, Any], list[Piece]]:
    parts = plain.paragraphs(text)
    title = page.hints.title or plain.headline(parts) or ""
    return {"title": title}, [Piece("paragraph", part) for part in parts]


def _draft(page: Page, fields: dict[str, Any], story: tuple[Block, ...]) -> Draft:
    body = "\n\n".join(block.text for block in story if block.kind != "caption")
    if not body.strip():
        raise NotAnArticle("empty", "no text is left once the boilerplate is stripped")
    return Draft(
        url=page.url,
        original_url=page.original_url,
        host=urlsplit(page.url).hostname or "",
        text=body,
        blocks=story,
        word_count=len(body.split()),
        provenance={"title": Origin("rough", "page", fields["title"])},
        **fields,
    )
