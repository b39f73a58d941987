"""One publisher as a value: what the generic parser cannot know of its pages, in ten lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bs4 import BeautifulSoup
from bs4.element import Tag

from parsers.blocks import Piece, SelectorRule
from parsers.text import fold


@dataclass(frozen=True, slots=True)
class Site:
    """A publisher's pages: `body` and each of `drop` are CSS selectors, `phrases` whole blocks that go.

    `host` covers its subdomains too. A site that was redesigned has one value a design: `since` and `until`
    bound the dates of publication that a design serves, the first included, the second not.
    """

    host: str
    body: str = ""
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
