"""What the event bus is to hear: ranges of changes, and sources on their state's turn; each once."""

from __future__ import annotations

from datetime import timedelta

from stock import NOW, keep, page

from parsers import Draft
from storage import Database
from storage.announcing import announced, bus_has_news, lease_bus, next_range, source_turns
from storage.receivers import Held, anything_due, put_off, receivers, release_receiver
from storage.sources import NewSource, Polled, add_sources, settle_poll, sources

LATER = NOW + timedelta(minutes=5)


def store(db: Database, *numbers: int, source: int | None = None) -> None:
    drafts = [Draft(url=page(n).url, title=f"P{n}", text=f"{n}", host="harbour.example") for n in numbers]
    keep(db, [page(n) for n in numbers], drafts, source)


def held(db: Database, worker: str = "w") -> Held | None:
    with db.write() as session:
        return lease_bus(session, NOW, worker=worker, until=LATER)


def news(db: Database) -> bool:
    with db.read() as session:
        return bus_has_news(session, NOW)


def settle(db: Database, error: str | None) -> int:
    with db.write() as session:
        (source,) = sources(session)
        settle_poll(session, source.id, Polled(LATER, error=error), 0, NOW)
        return source.id


def test_a_range_of_changes_is_told_once(db: Database) -> None:
    with db.write() as session:
        add_sources(session, [NewSource("https://a.example/rss", "rss", "a.example", "Gazette")], NOW)
    store(db, 1)
    assert news(db), "a bus that is new has to be entered"
    assert held(db) is None, "what happened before it was there is not told"
    assert not news(db)
    store(db, 2, 3, source=1)
    bus = held(db)
    assert bus is not None
    assert held(db, "other") is None
    with db.read() as session:
        assert not anything_due(session, NOW), "the bus is no receiver of webhooks"
        assert receivers(session) == []
        told = next_range(session, bus)
    assert told is not None
    assert (told.first, told.last, told.kinds) == (2, 3, {"created": 2})
    assert [one.name for one in told.sources] == ["Gazette"]
    with db.write() as session:
        announced(session, bus, told, [], NOW)
        assert next_range(session, bus) is None
        release_receiver(session, bus)
    assert not news(db)
    store(db, 4)
    assert news(db)
    bus = held(db)
    assert bus is not None
    with db.write() as session:
        put_off(session, bus.id, "503", LATER)
        release_receiver(session, bus)
    assert not news(db)
    assert held(db) is None


def test_a_source_is_told_of_on_its_states_turn(db: Database) -> None:
    with db.write() as session:
        add_sources(session, [NewSource("https://a.example/rss", "rss", "a.example")], NOW)
    held(db)
    seen = []
    for error in (None, "503", "503 again", None, None):
        settle(db, error)
        with db.write() as session:
            turns = source_turns(session)
            seen.append([(one.failing, one.error) for one in turns])
            bus = Held(1, "", "", all_changes=False, worker="w")
            session.connection().exec_driver_sql("UPDATE receiver SET worker = 'w'")
            announced(session, bus, None, turns, NOW)
    assert seen == [[], [(True, "503")], [], [(False, None)], []]


def test_who_lost_the_lease_writes_nothing_down(db: Database) -> None:
    with db.write() as session:
        add_sources(session, [NewSource("https://a.example/rss", "rss", "a.example")], NOW)
    held(db)
    settle(db, "503")
    assert news(db)
    bus = held(db)
    assert bus is not None
    with db.write() as session:
        turns = source_turns(session)
        announced(session, Held(bus.id, "", "", all_changes=False, worker="other"), None, turns, NOW)
        assert source_turns(session) == turns
