"""The HTTP endpoint: pages in, articles out, and nothing that is sent is answered with a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from contract import Contract
from typed import HOSTILE

from flows.errors import UsageFault
from flows.keys import load_keys
from flows.settings import Settings
from tests.flows.conftest import PAGE
from tests.flows.newsstand import newsstand
from tests.flows.serving import served, until
from tests.flows.test_kill import one

READ = "a-token-for-reading-only"
FINAL = {"stored", "revised", "unchanged", "duplicate", "refused", "failed", "quarantined"}


def page(number: int) -> str:
    title = f"Council decides on pier {number} after a long evening"
    text = PAGE.format(title=title, slug=f"pier-{number}", number=number)
    return text.replace('rel="canonical"', 'rel="nothing"')


def chunks(size: int) -> Iterator[bytes]:
    """A body whose length is not declared."""
    for _ in range(size // 2**16):
        yield b" " * 2**16


def why(client: httpx.Client, url: str) -> dict[str, Any]:
    """Wait for a link's end, and give its story."""
    until(lambda: client.get("/why", params={"url": url}).json().get("state") in FINAL)
    story = client.get("/why", params={"url": url}).json()
    assert isinstance(story, dict)
    return story


def attempts(client: httpx.Client, url: str) -> list[str]:
    """Give what each attempt at a link came to so far."""
    story = client.get("/why", params={"url": url}).json()
    return [one["state"] for one in story.get("attempts", [])]


def test_pages_in_and_articles_out(database_url: str, tmp_path: Path) -> None:
    env = {"CLEANWIRE_DATABASE": database_url, "CLEANWIRE_HOST_DELAY": "0", "CLEANWIRE_MAX_BYTES": "100000"}
    with newsstand() as stand, served(tmp_path, CLEANWIRE_ALLOW_NETWORKS=stand.authority, **env) as house:
        contract = Contract(httpx.get(f"{house.url}/openapi.json", trust_env=False).json())
        with house.client() as client:
            client.event_hooks["response"].append(contract.check)
            pushed_are_stored(client, stand.addresses(3), house.inbox / ".pushed")
            bad_pushes_change_nothing(client, database_url)
            archive_is_read(client)
            nothing_typed_is_a_fault(client)
            too_many_are_told_to_wait(client)
            rebound = client.get("/articles", headers={"Host": "rebound.example:80"})
            assert rebound.status_code == 403
        assert house.stop() == 0
        assert "Traceback" not in house.log
        assert house.token not in house.log
        statuses = {status for _, status in contract.seen}
        assert statuses >= {200, 202, 400, 401, 404, 413, 415, 422, 429}


def pushed_are_stored(client: httpx.Client, addresses: list[str], waiting: Path) -> None:
    answer = client.post("/pages", json={"urls": [*addresses, addresses[0], "http://127.0.0.1:9/private"]})
    assert answer.status_code == 202
    taken = answer.json()["pages"]
    assert [one["url"] for one in taken[:3]] == addresses
    for url in addresses:
        assert why(client, url)["state"] == "stored"
    private = client.get(taken[4]["why"]).json()
    assert why(client, private["url"])["state"] == "refused"

    pushed = {"url": "https://pushed.example/a?utm_source=x", "html": page(50), "content_type": "text/html"}
    for times in (1, 2):
        answer = client.post("/pages", json=pushed)
        assert answer.status_code == 202
        (taken,) = answer.json()["pages"]
        assert taken["url"] == "https://pushed.example/a"
        until(lambda times=times: len(attempts(client, "https://pushed.example/a")) == times)
        until(lambda: not list(waiting.iterdir()))
    assert attempts(client, "https://pushed.example/a") == ["stored", "unchanged"]

    raw = page(51).encode("utf-16")
    kind = {"Content-Type": "text/html; charset=utf-16"}
    answer = client.post("/pages", params={"url": "https://pushed.example/b"}, content=raw, headers=kind)
    assert answer.status_code == 202
    until(lambda: client.get("/why", params={"url": "https://pushed.example/b"}).status_code == 200)
    assert "pier 51" in why(client, "https://pushed.example/b")["article"]["title"]


def bad_pushes_change_nothing(client: httpx.Client, database_url: str) -> None:
    before = one(database_url, "select count(*) from link")
    as_json, as_html = {"Content-Type": "application/json"}, {"Content-Type": "text/html"}
    there = {"url": "https://pushed.example/c"}
    sent: list[tuple[int, dict[str, Any]]] = [
        (415, {"content": b"x"}),
        (415, {"content": b"x", "headers": {"Content-Type": "image/png"}}),
        (415, {"content": b"\x00" * 5000, "headers": as_html, "params": there}),
        (422, {"content": b"", "headers": as_json}),
        (422, {"content": b"\xff\xfe{", "headers": as_json}),
        (422, {"content": b"[" * 90_000, "headers": as_json}),
        (422, {"content": b'{"urls": NaN}', "headers": as_json}),
        (422, {"json": {"urls": []}}),
        (422, {"json": {"urls": [1]}}),
        (422, {"json": {"urls": ["https://pushed.example/ok", "file:///etc/passwd"]}}),
        (422, {"json": {"urls": ["https://pushed.example/"] * 1001}}),
        (422, {"json": {"urls": ["http://[::1/"]}}),
        (422, {"json": {"urls": ["http://x.example:99999/"]}}),
        (422, {"json": {"urls": ["https://x.example/"], "html": "x"}}),
        (422, {"json": {"url": "https://x.example/"}}),
        *(
            (422, {"json": {"url": "https://x.example/", "html": "<p>x", "content_type": kind}})
            for kind in (
                "text/html\r\n\r\nx",
                "text/html\nWARC-Type: x",
                "text/html;" + "x" * 300,
                "text/\x7f",
            )
        ),
        (422, {"content": b"<p>x", "headers": {"Content-Type": "text/html;" + "x" * 300}, "params": there}),
        (422, {"json": {"url": "https://x.example/", "html": " "}}),
        (422, {"content": page(1).encode(), "headers": as_html}),
        (413, {"content": b" " * 300_000, "headers": as_html, "params": there}),
        (413, {"content": chunks(300_000), "headers": as_html, "params": there}),
        (413, {"content": b" " * 150_000, "headers": as_html, "params": there}),
    ]
    for status, what in sent:
        answer = client.post("/pages", **what)
        assert answer.status_code == status, f"{str(what)[:200]}: {answer.text}"
        assert isinstance(answer.json()["detail"], str)
    for bad in ("-", "x" * 5000, "\xe9", READ):
        answer = client.post(
            "/pages", json={"urls": []}, headers={"Authorization": f"Bearer {bad}".encode("latin-1")}
        )
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert one(database_url, "select count(*) from link") == before


def archive_is_read(client: httpx.Client) -> None:
    seen: list[int] = []
    cursor: dict[str, str] = {}
    while cursor is not None:
        answer = client.get("/articles", params={"limit": "2", **cursor}).json()
        seen += [found["id"] for found in answer["articles"]]
        cursor = {"cursor": answer["cursor"]} if answer["cursor"] else None  # type: ignore[assignment]
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == 5
    (found,) = client.get("/articles", params={"q": '"pier 51"'}).json()["articles"]
    many = client.get("/articles", params={"q": " OR ".join(f"x{n}" for n in range(257))}).json()
    assert (many["articles"], "was not looked for" in many["left_out"]) == ([], True)
    assert {"text": "51", "hit": True} in found["snippet"]
    assert client.get("/articles", params={"host": "pushed.example", "ranked": True, "q": "pier"}).json()[
        "articles"
    ]
    assert "consultation" in client.get(f"/articles/{found['id']}").json()["text"]
    assert [one["edit"] for one in client.get(f"/articles/{found['id']}/history").json()] == ["first"]
    assert client.get("/health").json()["articles"] == 5
    for path, status in {
        "/articles?cursor=best-1": 400,
        "/articles?cursor=new-zz": 400,
        "/articles?limit=0": 422,
        "/articles?limit=1000": 422,
        "/articles?since=tomorrowish": 422,
        "/articles?page=2": 422,
        "/articles/0": 422,
        "/articles/99999999999999999999": 422,
        "/articles/x": 422,
        "/articles/4000": 404,
        "/articles/4000/history": 404,
        "/why": 422,
        "/why?url=https://never.example/": 404,
        "/why?url=http://[": 404,
        "/nowhere": 404,
    }.items():
        answer = client.get(path)
        assert answer.status_code == status, f"{path}: {answer.text}"
        assert "Traceback" not in answer.text


def nothing_typed_is_a_fault(client: httpx.Client) -> None:
    for text in [*HOSTILE[::15], "\x00", "a\x00b", "9" * 30, "%00%ff"]:
        short = text[:1500].encode("utf-8", "replace").decode()
        names = ("q", "host", "source", "author", "language", "section")
        answer = client.get("/articles", params=dict.fromkeys(names, short))
        assert answer.status_code == 200, f"{text!r}: {answer.text}"
        for name in ("q", "cursor", "since"):
            assert client.get("/articles", params={name: short}).status_code in {200, 400, 422}, repr(text)
        assert client.get("/why", params={"url": short or " "}).status_code in {404, 422}


def too_many_are_told_to_wait(client: httpx.Client) -> None:
    many = {"urls": ["http://10.0.0.1/"] * 1000}
    answers = (client.post("/pages", json=many) for _ in range(100))
    waiting = next(answer for answer in answers if answer.status_code == 429)
    assert int(waiting.headers["retry-after"]) >= 1


def test_tokens_of_the_settings_and_who_may_read(tmp_path: Path) -> None:
    write = "a-token-for-writing-and-reading"
    with served(tmp_path, CLEANWIRE_TOKEN=write, CLEANWIRE_READ_TOKEN=READ) as house:
        assert "the one in CLEANWIRE_TOKEN" in "".join(house.printed)
        assert not list(tmp_path.glob("*.token"))
        for token, reading, writing in ((write, 200, 202), (READ, 200, 403), ("x" * 20, 401, 401)):
            with house.client(token) as client:
                assert client.get("/articles").status_code == reading
                assert client.post("/pages", json={"urls": ["http://10.1.1.1/"]}).status_code == writing
        with httpx.Client(base_url=house.url, trust_env=False) as anybody:
            for path in ("/articles", "/articles/1", "/articles/1/history", "/why?url=x", "/health"):
                assert anybody.get(path).status_code == 401
            assert anybody.get("/healthz").status_code == 200
            assert anybody.get("/articles", headers={"Host": "rebound.example"}).status_code == 401
        (house.inbox / ".pushed").rmdir()
        with house.client(write) as client:
            lost = client.post("/pages", json={"url": "https://pushed.example/1", "html": page(1)})
            assert (lost.status_code, lost.json()["detail"]) == (503, "the page could not be kept; try again")
            assert int(lost.headers["retry-after"]) > 0
        assert house.stop() == 0
        assert "Traceback" not in house.log
        assert write not in house.log
        assert READ not in house.log


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        ("short\n", 0o600, "holds no token"),
        ("", 0o600, "holds no token"),
        ("x" * 30, 0o644, "others may read"),
    ],
)
def test_a_token_file_that_cannot_be_used_is_named(
    tmp_path: Path, content: str, mode: int, said: str
) -> None:
    file = tmp_path / "news.token"
    file.write_text(content)
    file.chmod(mode)
    with pytest.raises(UsageFault, match=said) as fault:
        load_keys(Settings(database=f"sqlite:///{tmp_path}/news.db"))
    assert str(file) in str(fault.value)


def test_a_slow_host_keeps_no_push_waiting_and_is_given_back_at_the_end(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/cleanwire.db"
    with (
        newsstand(latency=20) as stand,
        served(tmp_path, CLEANWIRE_ALLOW_NETWORKS=stand.authority) as house,
        house.client() as client,
    ):
        client.post("/pages", json={"urls": stand.addresses(40)})
        until(lambda: one(url, "select count(*) from link where state = 'claimed'") > 0)
        for number in range(6):  # more than are worked side by side
            pushed = {"url": f"{stand.url}/pushed/{number}", "html": page(number)}
            assert client.post("/pages", json=pushed).status_code == 202
        until(lambda: one(url, "select count(*) from article") == 6)
        assert house.stop() == 0
        assert "Traceback" not in house.log
    assert one(url, "select count(*) from link where state = 'due' and worker is null") == 40
