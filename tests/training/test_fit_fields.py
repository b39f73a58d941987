import gzip
import json
import sys
from pathlib import Path

import pytest

from tests.training import fit_fields


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """Many sites of one page each: the headline is the h1, the title element says something else."""
    folder = tmp_path / "pages"
    folder.mkdir()
    lines = []
    for number in range(28):
        title = f"Ferry number {number} comes home late"
        html = (
            f"<title>Harbour offers {number} for you</title><h1>{title}</h1><p class='byline'>By Ada Lane</p>"
            f"<time datetime='2025-03-{number + 1:02d}'>x</time><time datetime='2025-04-01'>Updated</time>"
        )
        (folder / f"{number}.gz").write_bytes(gzip.compress(html.encode()))
        gold = {
            "url": f"https://site{number}.example/x",
            "html": f"{number}.gz",
            "title": title,
            "authors": ["Ada Lane"],
            "published": f"2025-03-{number + 1:02d}T08:00",
        }
        lines.append(json.dumps(gold))
    (folder / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_what_was_learned_on_other_sites_is_right_on_a_sites_pages(
    corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "fields.json"
    monkeypatch.setattr(fit_fields, "WEIGHTS", written)
    monkeypatch.setattr(sys, "argv", ["fit_fields", str(corpora), "--write"])
    fit_fields.main()
    report = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in report] == [
        ["title", "pages", "1.0000"],
        ["author", "pages", "1.0000"],
        ["published", "pages", "1.0000"],
    ]
    weights = json.loads(written.read_text("utf-8"))
    assert weights["title"]["from:h1"] > weights["title"].get("from:title", 0)


def test_each_fold_gets_weights_of_the_other_folds_pages(
    corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["fit_fields", str(corpora), "--models", str(tmp_path)])
    fit_fields.main()
    written = [json.loads((tmp_path / f"fields-{fold}.json").read_text("utf-8")) for fold in range(6)]
    assert all(set(weights) == {"title", "author", "published"} for weights in written)
    assert len({json.dumps(weights, sort_keys=True) for weights in written}) > 1
