"""Overviews of other stories on a story's page, and a story's own lists that look like them."""

import pytest

from parsers.cards import MANY, cards
from parsers.tree import read_tree

STORY = [
    "The council of the old harbour town voted on Tuesday to rebuild the ferry pier, officials said.",
    "The work will cost 12 million euros and take two years, the mayor told reporters after the session.",
    "Residents have waited for the decision since January, when the sea broke the wall of the harbour.",
    "Fishermen welcomed the plan, although some of them fear for the summer and for its many tourists.",
    "Opposition councillors voted against the plan, saying the money is needed in the town's schools.",
]
CARD = (
    '<div class="card"><a href="/{n}"><h4>Ferry firm reports a record {n}</h4></a>'
    "<p>The storm rejected the bridge on the {n}th of the month, the museum said.</p>"
    "<time datetime='2026-11-20'>20 Nov</time></div>"
)


def left_out(before: str, after: str, card: str = CARD, count: int = MANY) -> list[str]:
    deck = "".join(card.format(n=n) for n in range(count))
    tree = read_tree(f"<main><article>{before}<section>{deck}</section>{after}</article></main>")
    found = cards(tree, [True] * len(tree.runs))
    return [run.text for place, run in enumerate(tree.runs) if place in found]


TOLD = "".join(f"<p>{text}</p>" for text in STORY)


@pytest.mark.parametrize(("before", "after"), [(TOLD, ""), ("", TOLD)])
def test_cards_above_or_below_the_story_are_left_out_whole(before: str, after: str) -> None:
    found = left_out(before, after)
    assert len(found) == 3 * MANY
    assert not set(found) & set(STORY)


def test_cards_that_may_be_the_storys_own_stay() -> None:
    assert left_out(TOLD, TOLD) == []  # among its paragraphs
    assert left_out("", "") == []  # all that the page tells
    assert left_out(TOLD, "", count=MANY - 1) == []
    assert left_out(TOLD, "", card=CARD.replace('<a href="/{n}">', "<b>").replace("</a>", "</b>")) == []
    assert left_out(TOLD, "", card=CARD.replace("the museum said.", "12.89%")) == []  # data, no sentence
    assert left_out(TOLD, "", card=CARD.replace("the museum said.", "the museum said. " * 20)) == []
