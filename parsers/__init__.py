"""The workshop: pure. Bytes in, values out; no network, clock, environment or database."""

from typing import TYPE_CHECKING, Any

from parsers.model import Block, Draft, Dropped, Hints, Image, NotAnArticle, Origin, Page
from parsers.version import parser_version

if TYPE_CHECKING:
    from parsers.article import parse

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


def __getattr__(name: str) -> Any:
    """Load the parser when it is first asked for (PEP 562): whoever only handles pages spares 30 MB."""
    if name != "parse":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from parsers.article import parse as whole  # noqa: PLC0415 - the point of this function

    globals()["parse"] = whole
    return whole
