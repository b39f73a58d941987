"""The workshop: pure. Bytes in, values out; no network, clock, environment or database."""

from parsers.model import Block, Draft, Dropped, Hints, Image, NotAnArticle, Origin, Page

__all__ = ["Block", "Draft", "Dropped", "Hints", "Image", "NotAnArticle", "Origin", "Page"]
