"""One publisher as a value: what the generic parser cannot know of its pages, in ten lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bs4 import BeautifulSoup
from bs4.element import Tag
from selectolax.lexbor import LexborHTMLParser

from parsers.blocks import Piece, SelectorRule
from parsers.fields import MAX_RAW, Fields
from parsers.hygiene import one_line
from parsers.model import Origin
from parsers.people import split_names
from parsers.text import fold


@dataclass(frozen=True, slots=True)
class Site:
    """A publisher's pages: `body`, `byline` and each of `drop` are selectors, `phrases` whole blocks that go.

    What `byline` chooses first names the authors, whatever else the page says; where it finds nobody, the
    generic choice stands.

    `host` covers its subdomains too. A site that was redesigned has one value a design: `since` and `until`
    bound the dates of publication that a design serves, the first included, the second not.
    """

    host: str
    body: str = ""
    byline: str = ""
    drop: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def serves(self, host: str, day: date | None) -> bool:
        """Whether a page of `host` published on `day` is this one's; with no day, by the design of today."""
        if host != self.host and not host.endswith(f".{self.host}"):
            return False
        if day is None:
            return self.until is None
        return (self.since is None or day >= self.since) and (self.until is None or day < self.until)

    def sign(self, page: LexborHTMLParser, fields: Fields) -> Fields:
        """Give the fields with the authors that this site's byline names."""
        node = page.css_first(self.byline) if self.byline else None
        line = one_line(node.text(separator=" "), MAX_RAW) if node is not None else ""
        names = tuple(split_names(line))
        if not names:
            return fields
        source = Origin(self.rule, self.byline, line)
        provenance = {**fields.provenance, "authors": source, "byline": source}
        return replace(fields, authors=names, byline=line, provenance=provenance)

    def dropping(self, soup: BeautifulSoup, generic: SelectorRule) -> SelectorRule:
        """Make the rule that drops what this site's selectors choose, and what `generic` drops."""
        chosen = {id(tag) for selector in self.drop for tag in soup.select(selector)}
        name = self.rule

        def drop(tag: Tag) -> str | None:
            return name if id(tag) in chosen else generic(tag)

        return drop

    def judge(self, pieces: Iterable[Piece]) -> None:
        """Drop the blocks that say one of this site's phrases and nothing else."""
        known = {fold(phrase) for phrase in self.phrases}
        for piece in pieces:
            if not piece.rule and fold(piece.text) in known:
                piece.rule = self.rule

    @property
    def rule(self) -> str:
        """The name under which what this site drops is explained."""
        return f"site {self.host}"


def site_of(sites: Iterable[Site], host: str, day: date | None) -> Site | None:
    """Choose the site whose pages these are, in the design of that day."""
    return next((site for site in sites if site.serves(host, day)), None)
