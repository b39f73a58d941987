"""Which hub a source names: by Link headers, by links of the feed, or none."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from flows.intake.reading import read_source
from flows.intake.websub import is_signed
from parsers import Page

URL = "https://a.example/news/feed"
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'
ITEM = "<item><link>/story</link></item>"
RSS = f"<rss {ATOM}><channel><title>G</title>%s{ITEM}</channel></rss>"
FEED = '<feed xmlns="http://www.w3.org/2005/Atom">%s<entry><link href="/story"/></entry></feed>'
JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/story"}], %s}'
HUBS = '[{"type": "rssCloud", "url": "/x"}, {"type": "WebSub", "url": "/h"}]'
CASES = [
    (RSS % '<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="/rss"/>', [],
     ("https://hub.example/", "https://a.example/rss")),
    (FEED % '<link rel="self" href="/atom"/><link rel="hub" href="/hub"/>', [],
     ("https://a.example/hub", "https://a.example/atom")),
    (FEED % '<link rel="HUB alternate" href="/hub"/>', [], ("https://a.example/hub", URL)),
    (JSON % f'"feed_url": "/f.json", "hubs": {HUBS}', [],
     ("https://a.example/h", "https://a.example/f.json")),
    (JSON % '"hubs": {"type": "WebSub"}, "feed_url": 3', [], (None, None)),
    (FEED % '<link rel="hub" href="/in-the-feed"/>',
     [("Link", '<https://h.example/?a=1,2>; rel="hub"; title="a, b", </atom>; rel=self, </x>; rel="next"')],
     ("https://h.example/?a=1,2", "https://a.example/atom")),
    (RSS % "", [("link", "</one>; rel=hub"), ("link", "</two>; rel=hub")], ("https://a.example/one", URL)),
    (RSS % "", [("link", "no link; rel=hub"), ("link", "<mailto:a@b>; rel=hub"), ("link", '<<>>,;="')],
     (None, None)),
    (RSS % "", [("link", f"</{'x' * 3000}>; rel=hub")], (None, None)),
    (RSS % '<atom:link rel="hub" href="javascript:alert(1)"/>', [], (None, None)),
    (RSS % "", [], (None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("content", "headers", "named"), CASES)
def test_a_source_names_its_hub(
    content: str, headers: list[tuple[str, str]], named: tuple[str | None, str | None]
) -> None:
    listing = read_source(Page(URL, content.encode(), headers=tuple(headers)), 10**6)
    assert (listing.hub, listing.topic) == named
    assert [item.url for item in listing.items] == ["https://a.example/story"]


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures_are_those_of_the_recommendation(method: str) -> None:
    mac = hmac.HMAC(b"secret", b"body", digestmod=getattr(hashlib, method)).hexdigest()
    assert is_signed("secret", f"{method}={mac}", b"body")
    assert is_signed("secret", f"{method.upper()}={mac.upper()}", b"body")
    for header in (
        None,
        "",
        mac,
        f"{method}=",
        f"md5={mac}",
        f"{method}={mac[:-1]}",
        f"{method}=\udcff",
        f"={mac}",
    ):
        assert not is_signed("secret", header, b"body")
    assert not is_signed("other", f"{method}={mac}", b"body")
    assert not is_signed("secret", f"{method}={mac}", b"body ")
