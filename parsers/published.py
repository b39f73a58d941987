"""Publication dates: the days that a page names, as options, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Final

from parsers import urls
from parsers.clue import Clue
from parsers.dates import Moment, find_dates, months, possible
from parsers.language import tag
from parsers.weigh import Option, Verdict, bucket, weigh

MAX_PER_CLUE: Final = 3
LISTED: Final = 3  # days that stand alike on a page: a list
_EITHER: Final = re.compile(r"(?<!\d)(?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|1[0-2])[./-](?:\d{4}|\d{2})(?!\d)")
_EITHER_ABROAD: Final = re.compile(
    _EITHER.pattern.replace("[./-]", "[/-]")
)  # 1.9.25 is September outside America
_AMERICAN: Final = frozenset({"com", "org", "net", "us", "edu", "gov", "io", "co", "ai"})
_LISTOPAD: Final = re.compile(r"\blistopada?\b", re.IGNORECASE)
_URL_DAY: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:([/_.-])([01]?\d)\2([0-3]?\d)|([01]\d)([0-3]\d))(?!\d)"
)
_URL_DAY_LAST: Final = re.compile(r"(?<!\d)([0-3]\d)[_.-]([01]\d)[_.-]((?:19|20)\d\d)(?!\d)")
_URL_NAMED: Final = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,10})/([0-3]?\d)(?=/|$)", re.IGNORECASE)
_URL_MONTH: Final = re.compile(r"/((?:19|20)\d\d)[/-]?([01]\d)(?=[/-])")
_PUBLISHED_WORD: Final = re.compile(
    r"publi|posted|veröffentlicht|erstellt|erschienen|created|first|stand:|écrit|vom |date"
)
_MODIFIED_WORD: Final = re.compile(
    r"modif|updat|aktualis|revised|edited|änder|bearbeitet|mis à jour|actuali[sz]|atualiz|aggiorn|bijgewerkt"
    r"|güncelle|обновл|оновл|ενημερώθ|cập nhật|更新|수정|diperbarui|uppdater|oppdater|opdater|aktualiz"
    r"|päivitet|تحديث|به‌روز|อัปเดต|ปรับปรุง|अपडेट|עודכן|frissít"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment and the clue that it was read from."""

    moment: Moment
    clue: Clue


def read_dates(clues: Iterable[Clue], fetched_at: datetime | None, *, american: bool) -> list[Dated]:
    """Every possible date in the clues, at most three from one, with its clue.

    Where 9/1/25 can be read both ways, a day that the page writes out elsewhere decides, then `american`.
    Times that stand in teasers and sidebars count only where there are no others.
    """
    clues = list(clues)
    either = _EITHER if american else _EITHER_ABROAD
    told = {clue.value for clue in clues}  # most dates are told more than once
    known = {value: _possible(value, fetched_at, american=american) for value in told}
    plain = {clue: known[clue.value] for clue in clues}
    sure = {
        moment.at.date() for clue, found in plain.items() if not either.search(clue.value) for moment in found
    }
    dated: list[Dated] = []
    for clue, found in plain.items():
        moments = found
        if either.search(clue.value) and not any(moment.at.date() in sure for moment in found):
            other = _possible(clue.value, fetched_at, american=not american)
            moments = other if any(moment.at.date() in sure for moment in other) else found
        dated.extend(Dated(moment, clue) for moment in moments)
    return [each for each in dated if each.clue.rule != "time-aside"] or dated


def _possible(value: str, fetched_at: datetime | None, *, american: bool) -> list[Moment]:
    found = islice(find_dates(value, fetched_at, month_first=american), MAX_PER_CLUE)
    return [moment for moment in found if possible(moment, fetched_at)]


def part_changes(clues: Iterable[Clue]) -> tuple[list[Clue], list[Clue]]:
    """Publication clues, and those of changes: a line that says both is parted at the word of change."""
    published, changed = [], []
    for clue in clues:
        word = _MODIFIED_WORD.search(_small(clue.value)) if clue.steps else None
        if word is None:
            published.append(clue)
            continue
        changed.append(replace(clue, field="modified", value=clue.value[word.start() :]))
        before = clue.value[: word.start()]
        published.append(replace(clue, value=before) if any(letter.isdigit() for letter in before) else clue)
    return published, changed


def _small(text: str) -> str:
    """The text in lower case, letter for letter: a pattern that ignores case is five times as slow."""
    return text.replace("İ", "I").lower()


def url_dates(url: str) -> list[Clue]:
    """The day that an address bears in its path, as a clue."""
    match = _URL_DAY.search(url)
    if match:
        year, month, day = match[1], match[3] or match[5], match[4] or match[6]
        return [Clue("published", f"{year}-{month}-{day}", "url", "path")]
    match = _URL_NAMED.search(url)
    if match and match[2].lower() in months():
        return [Clue("published", f"{match[1]}-{months()[match[2].lower()]:02}-{match[3]}", "url", "path")]
    match = _URL_DAY_LAST.search(url)
    return [Clue("published", f"{match[3]}-{match[2]}-{match[1]}", "url", "path")] if match else []


def in_its_language(clues: Iterable[Clue], claims: Iterable[str]) -> list[Clue]:
    """The clues with the months that two languages share as the page's own means them.

    Croatian's listopad is October, elsewhere it is November.
    """
    clues = list(clues)
    if not any((tag(claim) or "").startswith("hr") for claim in claims):
        return clues
    return [replace(clue, value=_LISTOPAD.sub("october", clue.value)) for clue in clues]


def month_first(claims: Iterable[str], url: str) -> bool:
    """Whether 03/04/2021 is March here: on English pages of no country but the United States."""
    tags = [known for claim in claims if (known := tag(claim))]
    suffix = urls.host_of(url).rpartition(".")[2]
    english = bool(tags) and all(known in {"en", "en-US"} for known in tags[:3])
    return english and suffix in _AMERICAN


def date_options(published: list[Dated], modified: list[Dated], url: str) -> list[Option]:
    """The days of the dated clues with their features, in the order they were first met."""
    groups: dict[date, list[Dated]] = {}
    published = _of_beginning(published, modified)
    for dated in published:
        groups.setdefault(dated.moment.at.date(), []).append(dated)
    changed: dict[date, list[Dated]] = {}
    for dated in modified:
        changed.setdefault(dated.moment.at.date(), []).append(dated)
        groups.setdefault(dated.moment.at.date(), [])
    month = _URL_MONTH.search(url)
    stated = _stated(groups, lambda clue: clue.rule in {"jsonld", "microdata"})
    headed = _stated(groups, lambda clue: clue.rule == "meta" and clue.place.startswith("article"))
    kind = _kind(dated.clue for dated in published)
    lists = _lists(published)
    options = []
    for day, found in groups.items():
        names = _sources(found, changed.get(day, [])) | _order(day, groups)
        seen = [dated.clue for dated in found if dated.clue.steps]
        beside = _beside(day, stated, changed=day in changed)
        face = "seen" if seen else "unseen"
        names |= {beside, f"{beside}:{kind}", f"{beside}:{kind}:{face}"} | _eve(day, published)
        if headed:
            names.add(f"meta:{_place(day, headed)}")
        if seen and all((clue.rule, clue.place) in lists for clue in seen):
            names.add("one-of-list")
        if month and (day.year, day.month) == (int(month[1]), int(month[2])):
            names.add("url-month")
        clues = tuple(dated.clue for dated in [*found, *changed.get(day, [])])
        options.append(Option(day.isoformat(), clues, frozenset(names)))
    return options


def _of_beginning(published: list[Dated], modified: list[Dated]) -> list[Dated]:
    """A live blog's dates less those of its changes: its markup says when it began, its face its last entry.

    Other kinds keep both: guides call their last revision their publication.
    """
    began = [
        each.moment.at.date() for each in published if each.clue.place == "liveblogposting.datePublished"
    ]
    if not began:
        return published
    changes = {each.moment.at.date() for each in modified if each.moment.at.date() > min(began)}
    return [each for each in published if each.moment.at.date() not in changes]


def _stated(groups: Mapping[date, list[Dated]], states: Callable[[Clue], bool]) -> set[date]:
    """The days that clues of a certain kind state."""
    return {day for day, found in groups.items() if any(states(each.clue) for each in found)}


def _lists(published: list[Dated]) -> set[tuple[str, str]]:
    """Where on the page dates of different days stand alike: lists of other stories, or of comments."""
    days: dict[tuple[str, str], set[date]] = {}
    for dated in published:
        if dated.clue.steps:
            days.setdefault((dated.clue.rule, dated.clue.place), set()).add(dated.moment.at.date())
    return {place for place, stood in days.items() if len(stood) >= LISTED}


def _eve(day: date, published: list[Dated]) -> set[str]:
    """Whether the markup's time is a day off: in UTC it may be the same moment, with an offset it is not."""
    stated = [d.moment.at for d in published if d.clue.rule == "jsonld" and d.moment.precision == "second"]
    near = [at for at in stated if abs((at.date() - day).days) == 1]
    if not near or any(at.date() == day for at in stated):
        return set()
    return {"eve:local" if near[0].utcoffset() else "eve:utc"}


def _kind(clues: Iterable[Clue]) -> str:
    """Whose markup states the date: newsrooms give the first publication, guides often the last revision."""
    types = {clue.place.partition(".")[0] for clue in clues if clue.rule == "jsonld"}
    if any("news" in name or name.startswith("live") for name in types):
        return "news"
    return "other" if types else "none"


def choose_moment(day: str, dated: Iterable[Dated]) -> Dated | None:
    """The most precise of the day's moments: with a time and an offset before a time alone before a day."""
    same = [each for each in dated if each.moment.at.date().isoformat() == day]
    return max(same, key=lambda each: (each.moment.precision == "second", each.moment.zoned), default=None)


def weigh_dates(options: list[Option]) -> list[Verdict]:
    """The days with their scores, best first."""
    return weigh("published", options)


def _sources(found: list[Dated], changed: list[Dated]) -> set[str]:
    names = {f"from:{_source(dated.clue)}" for dated in found} | {
        f"changed:{_source(d.clue)}" for d in changed
    }
    names.add(f"rules:{min(len({dated.clue.rule for dated in found}), 4)}")
    steps = [dated.clue.steps for dated in found if dated.clue.steps]
    if steps:
        names.add(bucket("steps", min(steps), (2, 4, 7)))
    if any(dated.moment.precision == "second" for dated in found):
        names.add("timed")
    lengths = [len(dated.clue.value) for dated in found if dated.clue.steps]
    if lengths:
        names.add(bucket("line", min(lengths), (30, 80)))
    for dated in found:
        if dated.clue.steps:
            said = _small(f"{dated.clue.value} {dated.clue.note}")
            if _PUBLISHED_WORD.search(said):
                names.add("says-published")
            if _MODIFIED_WORD.search(said):
                names.add("says-modified")
    return names


def _source(clue: Clue) -> str:
    if clue.rule == "meta":
        return f"meta:{clue.place}" if clue.place.startswith(("article", "og", "date", "dc")) else "meta"
    if clue.rule.startswith("jsonld"):
        return f"{clue.rule}:{clue.place.rpartition('.')[2]}"
    if clue.rule == "near-line" and clue.place in {"p", "li", "a", "dd", "time"}:
        return f"near-line:{clue.place}"
    return clue.rule


def _beside(day: date, stated: set[date], *, changed: bool) -> str:
    """How a day lies to those that schema.org markup states, and whether it is one of a change."""
    place = _place(day, stated) if stated else "unstated"
    return f"markup:{place}{'+changed' if changed else ''}"


def _place(day: date, stated: set[date]) -> str:
    return "stated" if day in stated else "before" if day < min(stated) else "after"


def _order(day: date, groups: dict[date, list[Dated]]) -> set[str]:
    days = sorted(groups)
    names = {"only-day"} if len(days) == 1 else set()
    if len(days) > 1:
        names.add("earliest" if day == days[0] else "latest" if day == days[-1] else "between")
    if next(iter(groups)) == day:
        names.add("first-met")
    if day < datetime(1995, 1, 1, tzinfo=UTC).date():
        names.add("before-the-web")
    return names
