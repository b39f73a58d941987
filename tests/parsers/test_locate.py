"""The story among the blocks of a page."""

from unittest import mock

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.cut import cut_down
from parsers.locate import locate, menus
from parsers.scorer import Model
from parsers.tree import read_tree

SENTENCE = "The council voted on Tuesday, after a long debate, to repair the old bridge before the winter. "
NEWS = f"""<html><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<div id="wrap"><article><h1>Bridge to be repaired</h1>
<p>{SENTENCE * 2}</p><p>{SENTENCE * 3}</p>
<div class="related"><a href="/2">Ten other bridges that you must see</a></div>
<figure><img src="b.jpg"><figcaption>The bridge</figcaption></figure>
<p>{SENTENCE * 2}</p></article></div>
<footer><p>Imprint</p></footer></body></html>"""


def test_the_story_is_kept_and_the_frame_is_not() -> None:
    located = locate(read_tree(NEWS))
    text = BeautifulSoup(located.html, "lxml").get_text(" ")
    assert text.count("The council voted") == 7
    assert "Imprint" not in text
    assert "Home" not in text
    assert located.verdicts == ()


def test_figures_inside_the_story_keep_image_and_caption() -> None:
    soup = BeautifulSoup(locate(read_tree(NEWS)).html, "lxml")
    assert soup.figure is not None
    assert soup.figure.img is not None
    assert soup.figcaption is not None


def test_a_verdict_for_every_block_when_asked() -> None:
    tree = read_tree(NEWS)
    located = locate(tree, explain=True)
    assert len(located.verdicts) == len(tree.runs) + len(tree.aside) + len(list(menus(tree)))
    assert any(v.kept and v.text.startswith("The council") for v in located.verdicts)
    assert any(not v.kept and v.text == "Imprint" for v in located.verdicts)


def test_a_doubtful_block_within_a_news_story_goes_and_within_a_guide_stays() -> None:
    tree = read_tree(NEWS.replace("</article>", "<p>Last word</p></article>"))
    scores = np.array([0.8, 0.9, 0.95, 0.65, 0.5, 0.9, 0.54])
    with mock.patch.object(Model, "scores", return_value=scores):
        guide = locate(tree, explain=True).verdicts
        news = locate(tree, news=True, explain=True).verdicts
    kept = [[v.text[:9] for v in verdicts if v.kept] for verdicts in (guide, news)]
    story = ["The counc"] * 2
    assert kept[0] == ["Bridge to", *story, "Ten other", "The bridg", "The counc", "Last word"]
    assert kept[1] == ["Bridge to", *story, "The counc"]
    assert any("bar 0.72)" in verdict.rule for verdict in news)


def test_in_a_guide_a_block_leans_towards_those_beside_it_in_one_element() -> None:
    scores = np.array([0.9, 0.3, 0.9, 0.9, 0.3, 0.9])
    said = f"<p>{SENTENCE}</p>"
    tree = read_tree(f"{said}<p>Mind the gap</p>{said}{said}<div><p>Mind the cat</p></div>{said}")
    with mock.patch.object(Model, "scores", return_value=scores):
        guide = [verdict.kept for verdict in locate(tree, explain=True).verdicts]
        news = [verdict.kept for verdict in locate(tree, news=True, explain=True).verdicts]
    assert guide == [True, True, True, True, False, True]
    assert news == [True, False, True, True, False, True]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(1, 8), st.floats(0, 0.09) | st.floats(0.71, 1))
def test_blocks_of_one_mind_never_turn_each_other(count: int, score: float) -> None:
    tree = read_tree("".join(f"<p>{SENTENCE}</p>" for _ in range(count)))
    with mock.patch.object(Model, "scores", return_value=np.full(count, score, np.float32)):
        verdicts = locate(tree, explain=True).verdicts
    assert [verdict.kept for verdict in verdicts] == [score > 0.5] * count


def test_what_stands_below_the_heading_of_comments_goes() -> None:
    said = "".join(f"<p>{SENTENCE}</p>" for _ in range(3))
    tree = read_tree(f"<h1>Comments</h1>{said}<div>12 comments</div>{said}")
    scores = np.array([0.1, 0.9, 0.9, 0.9, 0.1, 0.9, 0.9, 0.9])
    with mock.patch.object(Model, "scores", return_value=scores):
        verdicts = locate(tree, explain=True).verdicts
    assert [verdict.kept for verdict in verdicts] == [False, True, True, True, False, False, False, False]
    assert {verdict.rule for verdict in verdicts[4:]} == {"readers' comments"}


def test_a_list_and_a_data_table_are_kept_or_dropped_as_one() -> None:
    cells = "".join(f"<tr><td>Quay {n}</td><td>{n} m</td></tr>" for n in range(2))
    items = "<li><p>Tide tables</p></li><li>Fog horn</li><li>Light list</li>"
    tree = read_tree(f"<p>{SENTENCE}</p><table>{cells}</table><ul>{items}</ul><p>{SENTENCE}</p>")
    scores = np.array([0.9, 0.9, 0.1, 0.9, 0.1, 0.5, 0.02, 0.02, 0.9])
    with mock.patch.object(Model, "scores", return_value=scores):
        located = locate(tree)
    text = BeautifulSoup(located.html, "lxml").get_text(" ", strip=True).replace(SENTENCE.strip(), "|")
    assert text == "| Quay 0 0 m Quay 1 1 m |"


def test_a_table_that_lays_out_the_page_is_judged_cell_by_cell() -> None:
    tree = read_tree(f"<table><tr><td>{SENTENCE}</td><td>{SENTENCE}!</td><td>Menu</td></tr></table>")
    with mock.patch.object(Model, "scores", return_value=np.array([0.9, 0.9, 0.1])):
        assert "Menu" not in locate(tree).html


def test_a_quote_and_its_signature_are_kept_as_one_among_the_story() -> None:
    said = f"<p>{SENTENCE}</p>"
    quote = (
        "<blockquote{}><p>We will not wait for another winter.</p><cite>Max Moe, mayor</cite></blockquote>"
    )
    glossary = "<dl><dt>Pier</dt><dd>A landing stage on piles.</dd></dl>"
    elsewhere = f"<div>{quote.format('')}</div>"
    page = (
        said + quote.format("") + said + glossary + said + quote.format(' class="twitter-tweet"') + elsewhere
    )
    doubtful = [0.6, 0.4]
    scores = np.array([0.9, *doubtful, 0.9, *doubtful, 0.9, *doubtful, *doubtful])
    with mock.patch.object(Model, "scores", return_value=scores):
        kept = locate(read_tree(page), news=True).kept
    assert kept == (True, True, True, True, False, False, True, False, False, False, False)


def test_a_doubtful_list_stays_beside_the_paragraphs_of_a_news_story_and_nowhere_else() -> None:
    items = "<ul><li>Greens: 12 seats</li><li>Liberals: 9 seats</li><li>Labour: 7 seats</li></ul>"
    links = items.replace("<li>", '<li><a href="/x">').replace("</li>", "</a></li>")
    said = f"<p>{SENTENCE}</p>"
    tree = read_tree(f"{said}{items}{said}{links}{said}<div>{items}</div>{said}")
    doubtful = [0.6] * 3
    scores = np.array([0.9, *doubtful, 0.9, *doubtful, 0.9, *doubtful, 0.9])
    with mock.patch.object(Model, "scores", return_value=scores):
        kept = locate(tree, news=True).kept
    assert [kept[place] for place in (1, 5, 9)] == [True, False, False]
    assert sum(kept) == 7


def test_what_is_named_a_standfirst_under_the_headline_opens_the_story() -> None:
    standfirst = '<p class="{}">Two years after the storm, work on the pier begins.</p>'
    names = [
        "b-subheadline",
        "p-dek",
        "article-excerpt",
        "LeadText_lead__x1",
        "card-subtitle",
        "wp-block-post-excerpt",
    ]
    kept = []
    for name in names:
        named = standfirst.format(name)
        tree = read_tree(f"<div><h1>Pier</h1>{named}</div><p>{SENTENCE}</p>{named}")
        with mock.patch.object(Model, "scores", return_value=np.array([0.1, 0.2, 0.9, 0.2])):
            kept.append(locate(tree, news=True).kept[1:])
    assert kept == [(True, True, False)] * 4 + [(False, True, False)] * 2


def test_an_h2_right_below_the_headline_is_a_standfirst_and_short_stories_have_one_too() -> None:
    standfirst, line = "Two years after the storm, work on the pier begins.", "Boats may pass again."
    kept = []
    for head in (f"<h2>{standfirst}</h2>", f'<p class="standfirst">{standfirst}</p>', f"<p>{standfirst}</p>"):
        tree = read_tree(f"<div><h1>Pier</h1>{head}</div><p>{line}</p>")
        with mock.patch.object(Model, "scores", return_value=np.array([0.1, 0.3, 0.9])):
            kept.append(locate(tree, news=True).kept[1])
    assert kept == [True, True, False]


def test_the_next_story_that_a_page_loads_below_its_own_is_left_out() -> None:
    first = "".join(f"<p>The council voted on motion {n} on Tuesday. {SENTENCE}</p>" for n in range(5))
    second = "".join(f"<p>The rail line {n} was closed on Wednesday. {SENTENCE}</p>" for n in range(5))
    page = f"<article><h1>Bridge</h1>{first}</article><article>{{}}<p>By Max Moe</p>{second}</article>"
    tree = read_tree(page.format("<h1>Rail line closed</h1>"))
    located = locate(tree, news=True, explain=True)
    kept = [run.text[:11] for run, keep in zip(tree.runs, located.kept, strict=True) if keep]
    assert kept == ["The council"] * 5
    assert {verdict.rule for verdict in located.verdicts[-7:]} == {"the page's next story"}
    part = read_tree(page.format("<h2>More of the same story</h2>"))
    assert sum(locate(part, news=True).kept) >= 10


def test_white_space_in_a_tag_of_its_own_parts_words() -> None:
    tree = read_tree("<p>by a<b> </b><a href='/x'>ferry</a></p>")
    assert cut_down(tree, [True]).replace('<a href="/x">', "").startswith("<p>by a ferry")


def test_an_empty_page_gives_no_html() -> None:
    assert locate(read_tree("")).html == ""


def test_lists_quotes_and_headings_keep_their_tags() -> None:
    page = "<div><h2>Head</h2><ul><li>One</li><li>Two</li></ul><blockquote>Said</blockquote><p>End</p></div>"
    tree = read_tree(page)
    html = cut_down(tree, [True, True, False, True, True])
    assert html == "<div><h2>Head</h2><ul><li>One</li></ul><blockquote>Said</blockquote><p>End</p></div>"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(alphabet="<>/=\"'abpdivr! x\n", max_size=200), st.integers(0, 2**30))
def test_what_is_cut_down_holds_the_kept_text_and_nothing_else(page: str, choice: int) -> None:
    tree = read_tree(page)
    kept = [bool(choice >> number & 1) for number in range(len(tree.runs))]
    text = BeautifulSoup(cut_down(tree, kept), "lxml").get_text(" ")
    wanted = "".join(run.text for run, keep in zip(tree.runs, kept, strict=True) if keep)
    assert "".join(text.split()) == "".join(wanted.split())


def test_where_no_block_passes_the_surest_sentence_is_the_story() -> None:
    tree = read_tree(f"<h1>Ferry late</h1><p>{SENTENCE}</p><p>Share</p>")
    with mock.patch.object(Model, "scores", return_value=np.array([0.35, 0.3, 0.2], np.float32)):
        assert locate(tree, news=True).kept == (False, True, False)
    with mock.patch.object(Model, "scores", return_value=np.array([0.35, 0.2, 0.3], np.float32)):
        assert not any(locate(tree, news=True).kept)


def test_a_story_of_a_thousand_paragraphs_is_kept_whole() -> None:
    said = f"On day {{}} of the inquiry another witness told the judges what she saw. {SENTENCE}"
    story = "".join(f"<p>{said.format(day)}</p>" for day in range(1000))
    page = f'<nav>Home</nav><article><h1>The inquiry</h1><div class="entry-content">{story}</div></article>'
    tree = read_tree(page)
    for news in (True, False):
        assert all(locate(tree, news=news).kept[-1000:])


def test_a_time_in_the_midst_of_a_sentence_is_a_part_of_it() -> None:
    tree = read_tree(
        f"<p>{SENTENCE}</p><p>They met on <time>Friday</time> and voted.</p><p>Done. <time>9:40</time></p>"
        "<p><time>Monday</time> was dry.</p><p><time>Tuesday</time> Wet</p>"
    )
    scores = np.array([0.9, 0.9, 0.1, 0.9, 0.9, 0.1, 0.1, 0.9, 0.1, 0.9], np.float32)
    with mock.patch.object(Model, "scores", return_value=scores):
        kept = locate(tree, news=True).kept
    assert kept == (True, True, True, True, True, False, True, True, False, True)


POST = (
    '<blockquote class="twitter-tweet"><p>{}</p>&mdash; Mayor of Harbourton (@mayor) <a href="/1">3 May</a>'
    "</blockquote>"
)
WORDS = "The pier comes back, and nobody shall wait for a boat in the rain any longer."


def kept_posts(*posts: str, after: str = SENTENCE) -> list[bool]:
    """Which blocks of embedded posts stay that a scorer lets go, each before a paragraph of the story."""
    tree = read_tree(f"<p>{SENTENCE}</p>" + "".join(f"<div>{post}</div><p>{after}</p>" for post in posts))
    scores = np.array(
        [0.1 if run.text.startswith(("The pier comes", "— Mayor")) else 0.9 for run in tree.runs]
    )
    with mock.patch.object(Model, "scores", return_value=scores):
        kept = locate(tree, news=True).kept
    return [keep for keep, score in zip(kept, scores, strict=True) if score < 0.5]


@pytest.mark.parametrize("name", ["twitter-tweet", "bluesky-embed", "mastodon-embed"])
def test_an_embedded_post_between_the_storys_paragraphs_is_a_quote_of_it(name: str) -> None:
    post = POST.format(WORDS).replace("twitter-tweet", name)
    assert kept_posts(post) == [True, True]
    assert kept_posts(post, post.replace("rain", "snow")) == [True] * 4


def test_a_post_that_tells_nothing_more_or_stands_in_a_list_of_them_is_left_to_the_scorer() -> None:
    assert kept_posts(POST.format("The pier comes back! #pier @mayor @council @harbour")) == [False, False]
    assert kept_posts(POST.format(f"<a href='/2'>{WORDS}</a>")) == [False, False]
    quoted = f"The mayor wrote: “{WORDS}” {SENTENCE}"
    assert kept_posts(POST.format(WORDS), after=quoted) == [False, False]
    assert kept_posts(*[POST.format(WORDS)] * 3) == [False] * 6
    plain = POST.format(WORDS).replace("twitter-tweet", "wp-embedded-content")
    assert kept_posts(plain) == [False, False]


@pytest.mark.parametrize("page", ["<div>{}</div>", "<div><div>{}</div></div>"])
def test_a_short_story_that_the_scorer_doubts_is_the_sentences_of_one_element(page: str) -> None:
    lines = [f"The tram on line {n} was stopped for an hour on Tuesday, the city said." for n in range(4)]
    parted = "<br><br>".join(lines) if page.count("div") == 2 else "</div><div>".join(lines)
    tree = read_tree(f"<p>Log in</p>{page.format(parted)}<div>Terms apply</div>")
    for score, kept in ((0.2, True), (0.05, False)):
        with mock.patch.object(Model, "scores", return_value=np.full(len(tree.runs), score)):
            told = locate(tree, news=True).kept
        assert [run.text in lines for run, keep in zip(tree.runs, told, strict=True) if keep] == [
            True
        ] * 4 * kept


def test_a_short_story_between_its_date_and_links_is_not_doubted_for_what_stands_beside_it() -> None:
    lines = [f"The tram on line {n} was stopped for an hour on Tuesday, the city said." for n in range(2)]
    tree = read_tree(f"<div><article><b>x</b><br>{'<br>'.join(lines)}</article></div><p>Top</p>")
    with mock.patch.object(Model, "scores", return_value=np.array([0.01, 0.12, 0.11, 0.02])):
        assert locate(tree).kept == (False, True, True, False)
