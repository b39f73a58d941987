from ipaddress import IPv6Address
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.urls import (
    absolute,
    authority,
    canonical,
    host_of,
    normalise,
    registered_domain,
    same_publisher,
)

PORTS = {"http": 80, "https": 443}
PAGE = "https://www.example.co.uk/news/storm-1?page=2"


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("/a b", "https://www.example.co.uk/a%20b"),
        ("//cdn.example.com/x.jpg", "https://cdn.example.com/x.jpg"),
        ("HTTP://Exämple.de:80/ü?q=ö", "http://xn--exmple-cua.de/%C3%BC?q=%C3%B6"),
        ("https://a.example:8443/", "https://a.example:8443/"),
        ("javascript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("http://[::1", None),
        ("http://a.example:99999/", None),
        ("data:image/png;base64,AAAA", None),
        ("", None),
        ("http://" + "ä" * 300 + ".de/", None),
        ("x" * 3_000, None),
    ],
)
def test_addresses_are_absolute_http_or_none(value: str, url: str | None) -> None:
    assert absolute(value, PAGE) == url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x?utm_source=n&id=3#top", "https://a.example/x?id=3"),
        ("HTTP://A.example:80/x?fbclid=1", "http://a.example/x"),
        ("https://a.example/%7Euser/%e2%82%ac", "https://a.example/~user/%E2%82%AC"),
    ],
)
def test_what_is_one_article_is_joined(one: str, other: str) -> None:
    assert normalise(one) == normalise(other) == other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x?id=3", "https://a.example/x?id=4"),
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/#!/one", "https://a.example/#!/two"),
        ("https://a.example/x", "http://a.example/x"),
    ],
)
def test_what_is_two_articles_is_never_joined(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text(max_size=120))
def test_normalise_never_raises_and_is_idempotent(text: str) -> None:
    for url in (text, f"https://a.example/{text}"):
        assert normalise(normalise(url)) == normalise(url)


AUTHORITIES = st.tuples(st.ip_addresses(v=6), st.integers(1, 65_535))


@given(AUTHORITIES, st.sampled_from(["http", "https"]))
def test_an_ipv6_address_stays_the_host_that_it_is(at: tuple[IPv6Address, int], scheme: str) -> None:
    address, port = at
    for spelt in (address.compressed, address.exploded.upper()):
        base = f"{scheme}://[{spelt}]:{port}/feed"
        for url in (absolute(base, ""), absolute("/feed", base), normalise(base)):
            assert url is not None
            parts = urlsplit(url)
            assert (parts.hostname, parts.port or PORTS[scheme]) == (str(address), port)
            assert authority(url) == parts.netloc
            assert host_of(url) == registered_domain(host_of(url)) == str(address)
    assert normalise(f"{scheme}://[{address}]/") == f"{scheme}://[{address}]/"


@given(AUTHORITIES, AUTHORITIES)
def test_ipv6_addresses_and_ports_that_differ_are_never_joined(
    one: tuple[IPv6Address, int], other: tuple[IPv6Address, int]
) -> None:
    urls = {f"http://[{address}]:{port}/x" for address, port in {one, other}}
    assert len({normalise(url) for url in urls}) == len(urls)


@pytest.mark.parametrize(
    "host", ["[v1.x]", "[a.example]", "[127.0.0.1]", "[]", "[::1]x", "x[::1]", "u@[x]", "[fe80::1%25lo]"]
)
def test_brackets_hold_nothing_but_ipv6_addresses(host: str) -> None:
    assert absolute(f"http://{host}/", PAGE) is None


def test_the_end_of_an_ipv6_address_is_no_port() -> None:
    assert normalise("http://[2001:db8::1]:8080/a") == "http://[2001:db8::1]:8080/a"
    assert normalise("http://[2001:DB8:0::1:8080]/a") == "http://[2001:db8::1:8080]/a"


@given(st.text(max_size=60))
def test_hosts_never_raise(text: str) -> None:
    registered_domain(host_of(f"https://{text}/"))


def test_a_canonical_link_may_not_claim_another_publishers_article() -> None:
    assert canonical("/news/storm-1", PAGE) == "https://www.example.co.uk/news/storm-1"
    assert canonical("https://m.example.co.uk/news/storm-1", PAGE) == "https://m.example.co.uk/news/storm-1"
    assert canonical("https://other.co.uk/news/storm-1", PAGE) is None
    assert canonical("https://www.example.co.uk/", PAGE) is None
    assert canonical("https://b.example/x", "file:///tmp/page.html") == "https://b.example/x"
    assert canonical("mailto:x", PAGE) is None


def test_publishers_are_told_by_their_registered_domain() -> None:
    assert same_publisher("www.example.co.uk", "amp.example.co.uk")
    assert not same_publisher("one.co.uk", "two.co.uk")
    assert registered_domain("127.0.0.1") == "127.0.0.1"
    assert registered_domain("localhost") == "localhost"
