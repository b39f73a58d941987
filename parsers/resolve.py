"""From clues to fields: every value chosen by what agrees with the other clues and the visible page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from parsers import urls
from parsers.authors import choose_authors
from parsers.clue import Clue, FieldName
from parsers.clues import Clues
from parsers.dateline import find_dateline
from parsers.fields import Fields, origin
from parsers.hygiene import TEXT_LIMIT, plain
from parsers.images import add_images, choose_images
from parsers.kind import decide_free, decide_kind
from parsers.language import count_words, decide, tag
from parsers.model import Origin, Page, Precision
from parsers.pager import follows
from parsers.published import (
    Dated,
    choose_moment,
    date_options,
    in_its_language,
    month_first,
    part_changes,
    read_dates,
    url_dates,
    weigh_dates,
)
from parsers.titles import title_options
from parsers.weigh import Option, Verdict, weigh

MAX_TAGS: Final = 40
_OPENING: Final = 3  # paragraphs: a standfirst or a list of what is told may go before the dateline
_COMMAS: Final = re.compile(r"\s*[,;|、，]\s*")
_TAG_MARKS: Final = re.compile(  # of a list in JSON, a hash, a prefix
    r"^[\[\"'#\s]*(?:tag:)?|[\]\"'\s]+$"
)
_LANGUAGE_FOLDER: Final = re.compile(r"[a-z]{2}(?:[-_][a-zA-Z]{2})?")
_FOLDER: Final = re.compile(r"[a-z]{4,20}(?:-[a-z]{3,12})?")
_NO_SECTIONS: Final = frozenset({
    "article", "articles", "story", "stories", "content", "post", "posts", "page", "pages", "archive",
    "archives", "blog", "blogs", "node", "index", "item", "view", "artikel", "nachricht", "nachrichten",
    "news", "newsroom", "aktuelles", "detail", "details", "entry", "entries", "category",
    "amphtml", "print", "release", "releases", "press-release", "author", "authors", "user", "users", "share",
    "mobile",
})  # fmt: skip


@dataclass(slots=True)
class _Ledger:
    """Where values and their origins are gathered while a page is resolved."""

    values: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Origin] = field(default_factory=dict)
    ranked: dict[str, tuple[list[Verdict], list[Option]]] = field(default_factory=dict)

    def take(self, name: str, value: Any, clue: Clue | None) -> None:
        if value not in (None, "", ()):
            self.values[name] = value
            if clue is not None:
                self.provenance[name] = origin(clue)

    def show(self, name: str, ranked: list[Verdict], taken: list[Option]) -> None:
        self.ranked[name] = ranked, taken


def resolve(clues: Clues, page: Page) -> Fields:
    """The fields that the clues alone give, `complete` does the rest; raises nothing, whatever they hold."""
    ledger = _Ledger()
    ledger.values["host"] = urls.host_of(page.url)
    _site(clues, ledger)
    _title(clues, page, ledger)
    _authors(clues, page, ledger)
    _dates(clues, page, ledger)
    _addresses(clues, page, ledger)
    _words(clues, _base(page, ledger), ledger)
    if not ledger.values["host"]:  # a saved page: its publisher is where its own address says
        ledger.values["host"] = urls.host_of(ledger.values.get("canonical_url") or "")
    _nature(clues, _base(page, ledger), ledger)
    return Fields(**ledger.values, provenance=ledger.provenance, ranked=ledger.ranked)


def complete(fields: Fields, clues: Clues, text: str) -> Fields:
    """The fields with what only the story's text can tell: its language, dateline and word count."""
    ledger = _Ledger(provenance=dict(fields.provenance))
    _language(clues, text, ledger)
    dateline = next(filter(None, map(find_dateline, text.split("\n\n", _OPENING)[:_OPENING])), None)
    if dateline:
        ledger.values["dateline"] = dateline
        ledger.provenance["dateline"] = Origin("dateline", "first paragraph", text[:100])
    return replace(fields, **ledger.values, word_count=count_words(text), provenance=ledger.provenance)


def with_pictures(fields: Fields, clues: Clues, page: Page, addresses: Collection[str]) -> Fields:
    """The fields with the pictures that stand in the story itself, behind those that the clues name."""
    if not addresses:
        return fields
    base = page.url if urls.host_of(page.url) else fields.canonical_url or page.url
    images = add_images(fields.images, addresses, _against(clues, base))
    if len(images) == len(fields.images):
        return fields
    told = {"images": Origin("story", "img", images[0].url)} | dict(fields.provenance)
    return replace(fields, images=images, provenance=told)


def site_names(clues: Clues, page: Page) -> list[str]:
    """The names that the page gives its site, and its domain's own."""
    host = urls.registered_name(urls.host_of(page.url))
    return [*(plain(clue.value, 100) for clue in clues.of("site_name")), host]


def _base(page: Page, ledger: _Ledger) -> str:
    """The address that relative ones are resolved against: a saved page's is its canonical one."""
    return page.url if urls.host_of(page.url) else ledger.values.get("canonical_url") or page.url


def _against(clues: Clues, base: str) -> str:
    """What relative addresses are resolved against: what the page says, itself against `base`."""
    return next((found for clue in clues.of("base") if (found := urls.absolute(clue.value, base))), base)


def _site(clues: Clues, ledger: _Ledger) -> None:
    named = [(plain(clue.value, 100), clue) for clue in clues.of("site_name")]
    named = [(name, clue) for name, clue in named if name and "/" not in name and not name.startswith("@")]
    order = {"og:site_name": 0}
    named.sort(key=lambda item: order.get(item[1].place, 1 if item[1].rule.startswith("jsonld") else 2))
    if named:
        ledger.take("site_name", *named[0])


def _title(clues: Clues, page: Page, ledger: _Ledger) -> None:
    papers = [clue.value for clue in clues.of("author") if clue.note == "organization"]  # a portal names them
    names = [*site_names(clues, page), *papers]
    ranked = weigh("title", title_options(clues.of("title"), page.url, names))
    ledger.show("title", ranked, [verdict.option for verdict in ranked[:1]])
    if ranked:
        ledger.take("title", ranked[0].option.value, ranked[0].option.clues[0])


def _authors(clues: Clues, page: Page, ledger: _Ledger) -> None:
    chosen, ranked = choose_authors(clues.of("author"), site_names(clues, page))
    ledger.show("authors", ranked, [verdict.option for verdict in chosen])
    if not chosen:
        return
    ledger.take("authors", tuple(verdict.option.value for verdict in chosen), chosen[0].option.clues[0])
    seen = [clue for verdict in chosen for clue in verdict.option.clues if clue.steps]
    if seen:
        best = min(seen, key=lambda clue: (clue.rule not in {"by-line", "byline"}, clue.steps))
        ledger.take("byline", plain(best.value.replace(" | ", " "), 300), best)


def _dates(clues: Clues, page: Page, ledger: _Ledger) -> None:
    claims = [clue.value for clue in clues.of("language")]
    american = month_first(claims, page.url)
    stated, changes = part_changes([*in_its_language(clues.of("published"), claims), *url_dates(page.url)])
    published = read_dates(stated, page.fetched_at, american=american)
    changed = in_its_language([*clues.of("modified"), *changes], claims)
    modified = read_dates(changed, page.fetched_at, american=american)
    ranked = weigh_dates(date_options(published, modified, page.url))
    ledger.show("published_at", ranked, [verdict.option for verdict in ranked[:1]])
    best = choose_moment(ranked[0].option.value, [*published, *modified]) if ranked else None
    _moment("published_at", best, stated, ledger)
    if best:
        precision: Precision = best.moment.precision
        ledger.values["published_precision"] = precision
    _moment("modified_at", _latest(modified, best), clues.of("modified"), ledger)


def _moment(name: str, best: Dated | None, clues: Iterable[Clue], ledger: _Ledger) -> None:
    if best is not None:
        ledger.take(name, best.moment.at, best.clue)
        return
    unread = next(iter(clues), None)
    if unread is not None:
        ledger.provenance[name] = Origin("impossible", unread.place, origin(unread).raw)


def _latest(modified: list[Dated], published: Dated | None) -> Dated | None:
    """The first of the page's modification times that is not before its publication; metadata goes first.

    A time without an offset is told in that of the publication.
    """
    since: datetime | None = published.moment.at if published else None
    later = [each for each in modified if since is None or each.moment.at.date() >= since.date()]
    best = max(later, key=lambda each: _rank(each, since), default=None)
    if best is None or published is None or best.moment.zoned or not published.moment.zoned:
        return best
    at = best.moment.at.replace(tzinfo=published.moment.at.tzinfo)
    return replace(best, moment=replace(best.moment, at=at))


def _rank(each: Dated, since: datetime | None) -> tuple[bool, bool, bool, bool]:
    moment = each.moment
    return each.clue.steps == 0, moment.at != since, moment.zoned, moment.precision == "second"


def _language(clues: Clues, text: str, ledger: _Ledger) -> None:
    stated = clues.of("language")
    language = decide(text, (clue.value for clue in stated))
    same = [
        clue
        for clue in stated
        if language and (tag(clue.value) or "").split("-")[0] == language.split("-")[0]
    ]
    ledger.take("language", language, same[0] if same else Clue("language", text[:80], "text", "story"))


def _words(clues: Clues, base: str, ledger: _Ledger) -> None:
    title = ledger.values.get("title", "")
    _first(clues, "description", lambda value: plain(value, TEXT_LIMIT), ledger)
    _first(clues, "subtitle", lambda value: _subtitle(value, title), ledger)
    _first(clues, "section", _section, ledger)
    named, clue = _section_of_address(base)
    authors = {author.replace(" ", "").casefold() for author in ledger.values.get("authors", ())}
    if "section" not in ledger.values and (named or "").replace(" ", "").casefold() not in authors:
        ledger.take("section", named, clue)
    _first(clues, "license", lambda value: _license(value, base), ledger)
    best: list[str] = []
    for clue in clues.of("tag"):
        words = [plain(_TAG_MARKS.sub("", word), 100) for word in _COMMAS.split(clue.value)]
        group = [word for word in dict.fromkeys(words) if word]
        if clue.place in {"article:tag", "a[rel=tag]"} or clue.rule == "jsonld":
            best.extend(group)
            ledger.provenance.setdefault("tags", origin(clue))
        elif not best and len(group) < MAX_TAGS:
            best = group
            ledger.provenance.setdefault("tags", origin(clue))
    spelt: dict[str, str] = {}
    for word in best:
        spelt.setdefault(word.casefold(), word)
    ledger.take("tags", tuple(spelt.values())[:MAX_TAGS], None)


def _first(clues: Clues, name: FieldName, read: Callable[[str], str | None], ledger: _Ledger) -> None:
    for clue in clues.of(name):
        value = read(clue.value)
        if value:
            ledger.take(name, value, clue)
            return


def _subtitle(value: str, title: str) -> str | None:
    text = plain(value)
    same = text.casefold().strip(" .") == title.casefold().strip(" .")
    return None if same or len(text.split()) < 3 else text  # noqa: PLR2004 - a word or two is a kicker


def _section(value: str) -> str | None:
    text = plain(value.rpartition(" > ")[2], 80)
    return text if text and "/" not in text.strip("/") and len(text.split()) <= 6 else None  # noqa: PLR2004


def _section_of_address(url: str) -> tuple[str | None, Clue]:
    """The first folder of a web address where it reads like a section's name; a file's are nobody's."""
    parts = urlsplit(url)
    folders = parts.path.strip("/").split("/")[:-1] if parts.scheme in {"http", "https"} else []
    name = next((each for each in folders if not _LANGUAGE_FOLDER.fullmatch(each)), "")
    fits = _FOLDER.fullmatch(name) is not None and name not in _NO_SECTIONS
    return (name.replace("-", " ").capitalize() if fits else None), Clue("section", name, "url-word", "path")


def _license(value: str, base: str) -> str | None:
    if value.startswith(("http", "/")):
        return urls.absolute(value, base)
    return plain(value, 200) or None


def _addresses(clues: Clues, page: Page, ledger: _Ledger) -> None:
    base = _against(clues, page.url)
    for rank in ("link", "jsonld", "meta"):
        for clue in clues.of("canonical"):
            claimed = urls.absolute(clue.value, base) if clue.rule == rank else None
            address = urls.canonical(claimed, page.url) if claimed else None
            if address and "canonical_url" not in ledger.values:
                ledger.take("canonical_url", address, clue)
    for clue in clues.of("next_page"):
        address = urls.absolute(clue.value, base)
        if address and follows(address, page.url):
            ledger.take("next_page", address, clue)
            break


def _nature(clues: Clues, base: str, ledger: _Ledger) -> None:
    images, clue = choose_images(clues.of("image"), _against(clues, base))
    ledger.take("images", images, clue)
    free, clue = decide_free(clues.of("free"))
    ledger.take("is_free", free, clue)
    kind, clue = decide_kind(
        clues.of("kind"), base, ledger.values.get("title", ""), ledger.values.get("section")
    )
    ledger.take("kind", kind, clue)
