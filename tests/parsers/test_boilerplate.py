from typing import Any

import pytest
from bs4 import BeautifulSoup

from parsers.blocks import Piece, gather
from parsers.boilerplate import rules
from parsers.rule import Rule, RuleError

STORY = (
    "The council approved a second ferry line on Monday, ending a debate of four long years in the harbour."
)
AROUND = Piece("paragraph", STORY + " " + STORY)


def proofs(key: str) -> list[Any]:
    return [
        pytest.param(rule.name, rule.where, proof, id=f"{rule.name}: {proof[:40]}")
        for rule in rules().rules
        for proof in getattr(rule, key)
    ]


def verdict(where: str, proof: str) -> list[str | None]:
    """The rules that drop the pieces of `proof`, put where its rule looks."""
    if proof.startswith("<"):
        inner = gather(BeautifulSoup(proof, "lxml"), rules().tag)
    else:
        inner = [Piece("paragraph", " ".join(proof.split()))]
    before = [] if where == "top" else [AROUND]
    after = [] if where == "bottom" else [AROUND]
    rules().judge([*before, *inner, *after])
    return [piece.rule for piece in inner]


@pytest.mark.parametrize(("name", "where", "proof"), proofs("drops"))
def test_a_rule_drops_what_it_says(name: str, where: str, proof: str) -> None:
    found = verdict(where, proof)
    assert found
    assert set(found) == {name}


@pytest.mark.parametrize(("name", "where", "proof"), proofs("keeps"))
def test_a_rule_keeps_what_it_says(name: str, where: str, proof: str) -> None:
    assert verdict(where, proof) == [None], name


PROOFS: dict[str, Any] = {"drops": ["x"], "keeps": ["y"]}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"name": "a", "phrase": ["x"], **PROOFS}, "unknown key phrase"),
        ({"name": "a", "phrases": ["x"], "drops": ["x"]}, "proves itself"),
        ({"name": "a", "where": "middle", **PROOFS}, "'middle'"),
        ({"name": "a", "selectors": ["div > p"], **PROOFS}, "'div > p'"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(table: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        Rule.read(table)


def test_a_list_loses_the_items_that_a_rule_drops() -> None:
    some = Piece("list", "Share\nOne ferry", items=("Share", "One ferry"), score=0.7)
    none = Piece("list", "Share\nTweet", items=("Share", "Tweet"), linked=10)
    told = Piece("list", "Reuters\nInstagram", items=("Reuters", "Instagram"), score=0.97)
    rules().judge([some, none, told])
    assert (some.rule, some.items, some.text) == (None, ("One ferry",), "One ferry")
    assert none.rule == "share-bar"
    assert told.items == ("Reuters", "Instagram")


def test_a_caption_loses_its_credit_and_a_credit_that_is_all_of_it_goes() -> None:
    told = Piece("caption", "The old pier and its deck. Photo: John Doe")
    bare = Piece("caption", "Photo: John A. Doe/Example Agency")
    rules().judge([told, bare])
    assert (told.rule, told.text) == (None, "The old pier and its deck.")
    assert bare.rule == "credit"


def test_a_heading_may_be_made_of_words_that_a_share_bar_is_made_of() -> None:
    heading = Piece("heading", "Instagram and Facebook", 2)
    rules().judge([heading])
    assert heading.rule is None


@pytest.mark.parametrize("attribute", ['rel="tag"', "data-component='newsletter'"])
def test_an_attribute_chooses_what_goes(attribute: str) -> None:
    soup = BeautifulSoup(f"<p>Story</p><div {attribute}><p>harbour</p></div>", "lxml")
    assert [piece.rule is None for piece in gather(soup, rules().tag)] == [True, False]
