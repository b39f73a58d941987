"""What parsing costs: `make bench`, and `make bench CORPORA=folder` for page sets of one's own.

Times are CPU milliseconds of this one process, so that a busy machine does not change them much. A set is any
folder with pages under it: .html, .htm, .txt, and .html.gz.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from flows.nursery import PATIENCE
from parsers import NotAnArticle, Page, parse
from parsers.blocks import gather
from parsers.boilerplate import rules
from parsers.clues import read_clues
from parsers.decode import decode_page
from parsers.guard import admit
from parsers.locate import locate
from parsers.resolve import resolve
from parsers.soup import soup_of
from parsers.tree import read_tree

ENDINGS = (".html", ".htm", ".html.gz", ".txt")
SAMPLES = Path(__file__).parents[2] / "flows" / "samples"


def pages(folder: Path) -> list[Page]:
    """Read every page under `folder`."""
    found = sorted(path for path in folder.rglob("*") if path.name.endswith(ENDINGS))
    return [
        Page(path.absolute().as_uri(), gzip.decompress(raw) if path.suffix == ".gz" else raw)
        for path in found
        if (raw := path.read_bytes())
    ]


def milliseconds(work: Callable[[], Any]) -> float:
    """Time one piece of work in CPU milliseconds."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def tried(page: Page) -> None:
    """Parse a page, article or not."""
    try:
        parse(page)
    except NotAnArticle:
        return


def stages(page: Page) -> Iterator[tuple[str, float]]:
    """Time the stages of one page, each on the result of the one before it."""
    held: dict[str, Any] = {}

    def stage(name: str, work: Callable[[], Any]) -> tuple[str, float]:
        return name, milliseconds(lambda: held.__setitem__(name, work()))

    try:
        yield stage("decode", lambda: decode_page(page.content, page.content_type))
        yield stage("guard", lambda: admit(*held["decode"]))
        yield stage("tree, guard within", lambda: read_tree(held["decode"].text))
        yield stage("locate", lambda: locate(held["tree, guard within"]))
        yield stage("lexbor", lambda: LexborHTMLParser(held["decode"].utf8))
        yield stage("clues", lambda: read_clues(held["lexbor"], held["decode"].utf8, page))
        yield stage("fields", lambda: resolve(held["clues"], page))
        yield stage("soup", lambda: soup_of(held["locate"].tree, held["locate"].kept))
        yield stage("blocks", lambda: gather(held["soup"], rules().tag))
        yield stage("rules", lambda: rules().judge(held["blocks"]))
    except NotAnArticle:
        return


def report(name: str, found: list[Page]) -> str:
    """Measure one set, every page once after a warm-up."""
    for page in found[:3]:
        tried(page)
    gc.collect()
    gc.freeze()  # as the workers that parse do
    gc.set_threshold(PATIENCE)
    took = sorted(milliseconds(lambda page=page: tried(page)) for page in found)  # type: ignore[misc]
    mean = statistics.fmean(took)
    p95 = took[int(0.95 * (len(took) - 1))]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(len(page.content) for page in found) / len(found) / 1024
    lines = [
        f"{name}: {len(found)} pages, {size:.0f} KiB each on average",
        f"  ms a page: mean {mean:.2f}, median {statistics.median(took):.2f}, p95 {p95:.2f}",
        f"  pages/s a core: {1000 / mean:.0f}; peak memory: {peak:.0f} MiB",
    ]
    totals: dict[str, float] = {}
    for page in found:
        for stage, cost in stages(page):
            totals[stage] = totals.get(stage, 0.0) + cost
    lines += [f"  {stage:<20} {total / len(found):6.2f} ms" for stage, total in totals.items()]
    return "\n".join(lines)


def _sets(folder: Path) -> list[Path]:
    """The folders within a folder, each a set; the folder itself where it holds pages and none of them."""
    return sorted(child for child in folder.iterdir() if child.is_dir()) or [folder]


def main() -> int:
    """Print the figures of the sample pages and of every folder named."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folders", nargs="*", type=Path, help="folders of pages; each folder in one is a set")
    named = reader.parse_args().folders
    if missing := [folder for folder in named if not folder.is_dir()]:
        reader.error(f"{missing[0]}: no such folder of pages")
    sets = [SAMPLES, *(one for folder in named for one in _sets(folder))]
    for folder in sets:
        if found := pages(folder):
            print(report(folder.name, found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
