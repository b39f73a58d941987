"""What could not even become a page to fetch or read is in the ledger, with the rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stock import keep, page

from parsers import parse
from storage import Database, Link, claim, discover, why
from storage.integrity import faults
from storage.turned_away import TurnedAway, turn_away

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_the_ledger_knows_what_was_turned_away_and_forgets_nothing_for_it(db: Database) -> None:
    junk, known, held = "ftp://a.example/x", page(1).url, "file:///pages/held.html"
    keep(db, [page(1)], [parse(page(1))])
    ends = [TurnedAway(url, "failed", f"rule {rule}") for rule in (1, 2) for url in (junk, known, held)]
    with db.write() as session:
        discover(session, [Link(held, "")], None, now=NOW)
        assert claim(session, NOW, 1, 1, worker="w", lease=60, among=[held])
        turn_away(session, ends, NOW + timedelta(hours=1))
    with db.read() as session:
        found = {url: why(session, url) for url in (junk, known, held)}
    stories = {url: one for url, one in found.items() if one is not None}
    told = {url: (one.state, one.reason, len(one.attempts)) for url, one in stories.items()}
    assert told == {
        junk: ("failed", "rule 2", 2), known: ("failed", "rule 2", 3), held: ("claimed", "", 2),
    }  # fmt: skip
    assert stories[known].article is not None
    assert list(faults(db)) == []
