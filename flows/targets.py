"""What people name on the command line, turned into batches of links."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from flows.intake.errors import Unreadable
from flows.intake.files import list_files, read_stream
from flows.report import Event
from parsers.model import Page
from storage import Link

BATCH_PAGES = 200  # pages in one batch, which is one task run in Prefect
STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Batch:
    """Links to work on together, and the pages among them whose bytes are here already, by address."""

    links: list[Link] = field(default_factory=list)
    bodies: dict[str, Page] = field(default_factory=dict)
    faults: list[Event] = field(default_factory=list)


def batches(targets: Iterable[str], max_bytes: int) -> Iterator[Batch]:
    """Give the targets' links batch by batch, as they are found; a target that cannot be one is a fault."""
    found = _found(targets, max_bytes)
    while some := list(islice(found, BATCH_PAGES)):
        batch = Batch()
        for one in some:
            if isinstance(one, Event):
                batch.faults.append(one)
            elif isinstance(one, Page):
                batch.bodies[one.url] = one
                batch.links.append(Link(one.url, ""))
            else:
                batch.links.append(one)
        yield batch


def _found(targets: Iterable[str], max_bytes: int) -> Iterator[Link | Page | Event]:
    for target in targets:
        try:
            yield from _links(target, max_bytes)
        except Unreadable as fault:
            yield Event(target, "failed", fault.reason)


def _links(target: str, max_bytes: int) -> Iterator[Link | Page]:
    """Give one target's links; Unreadable names what is wrong with it."""
    if target == STANDARD_INPUT:
        yield read_stream(sys.stdin.buffer, max_bytes)
    elif is_web(target):
        yield web_link(target)
    else:
        for path in list_files(Path(target)):
            yield Link(path.absolute().as_uri(), "")


def is_web(target: str) -> bool:
    """Tell whether a target is an address rather than a path."""
    return "://" in target


def web_link(url: str) -> Link:
    """Make a link of an http(s) address; Unreadable for any other."""
    try:
        parts = urlsplit(url)
        authority = parts.hostname and f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        raise Unreadable(f"{url}: not a valid address; check its host and port") from None
    if parts.scheme not in {"http", "https"} or not authority:
        raise Unreadable(f"{url}: not an http or https address with a host; check it")
    return Link(url, authority)
