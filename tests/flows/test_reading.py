"""The pages that people read, with what ill will puts into them."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import lxml.html

from tests.flows.serving import served, until
from tests.flows.test_desk import READ
from tests.flows.test_inbox import drop, nameless

EVIL = "<script>alert(1)</script> &lt;b&gt; \"'><img src=x onerror=alert(1)>"


def test_people_search_and_read_and_nothing_is_run(tmp_path: Path) -> None:
    evil = nameless(1).replace("after a long evening", "alert(1)")
    evil = evil.replace("a longer consultation", "&lt;script&gt;a longer consultation&lt;/script&gt;")
    with served(tmp_path) as house, house.client() as client:
        for number in range(22):
            drop(house, f"{number}.html", evil if number == 1 else nameless(number))
        until(lambda: client.get("/health").json()["articles"] == 22)
        first = client.get("/")
        assert len(re.findall('href="/read/', first.text)) == 20
        (more,) = lxml.html.fromstring(first.text).xpath("//a[@rel='next']/@href")
        assert len(re.findall('href="/read/', client.get(more).text)) == 2
        found = client.get("/", params={"q": "alert"})
        assert "<mark>alert</mark>(1)" in found.text
        (page,) = lxml.html.fromstring(found.text).xpath("//section//a/@href")
        article = client.get(page)
        assert "&lt;script&gt;a longer consultation&lt;/script&gt;" in article.text
        assert "first version" in article.text
        typed = client.get("/", params={"q": EVIL})
        for answer in (first, found, article, typed):
            assert answer.status_code == 200
            assert answer.headers["content-security-policy"].startswith(
                "default-src 'none'; style-src 'self'"
            )
            tree = lxml.html.fromstring(answer.text)
            assert not tree.xpath("//script | //img | //iframe | //@onerror | //@style")
            assert set(tree.xpath("//@src | //link/@href")) == {"/style.css"}
        assert lxml.html.fromstring(typed.text).xpath("//input/@value") == [EVIL]
        assert client.get("/style.css").headers["content-type"].startswith("text/css")
        assert client.get("/", params={"cursor": "x"}).status_code == 400
        assert client.get("/read/4000").status_code == 404
        assert client.get("/", headers={"Host": "rebound.example"}).status_code == 403
        assert house.stop() == 0
        assert "Traceback" not in house.log


def test_a_browser_bears_the_token_as_its_password(tmp_path: Path) -> None:
    with served(tmp_path, CLEANWIRE_READ_TOKEN=READ) as house:
        asked = httpx.get(house.url, trust_env=False)
        assert asked.status_code == 401
        assert asked.headers["www-authenticate"].startswith("Basic")
        for password, status in ((READ, 200), (house.token, 200), ("x", 401)):
            assert httpx.get(house.url, auth=("any", password), trust_env=False).status_code == status
