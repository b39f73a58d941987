from parsers.alike import beside_their_like
from parsers.tree import Tree, read_tree

SENTENCE = "The ferry left the harbour at noon with forty people aboard."


def found(tree: Tree, kept: str, score: float = 0.4) -> list[str]:
    """The blocks that are kept for their like; `kept` is a "k" for each block that has passed."""
    passed = [sign == "k" for sign in kept]
    places = beside_their_like(tree, passed, [score] * len(passed))
    return [tree.runs[place].text for place in sorted(places)]


def test_a_row_that_its_names_number_stands_together() -> None:
    row = "".join(f'<div data-testid="paragraph-{n}">{SENTENCE} {n}.</div>' for n in range(4))
    tree = read_tree(f'<article>{row}<div data-testid="more">{SENTENCE}</div></article>')
    assert found(tree, "kk...") == [f"{SENTENCE} 2.", f"{SENTENCE} 3."]
    assert found(tree, "k....") == []
    assert found(tree, "kk...", score=0.05) == []


def test_entries_of_a_ticker_keep_their_headings_and_links_and_labels_stay_out() -> None:
    entry = '<div class="post" id="p{0}"><h3>Bridge {0} shut</h3><p>{1} {0}.</p><p>Share</p></div>'
    tree = read_tree("".join(entry.format(n, SENTENCE) for n in range(3)))
    assert found(tree, "kk..k....") == [
        "Bridge 1 shut",
        "Bridge 2 shut",
        f"{SENTENCE} 2.",
    ]


def test_a_heading_between_kept_blocks_and_the_other_item_of_two_are_kept() -> None:
    tree = read_tree(
        f"<p>{SENTENCE}</p><h2>What it costs</h2><p>{SENTENCE}</p><ol><li>A boat</li><li>A crew</li></ol>"
        f"<h2>More stories</h2><p>{SENTENCE}</p>"
    )
    assert found(tree, "k.kk...") == ["What it costs", "A crew"]
    assert found(tree, "k......") == []
