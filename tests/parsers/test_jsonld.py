import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.jsonld import MAX_NODES, load, nodes, strings, types

HOSTILE = {
    "nested": "[" * 100_000,
    "huge-number": '{"headline": ' + "9" * 5_000 + "}",
    "nan": '{"headline": NaN, "datePublished": -Infinity}',
    "binary": "\x00\x01{",
    "empty": "  <!-- -->  ",
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_script_says_nothing_and_raises_nothing(script: str) -> None:
    assert not list(strings([node.get("headline") for node in nodes(load(script))]))


@pytest.mark.parametrize(
    "script",
    [
        '{"headline": "Storm"}',
        '<!-- {"headline": "Storm"} -->',
        '//<![CDATA[\n{"headline": "Storm"}\n//]]>',
        '{"headline": "Storm",}',
        '{"headline": "Storm", "url": "C:\\x"}',
        '{"headline": "Storm"};',
        '{"headline": "Storm"}}',
        "{&quot;headline&quot;: &quot;Storm&quot;}",
        '{"headline": "Storm", "body": "line\nbreak"}',
        '{"body": "she said "no" twice", "headline": "Storm"}',
    ],
)
def test_broken_json_is_mended(script: str) -> None:
    assert [node["headline"] for node in nodes(load(script))] == ["Storm"]


def test_what_cannot_be_mended_is_scavenged() -> None:
    script = (
        '{"headline": "A \\"big\\" storm" "author": [{"@type": "Person", "name": "Ada"}], isAccessibleForFree'
    )
    assert load(script) == {"headline": 'A "big" storm', "author": {"name": "Ada"}, "@type": "Person"}
    assert load('{"isAccessibleForFree": false oops') == {"isAccessibleForFree": False}
    assert load("nothing here") is None


def test_graphs_lists_and_wrappers_are_walked_outer_first() -> None:
    value = {"@graph": [{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle"}}, [{"@type": "Person"}]]}
    assert [types(node) for node in nodes(value)] == [[], ["webpage"], ["newsarticle"], ["person"]]


def test_a_wide_script_is_cut() -> None:
    assert len(nodes([{"@type": "Comment"}] * 10_000)) <= MAX_NODES + 1


def test_a_cycle_of_depth_ends() -> None:
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"mainEntity": deep}
    assert len(nodes(deep)) < 50


def test_types_lose_their_vocabulary() -> None:
    assert types({"@type": ["http://schema.org/NewsArticle", "schema:Review", 3]}) == [
        "newsarticle",
        "review",
    ]


def test_strings_come_from_texts_numbers_nodes_and_lists() -> None:
    assert list(strings(["a", 4, True, None, {"name": ["b", {"name": "c"}]}])) == ["a", "4", "b", "c"]
    assert list(strings({"@id": "https://x.example/"}, "@id")) == ["https://x.example/"]
    assert len(list(strings([["a"] * 50] * 50))) <= 50


@given(st.text(max_size=400))
def test_load_never_raises(script: str) -> None:
    nodes(load(script))
