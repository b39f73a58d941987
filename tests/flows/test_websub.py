"""WebSub against a hub on loopback: asked, verified, pushed, denied, left; what is not ours has no effect."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
import sqlalchemy as sa
from hostile import Handler, Request, Server, answer, redirect
from prefects import free_port

from flows import subscribing
from flows.clock import now
from flows.desk.app import make_app
from flows.house import House
from flows.polls import poll
from flows.subscribing import keep_subscribed
from storage import Database, counts
from storage.sources import NewSource, add_sources, remove_source
from storage.subscriptions import Subscription, subscriptions
from tests.flows.conftest import PAGE, Run
from tests.flows.houses import house_of, until
from tests.flows.serving import served
from tests.flows.serving import until as until_so

PUBLIC = "https://news.example/cleanwire"
CHALLENGE = "a-challenge+of=the_hub"


def feed(server: Server, *paths: str) -> str:
    links = f'<link rel="hub" href="{server.url("/hub")}"/><link rel="self" href="{server.url("/self")}"/>'
    entries = "".join(f'<entry><link href="{server.url(path)}"/></entry>' for path in paths)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{links}{entries}</feed>'


def asked(server: Server) -> list[dict[str, str]]:
    """What the hub was asked, each time."""
    return [dict(parse_qsl(one.body.decode())) for one in server.requests if one.path == "/hub"]


def signature(form: dict[str, str], body: str, method: str = "sha256") -> dict[str, str]:
    mac = hmac.HMAC(form["hub.secret"].encode(), body.encode(), digestmod=getattr(hashlib, method))
    return {"x-hub-signature": f"{method}={mac.hexdigest()}", "content-type": "application/atom+xml"}


def here(form: dict[str, str]) -> str:
    """The callback's address as our endpoint sees it, behind whatever proxy the public address is of."""
    return form["hub.callback"].replace(PUBLIC, "http://here")


def only(db: Database) -> Subscription:
    with db.read() as session:
        (one,) = subscriptions(session)
    return one


def due(db: Database) -> int:
    with db.read() as session:
        return counts(session, None).get("due", 0)


Play = Callable[[House, httpx.AsyncClient, dict[str, str]], Awaitable[None]]


def subscribed(db: Database, server: Server, play: Play, done: Callable[[], object] | None = None) -> None:
    """Poll a feed that names a hub, ask the hub, then play on with a client that reaches our endpoint."""
    server.routes |= {"/feed": answer(feed(server, "/known"), content_type="application/atom+xml")}
    server.routes.setdefault("/hub", answer(status=202))
    with db.write() as session:
        add_sources(session, [NewSource(server.url("/feed"), "atom", server.netloc)], now())

    async def main() -> None:
        async with house_of(db, server.netloc, public_url=PUBLIC, max_bytes=20_000) as house:
            await poll(house.desk)
            await until(house, done or (lambda: asked(server)), keep_subscribed)
            form = asked(server)[0]
            assert form["hub.callback"].startswith(f"{PUBLIC}/websub/")
            transport = httpx.ASGITransport(make_app(house))
            async with httpx.AsyncClient(transport=transport) as client:
                await play(house, client, form)

    asyncio.run(main())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "LOOK", 0.02)


def query(form: dict[str, str], **changed: str) -> dict[str, str]:
    values = {"mode": "subscribe", "topic": form["hub.topic"], "challenge": CHALLENGE, "lease_seconds": "900"}
    return {f"hub.{name}": value for name, value in {**values, **changed}.items()}


def test_a_hub_verifies_what_was_asked_and_pushes_what_is_new(db: Database, server: Server) -> None:
    async def play(house: House, hub: httpx.AsyncClient, form: dict[str, str]) -> None:
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", server.url("/self"))
        assert form["hub.lease_seconds"] == "864000"
        assert len(form["hub.secret"].encode()) < 200
        verified = await hub.get(here(form), params=query(form))
        assert (verified.status_code, verified.text) == (200, CHALLENGE)
        assert verified.headers["content-type"].startswith("text/plain")
        assert only(db).state == "active"
        body = feed(server, "/known", "/new")
        for method in ("sha1", "sha256", "sha384", "sha512"):
            house.wake.clear()
            taken = await hub.post(here(form), content=body, headers=signature(form, body, method))
            assert taken.status_code == 202
            assert house.wake.is_set()
            assert due(db) == 2, "a push that comes twice does no harm"
        assert only(db).pushed_at is not None

    subscribed(db, server, play)


def test_what_is_not_ours_gets_its_status_and_changes_nothing(db: Database, server: Server) -> None:
    async def play(house: House, hub: httpx.AsyncClient, form: dict[str, str]) -> None:
        body, large = feed(server, "/forged"), feed(server, *(f"/{number}" for number in range(999)))
        right = signature(form, body)
        broken, page = "<feed><", PAGE.format(title="A page", slug="page", number=1)
        wrong = {"x-hub-signature": "sha256=" + "0" * 64}
        pushes = [
            (body, {}, 403),
            (body, wrong, 403),
            (body, {"x-hub-signature": "md5=" + hashlib.md5(b"x").hexdigest()}, 403),  # noqa: S324 - refused
            (body + " ", right, 403),
            (large, signature(form, large), 413),
            ("", signature(form, ""), 400),
            (broken + "\0", signature(form, broken + "\0"), 400),
            (page, signature(form, page), 400),
            ("<rss", signature(form, "<rss"), 400),
        ]
        for content, headers, status in pushes:
            assert (await hub.post(here(form), content=content, headers=headers)).status_code == status, (
                headers
            )
        nowhere = here(form) + "x"
        assert (await hub.post(nowhere, content=body, headers=right)).status_code == 404
        for changed in ({"mode": "unsubscribe"}, {"topic": "https://other.example/"}, {"mode": "publish"}):
            assert (await hub.get(here(form), params=query(form, **changed))).status_code == 404
        assert (await hub.get(nowhere, params=query(form))).status_code == 404
        assert (await hub.get(here(form), params={"hub.mode": "subscribe"})).status_code == 422
        assert (only(db).state, only(db).pushed_at, due(db)) == ("asked", None, 1)
        assert not house.wake.is_set()

    subscribed(db, server, play)


def test_a_hub_may_deny(db: Database, server: Server) -> None:
    async def play(_: House, hub: httpx.AsyncClient, form: dict[str, str]) -> None:
        denial = query(form, mode="denied", reason="not\nyou", challenge="")
        assert (await hub.get(here(form), params=denial)).status_code == 200
        assert (only(db).state, only(db).last_error) == ("denied", r"the hub denied it: not\nyou")

    subscribed(db, server, play)


def test_who_removes_a_source_is_unsubscribed(db: Database, server: Server) -> None:
    async def play(house: House, hub: httpx.AsyncClient, form: dict[str, str]) -> None:
        await hub.get(here(form), params=query(form))
        with db.write() as session:
            remove_source(session, server.url("/feed"))
        await until(house, lambda: len(asked(server)) == 2, keep_subscribed)
        leave = asked(server)[1]
        assert (leave["hub.mode"], leave["hub.callback"]) == ("unsubscribe", form["hub.callback"])
        body = feed(server, "/late")
        assert (await hub.post(here(form), content=body, headers=signature(form, body))).status_code == 410
        assert (await hub.get(here(form), params=query(form, mode="unsubscribe"))).text == CHALLENGE
        with db.read() as session:
            assert subscriptions(session) == []
        assert due(db) == 1

    subscribed(db, server, play)


@pytest.mark.parametrize(
    ("hub", "error"),
    [
        (answer("no", 400), "the hub answered 400 Bad Request"),
        (redirect("/hub", 307), "more than 3 redirects"),
        (redirect("http://[", 308), "not a URL"),
        (redirect("http://127.0.0.3/", 308), "CLEANWIRE_ALLOW_NETWORKS"),
    ],
)
def test_why_a_hub_does_not_accept_is_told(db: Database, server: Server, hub: Handler, error: str) -> None:
    server.routes["/hub"] = hub

    async def play(*_: object) -> None:
        """The hub has said all."""

    subscribed(db, server, play, lambda: only(db).last_error)
    assert error in (only(db).last_error or "")
    assert only(db).state == "asked"


def test_a_hub_may_name_another_in_its_place(db: Database, server: Server) -> None:
    server.routes |= {"/hub": redirect("/moved", 308), "/moved": answer(status=202)}

    async def play(_: House, __: httpx.AsyncClient, form: dict[str, str]) -> None:
        (moved,) = [one for one in server.requests if one.path == "/moved"]
        assert (moved.method, dict(parse_qsl(moved.body.decode()))) == ("POST", form)

    subscribed(db, server, play, lambda: "/moved" in server.paths())


def test_a_story_that_a_hub_pushes_is_an_article(cleanwire: Run, tmp_path: Path, server: Server) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}"
    verified: list[str] = []

    async def hub(request: Request, writer: asyncio.StreamWriter) -> None:
        form = dict(parse_qsl(request.body.decode()))
        await answer(status=202)(request, writer)
        async with httpx.AsyncClient(trust_env=False) as client:
            verified.append((await client.get(form["hub.callback"], params=query(form))).text)

    server.routes |= {
        "/hub": hub,
        "/feed": answer(feed(server), content_type="application/atom+xml"),
        "/pier": answer(PAGE.format(title="Council decides on the pier", slug="pier", number=1)),
    }
    allowed = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    cleanwire("sources", "add", server.url("/feed"), **allowed)
    assert cleanwire("poll", **allowed).returncode == 0
    for told in (cleanwire("sources", "list").stdout, cleanwire("health").stdout):
        assert "not asked yet: `cleanwire serve` asks" in " ".join(told.split())
        assert max(map(len, told.splitlines())) <= 80
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'cleanwire.db'}")

    def titles() -> list[str]:
        with engine.connect() as connection:
            return list(connection.execute(sa.text("select title from article")).scalars())

    with served(tmp_path, "--port", str(port), CLEANWIRE_PUBLIC_URL=url, **allowed) as house:
        until_so(lambda: verified == [CHALLENGE])
        for told in (cleanwire("sources", "list").stdout, cleanwire("health").stdout):
            assert "active" in told, "what is so does not depend on the environment of who asks"
            assert "not asked" not in told
        form, body = asked(server)[0], feed(server, "/pier")
        began = time.monotonic()
        assert (
            httpx.post(form["hub.callback"], content=body, headers=signature(form, body)).status_code == 202
        )
        until_so(lambda: titles() == ["Council decides on the pier"])
        print(f"{time.monotonic() - began:.2f} s from push to article")
        assert form["hub.secret"] not in house.log
        assert house.stop() == 0
    engine.dispose()
