"""What is wrong with events is named, and only that."""

from __future__ import annotations

from datetime import timedelta

from stock import NOW

from storage import Database
from storage.event_health import event_health
from storage.receivers import BUS, add_receiver, put_off
from storage.sources import NewSource, Polled, add_sources, settle_poll
from storage.subscriptions import not_asked, take_steps
from storage.watches import add_watch


def test_what_is_wrong_is_named(db: Database) -> None:
    with db.write() as session:
        numbers = [
            add_receiver(session, url, "whsec_c2VjcmV0", NOW, all_changes=True)[0]
            for url in ("https://a.example/", "https://b.example/", BUS)
        ]
        add_watch(session, "budget", numbers[0], NOW)
        well = event_health(session)
        assert (well.receivers, well.watches, well.failing_receivers, well.bus_error) == (2, 1, (), None)
        put_off(session, numbers[1], "the receiver answered 500", NOW)
        put_off(session, numbers[2], "Prefect's API answered 503", NOW)
        for number in range(2):
            add_sources(session, [NewSource(f"https://{number}.example/", "rss", "a.example")], NOW)
            polled = Polled(NOW, hub="https://hub.example/", topic=f"https://{number}.example/")
            settle_poll(session, number + 1, polled, 0, NOW + timedelta(seconds=number))
        (step,) = take_steps(session, NOW)
        not_asked(session, step, "the hub answered 503")
        found = event_health(session)
    (failing,) = found.failing_receivers
    assert (failing.url, failing.failures, failing.last_error) == (
        "https://b.example/", 1, "the receiver answered 500",
    )  # fmt: skip
    assert found.subscriptions == {"asked": 1, "wanted": 1}
    (hub,) = found.failing_subscriptions
    assert (hub.topic, hub.last_error) == ("https://0.example/", "the hub answered 503")
    assert found.bus_error == "Prefect's API answered 503"
    assert "c2VjcmV0" not in str(found)
