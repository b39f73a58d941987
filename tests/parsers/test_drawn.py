"""Stories that stand only in the state that a framework draws the page from."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import NotAnArticle, Page, parse
from parsers.drawn import drawn_story

TITLE = "Council votes to rebuild ferry pier"
STORY = [
    "The council of the old harbour town voted on Tuesday to rebuild the pier, officials said.",
    "The work will cost 12 million euros and take two years, the mayor told reporters.",
    "What comes next",
    "Residents have waited for the decision since January, when the sea broke the wall.",
    "Fishermen welcomed the plan, although some fear for the summer and its tourists.",
]
MARKUP = "".join(f"<p>{text}</p>" for text in STORY)
BODIES: list[Any] = [
    MARKUP,
    STORY,
    [{"type": "paragraph", "text": text} for text in STORY],
    [{"kind": "block", "value": {"html": f"<p>{text}</p>"}} for text in STORY],
    [{"_type": "block", "children": [{"text": text[:9]}, {"text": text[9:]}]} for text in STORY],
]


def page(
    state: object, script: str = '<script id="__NEXT_DATA__" type="application/json">{}</script>'
) -> str:
    data = json.dumps(state).replace("</", "<\\/")
    return f"<html><head><title>{TITLE}</title></head><body><div id='app'></div>{script.replace('{}', data)}"


@pytest.mark.parametrize("body", BODIES, ids=["markup", "texts", "blocks", "values", "spans"])
def test_a_story_in_a_pages_state_is_read_where_the_page_shows_none(body: object) -> None:
    other = {"title": "Another story", "body": MARKUP.replace("council", "senate") * 3}
    state = {"props": {"pageProps": {"related": [other], "article": {"headline": TITLE, "body": body}}}}
    html = page(state).replace("<title>", '<meta property="og:type" content="article"><title>')
    draft = parse(Page("https://www.harbour.example/news/pier-12", html.encode(), "text/html"))
    assert (draft.title, draft.text) == (TITLE, "\n\n".join(STORY))


def test_a_state_in_a_variable_is_read_and_an_unnamed_story_only_where_it_is_long() -> None:
    script = "<script>window.__INITIAL_STATE__ = {};</script>"
    state = {"entities": {"a1": {"headline": TITLE, "html": MARKUP}}}
    assert drawn_story(page(state, script), TITLE) == STORY
    assert drawn_story(page(state), "Another title") == []
    long = {"entities": {"a1": {"html": MARKUP * 3}}}
    assert drawn_story(page(long), "Another title") == STORY * 3


def test_labels_and_settings_in_a_state_are_no_story() -> None:
    state = {"title": TITLE, "labels": ["Save", "Share", "Read more"] * 60, "css": ".a{color:red}" * 80}
    assert drawn_story(page(state), TITLE) == []
    with pytest.raises(NotAnArticle):
        parse(Page("https://www.harbour.example/news/pier-12", page(state).encode(), "text/html"))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=30,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(JSON, st.text(max_size=20))
def test_any_state_is_read_without_a_fault(state: object, title: str) -> None:
    assert isinstance(drawn_story(page({"content": state}), title), list)
