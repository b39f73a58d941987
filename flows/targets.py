"""What people name on the command line, turned into batches of links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flows.intake.archives import is_zip, read_zip
from flows.intake.entries import with_user
from flows.intake.errors import Unreadable
from flows.intake.files import list_files, path_of, read_stream, standard_input
from flows.intake.links import link_of
from flows.intake.warc import is_warc, read_warc
from flows.report import Event
from parsers.model import Page
from parsers.urls import authority, normalise
from storage import Link

BATCH_PAGES = 200  # pages in one batch, which is one task run in Prefect
BATCH_BYTES = 16 * 2**20  # of bodies in one batch: what bounds memory where archives are read
STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Batch:
    """Links to work on together, and the pages among them whose bytes are here already, by address.

    `reached` says, by archive, at which byte its next record begins once this batch is done: 0 at its end.
    `passed_over` counts, by folder, what was left out of it: hidden, linked, or no page by its name.
    """

    links: list[Link] = field(default_factory=list)
    bodies: dict[str, Page] = field(default_factory=dict)
    faults: list[Event] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far an archive is read."""

    archive: str
    at: int


@dataclass(frozen=True, slots=True)
class _PassedOver:
    """How many files of a folder were left out."""

    folder: str
    number: int


Found = Link | Page | Event | _Reached | _PassedOver


def batches(targets: Iterable[str], max_bytes: int, starts: Mapping[str, int]) -> Iterator[Batch]:
    """Give the targets' links batch by batch, as they are found; a target that cannot be one is a fault.

    `starts` says, by file URI, from which byte an archive that was read before is taken up again.
    """
    batch, size = Batch(), 0
    for one in _found(targets, max_bytes, starts):
        if isinstance(one, Page) and _is_another(batch.bodies.get(_link(one).url), one):
            yield batch  # a later capture of a page is a version of it, and waits for the one before
            batch, size = Batch(), 0
        size += _enter(batch, one)
        if len(batch.links) + len(batch.faults) >= BATCH_PAGES or size >= BATCH_BYTES:
            yield batch
            batch, size = Batch(), 0
    if batch != Batch():
        yield batch


def _enter(batch: Batch, one: Found) -> int:
    """Put what was found into its batch, and say how many bytes it holds there."""
    if isinstance(one, Event):
        batch.faults.append(one)
    elif isinstance(one, _Reached):
        batch.reached[one.archive] = one.at
    elif isinstance(one, _PassedOver):
        batch.passed_over[one.folder] = one.number
    elif isinstance(one, Page):
        link = _link(one)
        batch.bodies[link.url] = one
        batch.links.append(link)
        return len(one.content)
    else:
        batch.links.append(one)
    return 0


def _link(page: Page) -> Link:
    """Make the link of a page that came with its bytes."""
    return link_of(page.url, page.hints) if is_web(page.url) else Link(page.url, "", page.hints)


def _is_another(known: Page | None, page: Page) -> bool:
    return known is not None and known.content != page.content


def _found(targets: Iterable[str], max_bytes: int, starts: Mapping[str, int]) -> Iterator[Found]:
    for target in targets:
        try:
            yield from _links(target, max_bytes, starts)
        except Unreadable as fault:
            yield Event(target, "failed", fault.reason.removeprefix(f"{target}: "))


def _links(target: str, max_bytes: int, starts: Mapping[str, int]) -> Iterator[Found]:
    """Give one target's links; Unreadable names what is wrong with it."""
    if target == STANDARD_INPUT:
        yield read_stream(standard_input(), max_bytes)
    elif "://" in target and not target.startswith("file://"):
        yield web_link(target)
    else:
        named = path_of(target) if target.startswith("file://") else Path(target)
        passed_over: list[Path] = []
        for path in list_files(named.resolve() if named.exists() else named, passed_over.append):
            yield from _in_file(path, max_bytes, starts)
        if passed_over:
            yield _PassedOver(target, len(passed_over))


def _in_file(path: Path, max_bytes: int, starts: Mapping[str, int]) -> Iterator[Found]:
    """Give a file's page, or what an archive holds."""
    uri = path.absolute().as_uri()
    if is_warc(path):
        for record in read_warc(path, max_bytes, starts.get(uri, 0)):
            yield _page_or_fault(uri, record.page)
            yield _Reached(uri, record.following)
        yield _Reached(uri, 0)
    elif is_zip(path):
        for member in read_zip(path, max_bytes):
            yield _page_or_fault(uri, member)
    else:
        yield Link(uri, "")


def _page_or_fault(archive: str, found: Page | Unreadable) -> Page | Event:
    """Give a page of an archive, or the event that one could not be had."""
    return Event(archive, "failed", found.reason) if isinstance(found, Unreadable) else found


def is_web(url: str) -> bool:
    """Tell whether a page is one of the web."""
    return url.lower().startswith(("http://", "https://"))


def web_link(url: str) -> Link:
    """Make a link of an http(s) address, tracking parameters dropped, its user kept; else Unreadable."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is no number shows only when it is asked for
    except ValueError:
        raise Unreadable(f"{url}: not a valid address; check its host and port") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise Unreadable(f"{url}: not an http or https address with a host; check it")
    one = with_user(normalise(url), url)
    return Link(one, authority(one), original_url=None if one == url else url)
