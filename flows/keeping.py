"""Between the lists of people and the archive: an entry as a source that is kept, and back, nothing lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.intake.entries import Entry, Level, whole
from flows.logs import masked
from parsers.urls import authority
from storage.sources import ARCHIVE, READ_TO, NewSource, Source

if TYPE_CHECKING:
    from flows.intake.discovery import Found  # which brings the web client with it

FOLDER = "folder"  # names of the folders that a source stands in
LEVELS = "levels"  # the same with all that was said of them, where that is more
ALSO = "also"  # what a list said where it named the source once more
OURS = frozenset({FOLDER, LEVELS, ALSO, READ_TO})
OWN = ":"  # stands before a list's own name for an attribute where we call one so


def found_sources(found: Iterable[Found]) -> list[NewSource]:
    """Make what was found at an address sources."""
    return as_sources(one.entry or Entry(one.url, one.kind, one.title or "") for one in found)


def as_sources(entries: Iterable[Entry]) -> list[NewSource]:
    """Make entries sources, one for each address: what is said of one a second time is kept with it."""
    by_url: dict[str, list[Entry]] = {}
    for entry in entries:
        said = by_url.setdefault(entry.url, [])
        if entry not in said:
            said.append(entry)
    return [_source(first, also) for first, *also in by_url.values()]


def _source(entry: Entry, also: Sequence[Entry]) -> NewSource:
    """Make an entry a source."""
    attributes: dict[str, Any] = {
        f"{OWN}{name}" if name in OURS or name.startswith(OWN) else name: value
        for name, value in entry.attributes.items()
    }
    if entry.kind == ARCHIVE:
        attributes = {READ_TO: whole(entry.attributes.get(READ_TO)) or 0}
    if entry.above:
        attributes[FOLDER] = [level.name for level in entry.above]
    if any(level.url or level.attributes for level in entry.above):
        attributes[LEVELS] = _as_json(entry.above)
    if also:
        attributes[ALSO] = [
            [one.kind, one.name, one.language, _as_json(one.above), dict(one.attributes)] for one in also
        ]
    wishes = (entry.keep_days, entry.keep_count, entry.poll_seconds, entry.active)
    return NewSource(
        entry.url, entry.kind, authority(entry.url), entry.name, entry.language, attributes, *wishes
    )


def as_entries(source: Source) -> list[Entry]:
    """Make a source what lists said of it: one entry for each time that it was named."""
    said = source.attributes
    own = {name.removeprefix(OWN): str(value) for name, value in said.items() if name not in OURS}
    if source.kind == ARCHIVE:
        own = {READ_TO: str(said.get(READ_TO, 0))}
    above = _levels(said[LEVELS]) if LEVELS in said else tuple(Level(name) for name in said.get(FOLDER, ()))
    wishes = (source.keep_days, source.keep_count, source.poll_seconds, source.active)
    first = Entry(source.url, source.kind, source.name, source.language, above, own, *wishes)
    also = [
        replace(first, kind=kind, name=name, language=language, above=_levels(levels), attributes=attributes)
        for kind, name, language, levels, attributes in said.get(ALSO, ())
    ]
    return [first, *also]


def shown(source: Source) -> Source:
    """Hide the secrets of a source's address, and of those that lists said beside it."""
    return replace(source, url=masked(source.url), attributes=_masked(source.attributes))


def _masked(value: Any) -> Any:
    """Hide the secrets of every text in a value made of JSON."""
    if isinstance(value, Mapping):
        return {name: _masked(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner) for inner in value]
    return masked(value) if isinstance(value, str) else value


def _as_json(above: Iterable[Level]) -> list[list[Any]]:
    """Write folders as JSON can hold them."""
    return [[level.name, level.url, dict(level.attributes)] for level in above]


def _levels(written: Iterable[tuple[str, str | None, Mapping[str, str]]]) -> tuple[Level, ...]:
    """Read folders again."""
    return tuple(Level(name, url, own) for name, url, own in written)
