"""What a publisher repeats is learned by upkeep and left out from then on; a story never loses itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parsers import Block, Draft, Page
from storage import Database, Link, article, claim, discover, history, save
from storage.furniture import learn_of, note_learned, of_hosts, unlearned_hosts
from storage.reparse import Waiting, apply, read_anew, stored_articles, unread_ids, waiting

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLEA = "The Tide is free to read because its readers pay for it. Join them today."
WORDS = "gannet harbour ledger meadow nickel orchard pepper quarry ribbon saddle timber uplands vessel willow"


def tale(number: int) -> list[str]:
    """Paragraphs that no other story has."""
    return [f"{' '.join(f'{word}{number}{part}' for word in WORDS.split())}." for part in "abcd"]


def said(number: int, *more: str) -> str:
    """A story's text as the parser gives it, its headings among the paragraphs."""
    return "\n\n".join(["Analysis", *tale(number), *more])


def told(number: int, *more: str, days: int = 1, host: str = "tide.example") -> Draft:
    paragraphs = [*tale(number), *more]
    return Draft(
        f"https://{host}/{number}", f"Story number {number}", said(number, *more),
        (Block("heading", "Analysis", level=2), *(Block("paragraph", one) for one in paragraphs)),
        host=host, published_at=NOW - timedelta(days=days * number), word_count=99,
    )  # fmt: skip


def kept(db: Database, draft: Draft, rendered: str = "") -> int:
    """Fetch and save a page; return its article's id."""
    with db.write() as session:
        discover(session, [Link(draft.url, draft.host)], None, now=NOW, again=True)
        (held,) = claim(session, NOW, 9, 9, worker="w", lease=60, among=[draft.url])
        return save(session, held, Page(draft.url, f"{draft.text}{rendered}".encode()), draft, NOW).article_id


def learned(db: Database, at: datetime = NOW) -> dict[str, frozenset[str]]:
    with db.write() as session:
        hosts, seq = unlearned_hosts(session)
        for host in hosts:
            learn_of(session, host, at)
        note_learned(session, seq)
        return of_hosts(session, ["tide.example", "other.example"])


def text_of(db: Database, article_id: int) -> str:
    with db.read() as session:
        found = article(session, article_id)
    assert found is not None
    return found.text


def test_what_repeats_is_learned_once_and_left_out_of_the_next_page(db: Database) -> None:
    for number in range(12):
        kept(db, told(number, PLEA))
        kept(db, told(number, host="other.example"))
    assert learned(db) == {
        "tide.example": {"the tide is free to read because its readers pay for it join them today"}
    }
    with db.read() as session:
        assert unlearned_hosts(session)[0] == []
    fresh = kept(db, told(40, PLEA))
    assert text_of(db, fresh) == said(40)
    with db.read() as session:
        found = article(session, fresh)
        assert found is not None
        assert found.provenance["furniture"].raw == PLEA
        assert PLEA not in str(found.blocks)
    elsewhere = told(41, PLEA, host="other.example")
    assert text_of(db, kept(db, elsewhere)) == elsewhere.text


@pytest.mark.parametrize(
    ("stories", "days"), [(9, 1), (12, 0)], ids=["too few stories", "all of them of one week"]
)
def test_nothing_is_learned_too_soon(db: Database, stories: int, days: int) -> None:
    for number in range(stories):
        kept(db, told(number, PLEA, days=days))
    assert learned(db) == {}


def test_a_wire_storys_copies_are_no_furniture(db: Database) -> None:
    same = told(0)
    for number in range(12):
        title, url = f"Told for the {number}th time", f"https://tide.example/again/{number}"
        kept(db, replace(same, title=title, url=url, published_at=NOW - timedelta(days=number)))
        kept(db, told(number + 20))
    assert learned(db) == {}


def test_a_page_that_says_little_else_keeps_it(db: Database) -> None:
    for number in range(12):
        kept(db, told(number, PLEA))
    learned(db)
    short = Draft(
        "https://tide.example/join", "Why we ask", f"We ask all.\n\n{PLEA}",
        (Block("paragraph", "We ask all."), Block("paragraph", PLEA)), host="tide.example",
    )  # fmt: skip
    assert text_of(db, kept(db, short)) == short.text


def test_learning_is_no_edit_but_an_edit_is_one(db: Database) -> None:
    numbers = [kept(db, told(number, PLEA)) for number in range(12)]
    learned(db)
    kept(db, told(3, PLEA), rendered="<!-- rendered again -->")
    assert versions(db, numbers[3]) == 1
    kept(db, told(3, "One more thing happened in the evening.", PLEA))
    assert versions(db, numbers[3]) == 2
    assert text_of(db, numbers[3]) == said(3, "One more thing happened in the evening.")


def versions(db: Database, article_id: int) -> int:
    with db.read() as session:
        return len(history(session, article_id))


def test_reading_anew_leaves_it_out_too(db: Database) -> None:
    drafts: Sequence[Draft] = [told(number, PLEA) for number in range(12)]
    for draft in (*drafts, told(0, host="other.example")):
        kept(db, draft)
    with db.read() as session:
        assert unread_ids(session, 0, 50) == []
    learned(db, at=NOW + timedelta(hours=1))
    with db.write() as session:
        assert unread_ids(session, 0, 50) == list(range(1, 13)), "those of the host that it was learned of"
        assert waiting(session) == Waiting(pages=12, lost=0)
        (first, *_) = stored_articles(session, unread_ids(session, 0, 5))
        reading = read_anew(first, drafts[0])
        apply(session, [reading], NOW + timedelta(hours=2))
        assert unread_ids(session, 0, 50) == list(range(2, 13)), "and once is enough"
    assert dict(reading.differences) == {"text": "changed", "blocks": "changed"}
    assert reading.draft is not None
    assert PLEA not in reading.draft.text
    assert text_of(db, 1) == said(0)
