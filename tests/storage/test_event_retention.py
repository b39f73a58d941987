"""What was told and given up goes in time, and nothing is told twice for it."""

from __future__ import annotations

from datetime import timedelta

from stock import NOW

from storage import Database
from storage.deliveries import dead_letters, enter, gather, next_delivery, not_delivered
from storage.event_retention import KEPT, forget_firings, forget_letters
from storage.receivers import Held
from storage.watches import Watch, add_watch, watches
from tests.storage.test_deliveries import LATER, lease, prepared, receive, store

SOON, LONG_AFTER = NOW + KEPT - timedelta(days=1), LATER + KEPT + timedelta(days=1)


def tell(db: Database, held: Held) -> None:
    """Make messages a while later than `prepared` does."""
    with db.write() as session:
        gathered = gather(session, held, LATER)
        assert gathered is not None
        assert enter(session, held, gathered, LATER)


def only(db: Database) -> Watch:
    with db.read() as session:
        (watch,) = watches(session)
    return watch


def place(db: Database, seq: int) -> None:
    with db.write() as session:
        session.connection().exec_driver_sql(f"UPDATE receiver SET seq = {seq}")  # noqa: S608 - a number of ours


def test_firings_go_when_nothing_can_repeat_them_and_stay_counted(db: Database) -> None:
    receiver = receive(db, all_changes=False)
    with db.write() as session:
        add_watch(session, "minister", receiver, NOW)
    store(db, 1, 2)
    (held,) = lease(db)
    assert prepared(db, held)
    store(db, 3)
    tell(db, held)
    for now, seq, gone in ((SOON, 3, 0), (LONG_AFTER, 0, 0), (LONG_AFTER, 1, 1), (LONG_AFTER, 3, 1)):
        place(db, seq)
        with db.write() as session:
            assert forget_firings(session, now) == gone
        assert (only(db).fired, only(db).fired_at) == (3, LATER)
    store(db, 1, text="The minister spoke again.")
    tell(db, held)
    with db.write() as session:
        assert forget_firings(session, LONG_AFTER) == 0, "none is older than the newest"
    assert only(db).fired == 4, "a new version fires again"


def test_dead_letters_go_and_what_waits_stays(db: Database) -> None:
    receive(db)
    store(db, 1, 2)
    (held,) = lease(db)
    assert prepared(db, held, limit=1)
    assert prepared(db, held, limit=1)
    with db.write() as session:
        first = next_delivery(session, held)
        assert first is not None
        not_delivered(session, first, "the receiver answered 500", LATER, dead_at=NOW)
        assert forget_letters(session, SOON) == 0
        assert len(dead_letters(session)) == 1
        assert forget_letters(session, LONG_AFTER) == 1
        assert dead_letters(session) == []
        assert next_delivery(session, held) is not None
