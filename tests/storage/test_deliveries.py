"""Messages to receivers: gathered in order, kept until acknowledged, given up in the end, replayed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from stock import NOW, keep, page

from parsers import Draft
from storage import Database, changes, last_seq
from storage.deliveries import (
    Delivery,
    dead_letters,
    delivered,
    disable_receiver,
    enter,
    gather,
    next_delivery,
    not_delivered,
    replay,
)
from storage.receivers import (
    Held,
    Receiver,
    add_receiver,
    anything_due,
    delivering_workers,
    free_receivers,
    lease_receivers,
    receivers,
    release_receiver,
    remove_receiver,
    renew_receiver,
)
from storage.watches import add_watch, matching, remove_watch, watches

LATER = NOW + timedelta(minutes=5)
HOOK = "https://hooks.example/news"


def store(db: Database, *numbers: int, text: str = "The minister spoke of the budget.") -> None:
    pages = [replace(page(number), content=f"{number} {text}".encode()) for number in numbers]
    drafts = [
        Draft(url=one.url, title=f"Pier {n}", text=f"{text} Of pier {n}.", host="harbour.example")
        for n, one in zip(numbers, pages, strict=True)
    ]
    keep(db, pages, drafts)


def receive(db: Database, url: str = HOOK, *, all_changes: bool = True) -> int:
    with db.write() as session:
        return add_receiver(session, url, "whsec_c2VjcmV0", NOW, all_changes=all_changes)[0]


def lease(db: Database, worker: str = "w", now: datetime = NOW) -> list[Held]:
    with db.write() as session:
        return lease_receivers(session, now, worker=worker, until=now + timedelta(seconds=60))


def prepared(db: Database, held: Held, limit: int = 100) -> bool:
    with db.read() as session:
        gathered = gather(session, held, NOW, limit)
    if gathered is None:
        return False
    with db.write() as session:
        return enter(session, held, gathered, NOW)


def waiting(db: Database, held: Held) -> Delivery | None:
    with db.read() as session:
        return next_delivery(session, held)


def listed(db: Database) -> list[Receiver]:
    with db.read() as session:
        return receivers(session)


def test_a_receiver_hears_of_what_happens_after_it_was_added(db: Database) -> None:
    store(db, 1)
    receive(db)
    assert lease(db) == [], "there is nothing to tell"
    store(db, 2, 3)
    (held,) = lease(db)
    assert prepared(db, held, 1)
    first = waiting(db, held)
    assert first is not None
    assert waiting(db, held) == first, "the message is the same until it is acknowledged"
    assert prepared(db, held)
    with db.write() as session:
        delivered(session, held, first, NOW)
    second = waiting(db, held)
    assert second is not None
    bodies = [json.loads(one.body) for one in (first, second)]
    assert [body["type"] for body in bodies] == ["cleanwire.articles.changed"] * 2
    told = [change for body in bodies for change in body["data"]["changes"]]
    assert [(one["seq"], one["kind"], one["article"]["title"]) for one in told] == [
        (2, "created", "Pier 2"),
        (3, "created", "Pier 3"),
    ]
    assert datetime.fromisoformat(bodies[0]["timestamp"]) == NOW
    assert not prepared(db, held)


def test_what_is_acknowledged_is_what_has_left_the_queue(db: Database) -> None:
    receive(db)
    store(db, 1, 2)
    (held,) = lease(db)
    assert prepared(db, held)
    (one,) = listed(db)
    assert (one.seq, one.behind, one.waiting, one.dead) == (0, 2, 1, 0)
    message = waiting(db, held)
    assert message is not None
    with db.write() as session:
        delivered(session, held, message, LATER)
    (one,) = listed(db)
    assert (one.seq, one.behind, one.waiting, one.delivered_at) == (2, 0, 0, LATER)


def test_no_two_workers_deliver_to_one_receiver(db: Database) -> None:
    receive(db)
    receive(db, "https://other.example/")
    store(db, 1)
    first = lease(db, "one")
    assert len(first) == 2
    assert lease(db, "two") == []
    with db.write() as session:
        release_receiver(session, first[1])
    (second,) = lease(db, "two")
    assert second.id == first[1].id
    (third,) = lease(db, "three", NOW + timedelta(seconds=59)) or lease(db, "three", LATER)[:1]
    assert third.id == first[0].id, "a lease that was not renewed comes back"
    with db.write() as session:
        assert not renew_receiver(session, first[0], LATER)
        assert renew_receiver(session, third, LATER + timedelta(hours=1))
        assert delivering_workers(session) == ["three"]
        free_receivers(session, ["three"])
        assert delivering_workers(session) == []
    with db.read() as session:
        gathered = gather(session, first[0], NOW)
    assert gathered is not None
    with db.write() as session:
        assert not enter(session, first[0], gathered, NOW), "who lost the lease moves nothing"


def test_a_failed_message_waits_dies_and_is_replayed_in_its_place(db: Database) -> None:
    receive(db)
    store(db, 1)
    (held,) = lease(db)
    assert prepared(db, held)
    message = waiting(db, held)
    assert message is not None
    with db.write() as session:
        not_delivered(session, message, "500", LATER, dead_at=None)
        release_receiver(session, held)
    assert lease(db) == [], "it is put off"
    (held,) = lease(db, now=LATER)
    again = waiting(db, held)
    assert again is not None
    assert (again.attempts, again.message_id, again.body) == (1, message.message_id, message.body)
    with db.write() as session:
        not_delivered(session, again, "500 again", LATER, dead_at=LATER)
    assert waiting(db, held) is None
    store(db, 2)
    assert prepared(db, held), "the stream goes on"
    with db.read() as session:
        (letter,) = dead_letters(session)
    assert (letter.url, letter.first_seq, letter.last_seq, letter.error) == (HOOK, 1, 1, "500 again")
    assert (letter.attempts, letter.dead_at) == (2, LATER)
    with db.write() as session:
        assert replay(session, "999") == 0
        assert replay(session, str(letter.id)) == 1
        assert replay(session, None) == 0
    back = waiting(db, held)
    assert back is not None
    assert (back.message_id, back.attempts) == (message.message_id, 0)


def test_a_disabled_receiver_is_told_nothing_until_it_is_added_again(db: Database) -> None:
    receive(db)
    store(db, 1)
    (held,) = lease(db)
    with db.write() as session:
        disable_receiver(session, held, "410", NOW)
        release_receiver(session, held)
    with db.read() as session:
        assert not anything_due(session, LATER)
    assert listed(db)[0].disabled_at == NOW
    with db.write() as session:
        assert add_receiver(session, HOOK, "whsec_other", NOW, all_changes=True) == (held.id, False)
    (again,) = lease(db, now=LATER)
    assert again.secret == held.secret
    assert prepared(db, again), "what happened meanwhile is told"


def test_a_large_batch_is_told_in_several_messages(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.deliveries.MOST_BYTES", 2_500)
    receive(db)
    store(db, 1, 2, 3, 4, 5, 6)
    (held,) = lease(db)
    seqs = []
    while prepared(db, held):
        message = waiting(db, held)
        assert message is not None
        assert len(message.body) <= 2_500
        seqs += [change["seq"] for change in json.loads(message.body)["data"]["changes"]]
        with db.write() as session:
            delivered(session, held, message, NOW)
    assert seqs == [1, 2, 3, 4, 5, 6]


def test_long_fields_are_cut_in_messages(db: Database) -> None:
    receive(db)
    one = page(1)
    long = Draft(url=one.url, title="x" * 5000, text="y", host="harbour.example", authors=("A",) * 50,
                 published_at=datetime(2026, 11, 1, tzinfo=UTC))  # fmt: skip
    keep(db, [one], [long])
    (held,) = lease(db)
    prepared(db, held)
    message = waiting(db, held)
    assert message is not None
    brief = json.loads(message.body)["data"]["changes"][0]["article"]
    assert (len(brief["title"]), len(brief["authors"])) == (1000, 20)
    assert brief["published_at"] == "2026-11-01T00:00:00+00:00"


def told(db: Database, held: Held) -> list[tuple[int, list[tuple[int, int]]]]:
    """Bring everything to a receiver and give what its watches told: (watch, [(article, version)])."""
    found = []
    while (message := waiting(db, held)) or prepared(db, held):
        if message is not None:
            data = json.loads(message.body)["data"]
            found.append((data["watch"]["id"], [(m["article_id"], m["version"]) for m in data["matches"]]))
            with db.write() as session:
                delivered(session, held, message, NOW)
    return found


def test_a_watch_fires_once_for_each_version_that_matches(db: Database) -> None:
    receiver = receive(db, all_changes=False)
    store(db, 1)
    with db.write() as session:
        first = add_watch(session, "minister AND budget", receiver, NOW)
        second = add_watch(session, "pier -minister", receiver, NOW)
    store(db, 2)
    store(db, 3, text="Nothing of the kind.")
    (held,) = lease(db)
    assert told(db, held) == [(first, [(2, 1)]), (second, [(3, 1)])], "article 1 was there before"
    store(db, 2, text="The minister no longer speaks.")
    store(db, 3, text="A budget, and a minister.")
    assert told(db, held) == [(first, [(3, 2)])]
    with db.write() as session:
        session.connection().exec_driver_sql("UPDATE receiver SET seq = 0")
    assert told(db, held) == [], "whoever reads the stream again fires nothing twice"
    with db.read() as session:
        one, other = watches(session)
        assert matching(session, "minister", {1, 2, 3}, NOW) == {1, 2, 3}
        assert matching(session, "budget after:2027", {1, 2, 3}, NOW) == set()
    assert (one.query, one.url, one.fired, one.fired_at) == ("minister AND budget", HOOK, 2, NOW)
    assert (other.id, other.fired) == (second, 1)


def test_a_version_that_is_history_already_fires_for_the_current_one(db: Database) -> None:
    receiver = receive(db, all_changes=False)
    with db.write() as session:
        watch = add_watch(session, "minister", receiver, NOW)
    store(db, 1)
    store(db, 1, text="The minister spoke again, and at length.")
    with db.read() as session:
        assert [change.kind for change in changes(session)] == ["created", "revised"]
    (held,) = lease(db)
    assert prepared(db, held, 1)
    assert told(db, held) == [(watch, [(1, 2)])], "both changes lead to version 2, which is told once"


def test_a_receiver_goes_with_its_last_watch_and_not_before(db: Database) -> None:
    receiver = receive(db, all_changes=False)
    with db.write() as session:
        ids = [add_watch(session, words, receiver, NOW) for words in ("one", "two")]
        with pytest.raises(ValueError, match=f"{ids[0]}, {ids[1]}"):
            remove_receiver(session, HOOK)
        assert remove_watch(session, str(ids[0]))
        assert not remove_watch(session, str(ids[0]))
    assert listed(db)[0].watches == (ids[1],)
    with db.write() as session:
        assert remove_watch(session, str(ids[1]))
    assert listed(db) == []
    number = receive(db)
    with db.write() as session:
        assert not remove_receiver(session, "https://nobody.example/")
        assert remove_receiver(session, str(number))
        assert last_seq(session) == 0
