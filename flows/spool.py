"""Addresses on disk, so that what a run has still to look at need not fit in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO

PORTION = 500  # addresses that are worked on together


class Spool:
    """Addresses in the order they came, on disk, `number` of them."""

    def __init__(self, file: IO[str]) -> None:
        self.number = 0
        self._file = file

    def add(self, urls: Iterable[str]) -> None:
        """Put addresses at the end; none of the ledger's holds a line break."""
        for url in urls:
            self._file.write(f"{url}\n")
            self.number += 1

    def portions(self) -> Iterator[list[str]]:
        """Give the addresses back, PORTION at a time."""
        self._file.seek(0)
        while portion := [line.rstrip("\n") for line in islice(self._file, PORTION)]:
            yield portion


@contextmanager
def open_spool() -> Iterator[Spool]:
    """Open a spool in a file without a name, which is gone at the end of the block."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="\n") as file:
        yield Spool(file)
