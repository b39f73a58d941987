"""The parsing side of the workshop, run as a program: a process that loads the parser once and forks workers.

It takes orders on a socket of its own: a socket handed over (SCM_RIGHTS) asks for a worker that serves it,
and is answered with the worker's process id; a process id asks how that worker ended, which is answered once
it has. Memory that no worker changes is shared by all, and a new worker costs milliseconds.

A worker reads jobs, each a pickled `Job` and the page's bytes, and answers with pickled frames. Both ends are
ours, so the pickles are trusted; pages never are, so a worker may hold only so much, and is gone when it
hangs and nobody is left to stop it.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import parsers
from parsers import Draft, NotAnArticle, Page

MEBIBYTE = 2**20
LENGTHS = struct.Struct(">QQ")  # of a job's pickle and of its page's bytes
LENGTH = struct.Struct(">Q")  # of an answer's pickle
READY = b"ready"
LONGEST_ORDER = 64
PAGE_LIMIT = 128 * MEBIBYTE  # of data in a worker with a page, the parser's own 70 among them; 2 MB need 96
SOURCE_LIMIT = 160 * MEBIBYTE  # with a source: a feed of 100,000 items needs more than 144
LONGEST_READING = 4 * MEBIBYTE  # of a pickled draft: thirty times the longest of two thousand real articles
PORTION = 500  # items of a listing in one frame
LAST_HOUR = 300  # seconds after which a worker that nobody stopped stops itself
PATIENCE = 5_000  # new objects between two rounds of the collector: most of a page's go by themselves
FIRST_PAGE = b"<html><title>Pier opens</title><p>The pier opens in spring, the mayor said.</p></html>"


@dataclass(frozen=True, slots=True)
class Job:
    """What to do with a page, whose bytes follow: parse it, or read the source that it is in `max_bytes`."""

    page: Page
    max_bytes: int | None = None


def main() -> None:
    """Load the parser, say so, and carry out orders until the socket closes."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    with suppress(NotAnArticle):
        parsers.parse(Page("https://example.com/pier", FIRST_PAGE))  # loads what is loaded at first use
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, what workers share
    gc.set_threshold(PATIENCE)
    orders.sendall(READY)
    while True:
        order, sockets, _, _ = socket.recv_fds(orders, LONGEST_ORDER, 1)
        if not order:
            return
        orders.sendall(str(_fork(orders, sockets[0]) if sockets else _end(int(order))).encode())


def _fork(orders: socket.socket, handed: int) -> int:
    """Start a worker on a socket and give its process id."""
    worker = os.fork()
    if worker:
        os.close(handed)
        return worker
    orders.close()
    asker = socket.socket(fileno=handed)
    with suppress(ConnectionError):  # who asked is gone, and so is the need for an answer
        serve(asker.makefile("rb"), asker.makefile("wb"))
    os._exit(0)


def _end(worker: int) -> int:
    """Wait for a worker's end and give its exit status, or minus the signal that ended it."""
    _, status = os.waitpid(worker, 0)
    return os.waitstatus_to_exitcode(status)


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer every job until there are no more; a MemoryError is answered with the reason in words."""
    limit = PAGE_LIMIT
    resource.setrlimit(resource.RLIMIT_DATA, (limit, SOURCE_LIMIT))
    while head := jobs.read(LENGTHS.size):
        signal.alarm(LAST_HOUR)
        job_size, content_size = LENGTHS.unpack(head)
        try:
            job: Job = pickle.loads(jobs.read(job_size))  # noqa: S301 - the asking side wrote it
            limit = PAGE_LIMIT if job.max_bytes is None else SOURCE_LIMIT
            resource.setrlimit(resource.RLIMIT_DATA, (limit, SOURCE_LIMIT))
            for answer in _answers(replace(job, page=replace(job.page, content=jobs.read(content_size)))):
                _send(answers, answer)
        except MemoryError:
            _send(answers, f"its parser needed more than {limit // MEBIBYTE} MiB")
        signal.alarm(0)


def _send(answers: BinaryIO, answer: Any) -> None:
    frame = pickle.dumps(answer)
    if isinstance(answer, Draft) and len(frame) > LONGEST_READING:
        what = f"its text and fields take {len(frame):,} bytes; at most {LONGEST_READING:,} are stored"
        frame = pickle.dumps(NotAnArticle("too-complex", what))
    answers.write(LENGTH.pack(len(frame)))
    answers.write(frame)
    answers.flush()


def _answers(job: Job) -> Iterator[Any]:
    """Do a job: a Draft or NotAnArticle; or a Listing without its items and their number, then portions."""
    if job.max_bytes is None:
        try:
            yield parsers.parse(job.page)
        except NotAnArticle as verdict:
            yield verdict.with_traceback(None)
        return
    from flows.intake.listing import NotAListing  # noqa: PLC0415 - only sources pay for their readers
    from flows.intake.reading import read_source  # noqa: PLC0415 - the same

    try:
        listing = read_source(job.page, job.max_bytes)
    except NotAListing as verdict:
        yield verdict.with_traceback(None)
        return
    yield replace(listing, items=()), len(listing.items)
    for start in range(0, len(listing.items), PORTION):
        yield listing.items[start : start + PORTION]


if __name__ == "__main__":
    main()
