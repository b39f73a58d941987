"""The workshop: pure. Bytes in, values out; no network, clock, environment or database."""

from parsers.article import PARSER_VERSION, parse
from parsers.model import Block, Draft, Dropped, Hints, Image, NotAnArticle, Origin, Page

__all__ = [
    "PARSER_VERSION",
    "Block",
    "Draft",
    "Dropped",
    "Hints",
    "Image",
    "NotAnArticle",
    "Origin",
    "Page",
    "parse",
]
