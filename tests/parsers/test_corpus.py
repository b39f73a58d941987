"""A folder is a test and a field is a failure line: what parse() makes of every page in tests/corpus.

Each tests/corpus/<host>/<case>/draft.json says what a careful editor would call right, either `expect`
(fields of the Draft) or `refused` (the reason why the page is no article). The page is the page.html
beside it, or the file that `page` names from the root of the repository. `faults` names what the parser
still gets wrong, a line for a field: such a field must fail, so that its line goes when it is mended.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from dataclasses import fields as dataclass_fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from parsers import Draft, NotAnArticle, Page, parse

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus"
CASES = {str(path.parent.relative_to(CORPUS)): path for path in sorted(CORPUS.glob("*/*/draft.json"))}
KEYS = {"about", "page", "url", "content_type", "fetched_at", "expect", "refused", "faults"}
TYPES = {".html": "text/html", ".txt": "text/plain; charset=utf-8"}


@cache
def wanted(case: str) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(CASES[case].read_text(encoding="utf-8"))
    assert not (unknown := spec.keys() - KEYS), f"{CASES[case]}: unknown keys {sorted(unknown)}"
    assert ("expect" in spec) != ("refused" in spec), f"{CASES[case]}: either expect or refused"
    return spec


def page_file(case: str) -> Path:
    named = wanted(case).get("page")
    return ROOT / named if named else CASES[case].parent / "page.html"


@cache
def outcome(case: str) -> Draft | NotAnArticle:
    spec, file = wanted(case), page_file(case)
    page = Page(
        url=spec.get("url", f"file:///samples/{file.name}"),
        content=file.read_bytes(),
        content_type=spec.get("content_type", TYPES[file.suffix]),
        fetched_at=datetime.fromisoformat(spec["fetched_at"]),
    )
    try:
        return parse(page)
    except NotAnArticle as verdict:
        return verdict


def fields() -> list[Any]:
    """One parameter a case and field, expected to fail where the case names a fault."""
    found = []
    for case in CASES:
        spec = wanted(case)
        for field in spec.get("expect", {"refused": None}):
            fault = spec.get("faults", {}).get(field)
            marks = [pytest.mark.xfail(strict=True, reason=fault)] if fault else []
            found.append(pytest.param(case, field, id=f"{case}/{field}", marks=marks))
    return found


def lines(text: str) -> list[str]:
    """The lines that say something, with one space between words: a table's tabs and a list's line ends."""
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def value(draft: Draft, field: str) -> Any:
    """What `draft` holds, in the form in which draft.json writes it."""
    if field == "kinds":
        return [block.kind for block in draft.blocks if block.kind != "caption"]
    found = getattr(draft, field)
    if isinstance(found, datetime):
        return found.isoformat()
    if field == "images":
        return [asdict(image) for image in found]
    return list(found) if isinstance(found, tuple) else found


def difference(expected: list[str], found: list[str]) -> str:
    """What a reader would say of the text: which lines are lost, which leaked, or where the order breaks."""
    lost = [f"  lost:   {line}" for line in expected if line not in found]
    leaked = [f"  leaked: {line}" for line in found if line not in expected]
    return "\n".join([*lost, *leaked] or [f"  order or repetition: {found}"])


@pytest.mark.parametrize(("case", "field"), fields())
def test_page_gives_what_an_editor_expects(case: str, field: str) -> None:
    spec, found = wanted(case), outcome(case)
    if "refused" in spec:
        got = found.reason if isinstance(found, NotAnArticle) else f"taken for an article: {found.title!r}"
        assert got == spec["refused"], f"{case} ({spec['about']})"
        return
    assert isinstance(found, Draft), f"{case} ({spec['about']}): a story was refused, {found}"
    expected = spec["expect"][field]
    if field == "text":
        story, read = lines("\n".join(expected)), lines(found.text)
        assert read == story, f"{case} text:\n{difference(story, read)}"
    else:
        assert value(found, field) == expected, f"{case} {field}, from {found.provenance.get(field)}"


@pytest.mark.parametrize("case", CASES)
def test_every_value_says_where_it_came_from(case: str) -> None:
    found = outcome(case)
    if isinstance(found, NotAnArticle):
        assert found.detail, f"{case}: refused as {found.reason} without a word on what was seen"
        return
    filled = [
        each.name for each in dataclass_fields(Draft) if getattr(found, each.name) not in (None, (), "")
    ]
    silent = set(filled) - set(found.provenance) - {"provenance"}
    assert not silent, f"{case}: no origin for {silent}"


@pytest.mark.parametrize("case", CASES)
def test_case_is_complete(case: str) -> None:
    spec = wanted(case)
    assert page_file(case).is_file()
    assert "refused" in spec or {"title", "text"} <= spec["expect"].keys()
    assert spec.get("faults", {}).keys() <= spec.get("expect", {"refused": None}).keys()


def test_every_sample_page_has_its_expectation() -> None:
    samples = sorted(path.name for path in (ROOT / "flows" / "samples").iterdir())
    assert samples == sorted(page_file(case).name for case in CASES if "page" in wanted(case))
