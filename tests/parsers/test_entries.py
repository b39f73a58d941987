from parsers.entries import entry_headings
from parsers.tree import read_tree


def entry(heading: str, *told: str) -> str:
    body = "".join(f"<p>{each}</p>" for each in told)
    return f"<article><header><time>10.42</time>{heading}</header>{body}</article>"


def found(html: str, kept: str) -> list[str]:
    """The headings found where the blocks that hold the word `kept` passed."""
    tree = read_tree(html)
    passed = [kept in run.text for run in tree.runs]
    return [tree.runs[place].text for place in entry_headings(tree, passed)]


TWO = entry("<h2>Minister quits</h2>", "She told us so.", "And left.") + entry(
    "", "Good morning, she told us."
)


def test_the_headings_of_a_live_blogs_entries_stay_with_their_text() -> None:
    last = entry("<h2>Council asks why</h2>", "The council told us that it asks.")
    html = f"<main><article><h1>Minister quits – live</h1>{TWO}{last}</article></main>"
    assert found(html, "told") == ["Minister quits", "Council asks why"]


def test_a_heading_that_links_or_has_nothing_kept_below_is_a_teasers() -> None:
    linked = entry('<h2><a href="/a">Another story</a></h2>', "It told us little.")
    empty = entry("<h2>A third story</h2>", "Read it here.")
    assert found(f"<main>{TWO}{linked}{empty}</main>", "told") == ["Minister quits"]


def test_two_articles_are_no_live_blog() -> None:
    assert found(f"<main>{TWO}</main>", "told") == []
