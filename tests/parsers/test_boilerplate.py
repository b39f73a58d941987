import pytest
from bs4 import BeautifulSoup

from parsers.blocks import Piece, gather
from parsers.boilerplate import rules

STORY = (
    "The council approved a second ferry line on Monday, ending a debate of four long years in the harbour."
)
AROUND = Piece("paragraph", STORY + " " + STORY)


def proofs(key: str) -> list[tuple[str, str]]:
    return [(rule.name, proof) for rule in rules().rules for proof in getattr(rule, key)]


def verdict(name: str, proof: str) -> list[str | None]:
    """The rules that drop the pieces of `proof`, put where its rule looks."""
    where = next(rule.where for rule in rules().rules if rule.name == name)
    if proof.startswith("<"):
        inner = gather(BeautifulSoup(proof, "lxml"), rules().tag)
    else:
        inner = [Piece("paragraph", " ".join(proof.split()))]
    before = [] if where == "top" else [AROUND]
    after = [] if where == "bottom" else [AROUND]
    rules().judge([*before, *inner, *after])
    return [piece.rule for piece in inner]


@pytest.mark.parametrize(("name", "proof"), proofs("drops"))
def test_a_rule_drops_what_it_says(name: str, proof: str) -> None:
    found = verdict(name, proof)
    assert found
    assert set(found) == {name}


@pytest.mark.parametrize(("name", "proof"), proofs("keeps"))
def test_a_rule_keeps_what_it_says(name: str, proof: str) -> None:
    assert verdict(name, proof) == [None]
