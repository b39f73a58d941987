"""A page that hangs, kills or swells its parser costs only itself: the run goes on, the page is set aside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.conftest import Run, write_pages

# No page is known to break the parser, so these tests break the parser for pages that carry a mark: Python
# runs sitecustomize.py at the start of the command and of every parser process that it starts.
BROKEN_PARSER = """
import os, signal, time
import flows.workshop, parsers
flows.workshop.PARSE_DEADLINE = 1.0
whole = parsers.parse
def parse(page):
    if b"poison: hang" in page.content:
        time.sleep(3600)
    if b"poison: die" in page.content:
        os.kill(os.getpid(), signal.SIGSEGV)
    if b"poison: swell" in page.content:
        return b"x" * 2**34
    return whole(page)
parsers.parse = parse
"""


@pytest.mark.parametrize(
    ("poison", "reason"),
    [("hang", "hung for 1 s"), ("die", "died (signal 11)"), ("swell", "needed more than")],
)
def test_a_poisoned_page_is_set_aside_and_the_others_go_on(
    poison: str, reason: str, cleanwire: Run, tmp_path: Path
) -> None:
    write_pages(tmp_path / "pages", 12)
    (tmp_path / "pages" / "page-0005b.html").write_text(f"<p>poison: {poison}</p>", encoding="utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text(BROKEN_PARSER, encoding="utf-8")
    done = cleanwire("ingest", "pages", "--json", PYTHONPATH=str(tmp_path / "broken"))
    report = json.loads(done.stdout)
    assert done.returncode == 1, done.stderr
    assert report["counts"] == {"stored": 12, "quarantined": 1}
    (problem,) = report["problems"]
    assert problem["url"].endswith("page-0005b.html")
    assert reason in problem["reason"]
    assert "3 times" in problem["reason"]
    assert "Traceback" not in done.stderr
