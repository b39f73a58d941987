"""Webhooks against real receivers on loopback: signed, in order, at least once, whatever a receiver does."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from hostile import Handler, Request, Server, answer, endless, raw, redirect, reset, stalled
from stock import keep, page

from flows import bell
from flows.bell import ring
from flows.clock import now
from flows.health import look_over
from flows.signing import new_secret
from parsers import Draft
from storage import Database
from storage.deliveries import dead_letters, replay
from storage.receivers import Receiver, add_receiver, receivers
from storage.watches import add_watch
from tests.flows.houses import house_of, until

SECRET = new_secret()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "LOOK", 0.02)
    monkeypatch.setattr(bell, "SECONDS", 1.0)
    monkeypatch.setattr(bell, "FIRST_PAUSE", 0.02)


def store(db: Database, *numbers: int) -> None:
    drafts = [
        Draft(url=page(n).url, title=f"Minister {n}", text=f"On {n}.", host="h.example") for n in numbers
    ]
    keep(db, [page(n) for n in numbers], drafts)


def receive(db: Database, url: str, *, all_changes: bool = True) -> int:
    with db.write() as session:
        return add_receiver(session, url, SECRET, now(), all_changes=all_changes)[0]


def listed(db: Database) -> dict[str, Receiver]:
    with db.read() as session:
        return {one.url.rpartition("/")[2]: one for one in receivers(session)}


def ringing(db: Database, server: Server, done: Callable[[], object]) -> None:
    async def main() -> None:
        async with house_of(db, server.netloc) as house:
            await until(house, done, ring)

    asyncio.run(main())


def verified(request: Request) -> dict[str, object]:
    """Check a message as any receiver would, by the convention's words, and give what it says."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    message, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    mac = hmac.HMAC(key, digestmod=hashlib.sha256)
    for part in (message.encode(), b".", at.encode(), b".", request.body):
        mac.update(part)
    version, _, signature = request.headers["webhook-signature"].partition(",")
    assert version == "v1"
    assert hmac.compare_digest(base64.b64decode(signature), mac.digest())
    assert abs(int(at) - time.time()) < 60
    assert request.headers["content-type"] == "application/json"
    told: dict[str, object] = json.loads(request.body)
    return told


def seqs(server: Server, path: str) -> list[int]:
    """The numbers of the changes that a path was told, in the order in which it was."""
    bodies = [json.loads(one.body)["data"] for one in server.requests if one.path == path]
    return [change["seq"] for body in bodies for change in body["changes"]]


def test_changes_arrive_signed_and_in_order(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.deliveries.gather.__defaults__", (2,))
    server.routes["/hook"] = answer("thank you")
    receive(db, server.url("/hook"))
    store(db, 1, 2, 3, 4, 5)
    ringing(db, server, lambda: listed(db)["hook"].behind == 0)
    assert seqs(server, "/hook") == [1, 2, 3, 4, 5]
    told = [verified(one) for one in server.requests]
    assert {body["type"] for body in told} == {"cleanwire.articles.changed"}
    assert len({one.headers["webhook-id"] for one in server.requests}) == 3
    assert {one.method for one in server.requests} == {"POST"}


def test_a_watch_tells_its_matches_signed(db: Database, server: Server) -> None:
    server.routes["/watch"] = answer()
    receiver = receive(db, server.url("/watch"), all_changes=False)
    with db.write() as session:
        watch = add_watch(session, "minister AND 2", receiver, now())
    store(db, 1, 2, 3)
    ringing(db, server, lambda: listed(db)["watch"].behind == 0)
    (request,) = server.requests
    told = verified(request)
    assert told["type"] == "cleanwire.watch.matched"
    data = json.loads(request.body)["data"]
    assert data["watch"] == {"id": watch, "query": "minister AND 2"}
    assert [(one["version"], one["article"]["title"]) for one in data["matches"]] == [(1, "Minister 2")]


HUGE = endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"x" * 65536)
HOSTILE: dict[str, tuple[Handler, str]] = {
    "slow": (stalled(b""), "no whole answer within 1 s"),
    "drip": (endless(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n", 0.1), "no whole answer within 1 s"),
    "headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"y" * 9000 + b"\r\n"), "broke off"),
    "broken": (answer("no", 500), "the receiver answered 500 Internal Server Error"),
    "moved": (redirect("/elsewhere", 307), "redirects are not followed"),
    "hangup": (raw(b""), "broke off"),
    "nonsense": (raw(b"\x00\x01 HTTP or not\r\n\r\n"), "does not speak HTTP"),
}


def test_one_receivers_trouble_holds_up_none_of_the_others(
    db: Database, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.routes |= {f"/{name}": handler for name, (handler, _) in HOSTILE.items()}
    server.routes |= {"/good": answer(), "/huge": HUGE, "/reset": reset, "/gone": answer("", 410)}
    for name in [*HOSTILE, "gone", "huge", "reset", "good"]:
        receive(db, server.url(f"/{name}"))
    receive(db, "http://127.0.0.2:9/private")
    store(db, 1)

    def all_tried() -> bool:
        found = listed(db)
        troubled = all(found[name].failures for name in [*HOSTILE, "private"])
        well = all(found[name].behind == 0 for name in ("good", "huge", "reset"))
        return troubled and well and found["gone"].disabled_at is not None

    ringing(db, server, all_tried)
    found = listed(db)
    for name, (_, error) in HOSTILE.items():
        assert error in (found[name].last_error or ""), name
        assert found[name].waiting == 1
    assert "CLEANWIRE_ALLOW_NETWORKS" in (found["private"].last_error or "")
    assert "/elsewhere" not in server.paths()
    assert server.paths().count("/gone") == 1
    assert seqs(server, "/good") == [1]
    assert SECRET not in "".join(str(one) for one in found.values())
    with db.read() as session:
        troubles = look_over(session).events.failing_receivers
    for told in (caplog.text, str(troubles)):
        assert f"http://{server.netloc}/..." in told
        assert "/broken" not in told, "the path of a webhook's address may be its secret"


def test_what_fails_is_sent_again_under_the_same_id(db: Database, server: Server) -> None:
    async def third_time(request: Request, writer: asyncio.StreamWriter) -> None:
        await answer(status=200 if len(server.requests) > 2 else 503)(request, writer)

    server.routes["/hook"] = third_time
    receive(db, server.url("/hook"))
    store(db, 1)
    ringing(db, server, lambda: listed(db)["hook"].behind == 0)
    assert len(server.requests) == 3
    assert len({one.headers["webhook-id"] for one in server.requests}) == 1
    assert len({one.body for one in server.requests}) == 1
    assert all(verified(one) for one in server.requests)
    assert (listed(db)["hook"].failures, listed(db)["hook"].last_error) == (0, None)


def test_a_receivers_wish_is_kept_and_pauses_grow(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.routes["/hook"] = answer("", 429, retry_after="3600")
    server.routes["/other"] = answer("", 500)
    receive(db, server.url("/hook"))
    receive(db, server.url("/other"))
    store(db, 1)
    monkeypatch.setattr(bell, "FIRST_PAUSE", 50.0)
    ringing(db, server, lambda: all(one.failures for one in listed(db).values()))
    found = listed(db)
    assert found["hook"].next_at is not None
    assert timedelta(minutes=58) < found["hook"].next_at - now() < timedelta(minutes=61)
    assert found["other"].next_at is not None
    assert timedelta(seconds=30) < found["other"].next_at - now() < timedelta(seconds=64)
    with db.write() as session:
        session.connection().exec_driver_sql("UPDATE receiver SET next_at = NULL")
    ringing(db, server, lambda: listed(db)["other"].failures == 2)
    again = listed(db)["other"].next_at
    assert again is not None
    assert timedelta(seconds=100) < again - now() < timedelta(seconds=190)


def test_a_message_that_nobody_takes_is_a_dead_letter_and_the_stream_goes_on(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "TRIES", 2)
    server.routes["/hook"] = answer("", 500)
    receive(db, server.url("/hook"))
    store(db, 1)
    ringing(db, server, lambda: listed(db)["hook"].dead == 1)
    server.routes["/hook"] = answer()
    store(db, 2)
    ringing(db, server, lambda: listed(db)["hook"].behind == 0)
    assert seqs(server, "/hook") == [1, 1, 2]
    with db.write() as session:
        (letter,) = dead_letters(session)
        assert replay(session, None) == 1
    ringing(db, server, lambda: listed(db)["hook"].waiting == 0)
    assert seqs(server, "/hook") == [1, 1, 2, 1]
    assert server.requests[-1].headers["webhook-id"] == letter.message_id


def test_two_houses_never_deliver_to_one_receiver_at_once(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.deliveries.gather.__defaults__", (1,))
    monkeypatch.setattr(bell, "STEPS", 3)
    server.latency = 0.01
    server.routes["/hook"] = answer()
    receive(db, server.url("/hook"))
    store(db, *range(12))

    async def main() -> None:
        async with house_of(db, server.netloc) as one, house_of(db, server.netloc) as other:
            done = lambda: listed(db)["hook"].behind == 0  # noqa: E731 - for both
            await asyncio.gather(until(one, done, ring), until(other, done, ring))

    asyncio.run(main())
    assert server.most_at_once == 1
    assert seqs(server, "/hook") == list(range(1, 13))
