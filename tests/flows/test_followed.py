"""Feeds and lists that somebody names to a house that runs are followed, as `cleanwire ingest` does."""

from __future__ import annotations

from pathlib import Path

from hostile import Server, answer

from flows.clock import now
from flows.intake.links import DEEPEST_LISTS
from storage import Database, discover
from storage.ledger import claim
from storage.values import Link
from tests.flows.conftest import PAGE, Run
from tests.flows.serving import served, until
from tests.flows.test_orchestra import titles


def feed(*paths: str) -> str:
    return f"<rss><channel>{''.join(f'<item><link>{path}</link></item>' for path in paths)}</channel></rss>"


def test_a_feed_that_is_pushed_and_lists_in_a_dropped_list_are_followed(
    server: Server, tmp_path: Path, cleanwire: Run
) -> None:
    for number in range(4):
        title = f"Council decides on pier {number} after a long evening"
        server.routes[f"/pier-{number}"] = answer(PAGE.format(title=title, slug=f"{number}", number=number))
    xml = {"content_type": "application/xml"}
    server.routes["/feed"] = answer(feed("/pier-0", "/nested"), **xml)
    server.routes["/nested"] = answer(feed("/pier-1", "/feed"), **xml)
    server.routes["/of-a-list"] = answer(feed("/pier-2", "/deep-1"), **xml)
    for depth in range(1, DEEPEST_LISTS + 2):
        server.routes[f"/deep-{depth}"] = answer(feed(f"/deep-{depth + 1}"), **xml)
    env = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    with served(tmp_path, **env) as house, house.client() as client:
        assert client.post("/pages", json={"urls": [server.url("/feed")]}).status_code == 202
        (tmp_path / "part").write_text(f"{server.url('/of-a-list')}\n{server.url('/pier-3')}\n")
        (tmp_path / "part").rename(house.inbox / "list.txt")
        until(lambda: titles(tmp_path) == {f"pier-{number}" for number in range(4)})
        until(lambda: f"/deep-{DEEPEST_LISTS - 1}" in server.paths())
        assert house.stop() == 0
    assert "no article but a source of kind rss" in cleanwire("why", server.url("/feed")).stdout
    assert "nested too deep" in cleanwire("why", server.url(f"/deep-{DEEPEST_LISTS - 1}")).stdout
    assert f"/deep-{DEEPEST_LISTS}" not in server.paths()


def test_what_is_named_again_is_followed_though_a_source_had_listed_it(db: Database) -> None:
    url = "https://news.example/feed"

    def follow(wish: int, *, again: bool) -> int:
        with db.write() as session:
            discover(session, [Link(url, "news.example", follow=wish)], None, now=now(), again=again)
            (found,) = claim(session, now(), 1, 1, worker="w", lease=-1.0)
            return found.follow

    assert [follow(0, again=False), follow(3, again=False), follow(3, again=True), follow(2, again=True)] == [
        0, 0, 3, 3,
    ]  # fmt: skip
