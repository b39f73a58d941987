"""The training code on pages small enough to check by hand."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from parsers.features import FEATURES
from parsers.forest import Forest
from parsers.scorer import SECOND, Model, dump, load
from parsers.tree import read_tree
from parsers.vocabulary import Vocabulary
from tests.training import train
from tests.training.align import UNKNOWN, align, by_snippets
from tests.training.dataset import examples, fold_of, registered_domain
from tests.training.prune import prune

LINES = [
    "The council voted on Tuesday to repair the old bridge.",
    "Work begins in spring and ends in autumn.",
]


def test_blocks_of_the_gold_are_labelled_and_others_are_not() -> None:
    texts = ["Home", LINES[0], "Background", LINES[1], "Read more about other bridges of the town", "Home"]
    assert align(texts, f"{LINES[0]}\nBackground\n{LINES[1]}") == [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]


def test_a_repeated_paragraph_counts_once_where_the_story_runs() -> None:
    texts = [LINES[1], "Menu", LINES[0], LINES[1]]
    assert align(texts, "\n".join(LINES)) == [0.0, 0.0, 1.0, 1.0]


def test_a_standfirst_elsewhere_on_the_page_still_counts() -> None:
    texts = [*LINES, "The mayor was glad about the vote of the council."]
    assert align(texts, "\n".join([texts[2], *LINES])) == [1.0, 1.0, 1.0]


def test_snippets_label_what_they_name_and_nothing_else() -> None:
    texts = [LINES[0], LINES[1], "Share on Facebook"]
    assert by_snippets(texts, ["repair the old"], ["Share on"]) == [1.0, UNKNOWN, 0.0]
    assert by_snippets(texts, [], ["Work"]) == [UNKNOWN] * 3


def test_pages_of_one_registered_domain_share_a_fold() -> None:
    assert registered_domain("https://www.news.example.co.uk/a") == "example.co.uk"
    assert fold_of("https://a.example.org/1") == fold_of("https://b.example.org/2")


def story(page: int) -> list[str]:
    """Eight lines that no other page has."""
    return [f"{line} Part {part} of page {page} of the series." for part in range(4) for line in LINES]


def html(page: int) -> str:
    """A menu, the story, and a footer that is no <footer>."""
    lines = "".join(f'<p class="text">{line}</p>' for line in story(page))
    return f'<p class="menu">Home</p><article>{lines}</article><div class="foot">Imprint {page}</div>'


def corpus(folder: Path, count: int) -> Path:
    """A set of pages of as many sites."""
    (folder / "made" / "html").mkdir(parents=True)
    golds = []
    for page in range(count):
        (folder / "made" / "html" / f"{page}.gz").write_bytes(gzip.compress(html(page).encode()))
        url, body = f"https://site{page}.example/", "\n".join(story(page))
        golds.append(json.dumps({"id": str(page), "url": url, "html": f"html/{page}.gz", "body": body}))
    (folder / "made" / "gold.jsonl").write_text("\n".join(golds))
    return folder


def test_a_model_learns_from_a_few_pages_and_knows_the_story_of_another(tmp_path: Path) -> None:
    assert len(list(examples(corpus(tmp_path / "sets", 24)))) == 24
    train.main([str(tmp_path / "sets"), "--models", str(tmp_path / "models"), "--folds", "all"])
    model = load((tmp_path / "models" / "all.npz").read_bytes())
    scores = model.scores(read_tree(html(99)))
    assert scores[1:-1].min() > max(scores[0], scores[-1])


def test_a_column_that_is_gone_sends_all_rows_to_its_usual_value(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [*FEATURES, *SECOND]
    asked = np.array([[0, 1, 2]], np.int32)
    forest = Forest(asked, np.array([[0.5, 4.0, 7.0]], np.float32), np.arange(4, dtype=np.float32)[None])
    content = dump(Model(Vocabulary(), forest, forest))
    monkeypatch.setattr("parsers.scorer.FEATURES", FEATURES[1:])
    for usual, leaves in (({}, [0, 1]), ({columns[0]: 5.2}, [2, 3])):
        model = load(prune(content, usual, columns[1:]))
        rows = np.array([[v] * len(columns[1:]) for v in (3.0, 9.0)], np.float32)
        assert model.first.margins(rows).tolist() == leaves
        assert model.second.margins(rows).tolist() == leaves
    with pytest.raises(ValueError, match="never learned colour: train it again"):
        prune(content, {}, [*columns, "colour"])
