"""Readers' comments are no part of the story, however many there are and however well they are written."""

import pytest

from parsers.locate import locate
from parsers.tree import read_tree

STORY = "".join(
    f"<p>The council voted on motion {n} on Tuesday, after a long debate, to repair the bridge this year.</p>"
    for n in range(6)
)


def comment(name: str, number: int) -> str:
    """One reader's words, in the prose of a newspaper."""
    said = f"The mayor measured the quay on the {number}th of the month, and the harbour office did so again."
    return f'<div class="{name}" id="c{number}"><b>User{number}</b><p>{said}</p></div>'


@pytest.mark.parametrize(
    ("around", "each"),
    [
        ('<section id="comments-section"><h3>200 Comments</h3>{}</section>', "comment"),
        ('<div class="post-comments">{}</div>', "entry"),
        ("<section>{}</section>", "comment-body"),
    ],
)
def test_comments_called_so_are_dropped_below_a_story(around: str, each: str) -> None:
    said = around.format("".join(comment(each, number) for number in range(200)))
    tree = read_tree(f"<article><h1>Bridge</h1>{STORY}</article>{said}")
    kept = [run.text for run, keep in zip(tree.runs, locate(tree, news=True).kept, strict=True) if keep]
    assert len(kept) == 6
    assert all(text.startswith("The council") for text in kept)


@pytest.mark.parametrize("name", ["comment", "comments", "has-comments comments-open"])
def test_a_story_in_an_element_called_so_is_a_story(name: str) -> None:
    tree = read_tree(f'<article class="{name}"><h1>Bridge</h1>{STORY}</article>')
    assert sum(locate(tree, news=True).kept) >= 6
