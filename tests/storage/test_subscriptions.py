"""Subscriptions at hubs: wanted, asked, verified, renewed, denied, left; one step at a time, taken once."""

from __future__ import annotations

from datetime import timedelta

from stock import NOW

from storage import Database
from storage.sources import NewSource, Polled, add_sources, remove_source, settle_poll
from storage.subscriptions import (
    Step,
    Subscription,
    callback,
    denied,
    not_asked,
    pushed,
    subscriptions,
    take_steps,
    verified,
)

HUB, TOPIC = "https://hub.example/", "https://a.example/rss"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def poll(db: Database, hub: str | None = HUB, topic: str | None = TOPIC) -> None:
    with db.write() as session:
        add_sources(session, [NewSource(TOPIC, "rss", "a.example")], NOW)
        settle_poll(session, 1, Polled(NOW, full=True, hub=hub, topic=topic), 0, NOW)


def steps(db: Database, after: timedelta = timedelta()) -> list[Step]:
    with db.write() as session:
        return take_steps(session, NOW + after)


def verify(db: Database, step: Step, mode: str = "subscribe", after: timedelta = timedelta()) -> bool:
    with db.write() as session:
        return verified(session, step.token, mode, step.topic, 10 * 86400, NOW + after)


def only(db: Database) -> Subscription:
    with db.read() as session:
        (one,) = subscriptions(session)
    return one


def test_a_hub_that_a_feed_names_is_asked_once_and_renewed_in_time(db: Database) -> None:
    poll(db)
    poll(db)
    poll(db, None)
    assert (only(db).state, only(db).source) == ("wanted", TOPIC)
    (step,) = steps(db)
    assert (step.mode, step.hub, step.topic) == ("subscribe", HUB, TOPIC)
    assert len(step.token) >= 43
    assert step.token != step.secret
    assert steps(db) == [], "nobody else takes the same step"
    assert only(db).state == "asked"
    assert verify(db, step)
    assert (only(db).state, only(db).lease_until, only(db).failures) == ("active", NOW + 10 * DAY, 0)
    assert verify(db, step), "a hub may ask again whether we still want it"
    assert steps(db, 7 * DAY) == []
    (renewal,) = steps(db, 8 * DAY + HOUR)
    assert (renewal.mode, renewal.token) == ("subscribe", step.token)
    assert only(db).state == "active"
    assert verify(db, step, after=8 * DAY + HOUR)
    assert only(db).lease_until == NOW + 18 * DAY + HOUR


def test_only_what_was_asked_for_is_verified(db: Database) -> None:
    poll(db)
    with db.read() as session:
        (one,) = subscriptions(session)
        assert callback(session, "guessed") is None
    (step,) = steps(db)
    with db.write() as session:
        for token, mode, topic in [
            ("guessed", "subscribe", TOPIC),
            (step.token, "subscribe", "https://other.example/"),
            (step.token, "unsubscribe", TOPIC),
            (step.token, "publish", TOPIC),
        ]:
            assert not verified(session, token, mode, topic, 60, NOW)
    assert only(db).state == "asked"
    assert one.id == only(db).id


def test_leases_without_reason_are_bounded(db: Database) -> None:
    poll(db)
    (step,) = steps(db)
    for seconds, lease in [(0, MINUTE), (10**9 - 1, 90 * DAY)]:
        with db.write() as session:
            assert verified(session, step.token, "subscribe", TOPIC, seconds, NOW)
        assert only(db).lease_until == NOW + lease


def test_a_hub_that_does_not_answer_is_asked_less_and_less_often(db: Database) -> None:
    poll(db)
    at, pauses = timedelta(), []
    for _ in range(12):
        (step,) = steps(db, at)
        with db.write() as session:
            not_asked(session, step, "the hub answered 503")
        pause = only(db).due_at - NOW - at
        pauses.append(pause)
        at += pause
    assert pauses[:3] == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE]
    assert pauses[-1] == DAY
    assert (only(db).failures, only(db).last_error) == (11, "the hub answered 503")


def test_a_hub_that_never_verifies_is_told_of(db: Database) -> None:
    poll(db)
    (step,) = steps(db)
    assert verify(db, step)
    steps(db, 9 * DAY)
    steps(db, 9 * DAY + HOUR)
    assert only(db).last_error == "the hub has not verified what it was asked"
    assert only(db).state == "active"
    steps(db, 11 * DAY)
    assert only(db).state == "asked", "the lease has ended"


def test_a_denial_is_heard_and_asked_about_again_a_week_later(db: Database) -> None:
    poll(db)
    (step,) = steps(db)
    with db.write() as session:
        assert not denied(session, "guessed", TOPIC, "no", NOW)
        assert denied(session, step.token, TOPIC, "no", NOW)
    assert (only(db).state, only(db).last_error) == ("denied", "no")
    assert not verify(db, step), "nothing is verified after a denial until we ask again"
    assert steps(db, 6 * DAY) == []
    assert len(steps(db, 8 * DAY)) == 1
    assert verify(db, step)


def test_a_source_that_is_removed_takes_leave_of_its_hub(db: Database) -> None:
    poll(db)
    (step,) = steps(db)
    verify(db, step)
    with db.write() as session:
        pushed(session, 1, NOW)
        remove_source(session, TOPIC)
    assert only(db).pushed_at == NOW
    (leave,) = steps(db, MINUTE)
    assert (leave.mode, leave.token) == ("unsubscribe", step.token)
    with db.read() as session:
        found = callback(session, step.token)
    assert found is not None
    assert (found.state, found.source_id) == ("leaving", None)
    assert not verify(db, step), "nobody subscribes us anew"
    assert verify(db, leave, "unsubscribe")
    with db.read() as session:
        assert subscriptions(session) == []


def test_a_hub_that_does_not_let_us_go_is_forgotten(db: Database) -> None:
    poll(db)
    (step,) = steps(db)
    verify(db, step)
    with db.write() as session:
        remove_source(session, TOPIC)
    modes = [one.mode for hours in range(0, 60, 2) for one in steps(db, hours * HOUR)]
    assert modes == ["unsubscribe"] * 3
    with db.read() as session:
        assert subscriptions(session) == []


def test_a_feed_that_names_another_hub_is_subscribed_there(db: Database) -> None:
    poll(db)
    (step,) = steps(db)
    verify(db, step)
    poll(db, "https://new.example/")
    modes = {(one.hub, one.mode) for one in steps(db)}
    assert modes == {(HUB, "unsubscribe"), ("https://new.example/", "subscribe")}
    with db.write() as session:
        remove_source(session, TOPIC)


def test_what_was_never_asked_for_is_forgotten_with_its_source(db: Database) -> None:
    poll(db)
    with db.write() as session:
        remove_source(session, TOPIC)
    assert steps(db) == []
    with db.read() as session:
        assert subscriptions(session) == []
