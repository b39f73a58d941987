"""No sentence of a story goes for how it begins, in any language or place; and no promo stays."""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from parsers import Page, parse, structure
from parsers.blocks import Piece, gather
from parsers.boilerplate import rules

LISTS = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))
LONG = (
    "The council of the old harbour town voted on Tuesday to rebuild the ferry pier that was swept away by "
    "last winter's storm."
)
TOLD = [LONG, LONG.replace("Tuesday", "Wednesday"), LONG.replace("Tuesday", "Thursday")]
BRIEF = ["The sea was calm at last.", "Nobody slept in the harbour.", "Two boats came home late."]


def pieces(line: str) -> list[Piece]:
    if line.startswith("<"):
        return gather(BeautifulSoup(line, "lxml"), rules().tag)
    return [Piece("paragraph", line)]


def left(before: list[str], line: str, after: list[str]) -> list[str]:
    """The texts of `line` that the strip leaves between two stretches of a story."""
    inner = pieces(line)
    found = [Piece("paragraph", text) for text in before] + inner + [Piece("paragraph", t) for t in after]
    rules().judge(found)
    structure.judge(found, "Ferry pier to be rebuilt", ("Ada Writer",))
    return [piece.text for piece in inner if not piece.rule]


@pytest.mark.parametrize("story", [TOLD, BRIEF], ids=["long", "brief"])
@pytest.mark.parametrize("language", LISTS["story"])
def test_a_sentence_of_a_story_stays_wherever_it_stands(language: str, story: list[str]) -> None:
    lines = LISTS["story"][language]
    places = range(len(story) + 1)
    lost = [(at, line) for line in lines for at in places if left(story[:at], line, story[at:]) != [line]]
    assert not lost


@pytest.mark.parametrize("story", [TOLD, BRIEF], ids=["long", "brief"])
@pytest.mark.parametrize("language", LISTS["promos"])
def test_a_promo_goes_from_the_middle_and_the_end_of_a_story(language: str, story: list[str]) -> None:
    lines = LISTS["promos"][language]
    stay = [(place, line) for line in lines for place in (2, 3) if left(story[:place], line, story[place:])]
    assert not stay


@pytest.mark.parametrize("story", [TOLD, BRIEF], ids=["long", "brief"])
def test_a_byline_goes_from_the_top_and_a_signature_from_the_end(story: list[str]) -> None:
    stay = [line for line in LISTS["bylines"]["all"] if left([], line, story)]
    stay += [line for line in LISTS["endings"]["all"] if left(story, line, [])]
    assert not stay


@pytest.mark.parametrize("language", LISTS["story"])
def test_a_page_made_of_such_sentences_is_read_whole(language: str) -> None:
    """A plain page of a newspaper, its paragraphs one sentence each, and no other around them."""
    lost = []
    sentences = LISTS["story"][language]
    for first in range(0, len(sentences), 10):
        lines = sentences[first : first + 10]
        story = "".join(f"<p>{escape(line)}</p>" for line in (*BRIEF, *lines, *reversed(BRIEF)))
        title = "<title>Ferry pier to be rebuilt</title>"
        page = f"<html><head>{title}</head><body><article><h1>Ferry pier to be rebuilt</h1>{story}</article>"
        text = parse(
            Page("https://harbour.example/2026/pier", page.encode(), "text/html; charset=utf-8")
        ).text
        lost += [line for line in lines if line not in text.split("\n\n")]
    assert not lost
