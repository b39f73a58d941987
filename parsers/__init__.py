"""The workshop: pure. Bytes in, values out; no network, clock, environment or database."""

from parsers.article import parse
from parsers.model import Block, Draft, Dropped, Hints, Image, NotAnArticle, Origin, Page
from parsers.version import parser_version

__all__ = [
    "Block",
    "Draft",
    "Dropped",
    "Hints",
    "Image",
    "NotAnArticle",
    "Origin",
    "Page",
    "parse",
    "parser_version",
]
