"""What reaches a log."""

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.logs import SafeFormatter, brief, masked, origin, safe


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("GET https://ann:secret@news.example/a", "GET https://***@news.example/a"),
        ("https://x.example/?api_key=abc&q=1", "https://x.example/?api_key=***&q=1"),
        ("https://x.example/a?q=1&access_token=abc#f", "https://x.example/a?q=1&access_token=***#f"),
        ("https://x.example/?sig=1;pwd=2", "https://x.example/?sig=***;pwd=***"),
        ("https://x.example/?monkey=1&page=2", "https://x.example/?monkey=***&page=2"),
        ("mail ann@news.example", "mail ann@news.example"),
        ("https://ann:p@ss:w@rd@news.example/@bo", "https://***@news.example/@bo"),
        ("postgresql+psycopg://ann:se/cr?et@db.example/x", "postgresql+psycopg://***@db.example/x"),
        (
            "https://news.example:8080/@ann/1 and https://[::1]/a@b",
            "https://news.example:8080/@ann/1 and https://[::1]/a@b",
        ),
        ("https://x.example/;jsessionid=1A?PHPSESSID=2", "https://x.example/;jsessionid=***?PHPSESSID=***"),
        ("https://x.example/#/done?code=1&state=2", "https://x.example/#/done?code=***&state=2"),
        (
            "https://x.example/?a%63cess%5Ftoken=1&postcode=2",
            "https://x.example/?a%63cess%5Ftoken=***&postcode=2",
        ),
        (
            "https://x.example/?to=https%3A%2F%2Fa%3Ab%40y%2F%3Fotp%3D1",
            "https://x.example/?to=https%3A%2F%2F***%40y%2F%3Fotp%3D***",
        ),
        (
            "https://x.example/?password=a;b&page=2&author=Ann&accessible=1",
            "https://x.example/?password=***&page=2&author=Ann&accessible=1",
        ),
        ("https://x.example/?token=&page=2", "https://x.example/?token=&page=2"),
        ("failed bob:hun/t@er2@news.example/foo: no file", "failed ***@news.example/foo: no file"),
        ("'//bob:hunter2@' http:bob:hunter2@news.example", "'//***@' ***@news.example"),
        (
            "news.example:8080/@ann mailto:ann@news.example pages/a:b@2x.html",
            "news.example:8080/@ann mailto:ann@news.example pages/a:b@2x.html",
        ),
    ],
)
def test_secrets_of_addresses_are_masked(written: str, shown: str) -> None:
    assert masked(written) == shown


NAMES = [
    "token", "access_token", "api-key", "apiKey", "client_secret", "password", "passwd", "pass", "pwd",
    "code", "authCode", "jwt", "id_jwt", "credential", "X-Amz-Credential", "X-Amz-Signature",
    "X-Amz-Security-Token", "sessionid", "PHPSESSID", "jsessionid", "sid", "access", "otp", "hmac", "bearer",
    "sig", "Signature", "auth", "oauth_verifier", "authorization", "user[pass]", "pin", "ticket",
]  # fmt: skip
HIDDEN = "Zq7-tell-nobody_9"


def encoded(draw: st.DrawFn, text: str) -> str:
    """Percent-encode some letters of a name, some of them twice."""
    ways = draw(
        st.lists(
            st.sampled_from(["{}", "%{:02X}", "%{:02x}", "%25{:02X}"]), min_size=len(text), max_size=len(text)
        )
    )
    return "".join(
        way.format(letter if way == "{}" else ord(letter)) for way, letter in zip(ways, text, strict=True)
    )


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """An address of which every secret part holds HIDDEN."""
    words = st.text(alphabet="abcXYZ019-._~!$'()*+,:@%", max_size=6)
    user = draw(
        st.sampled_from(
            ["", f"{HIDDEN}@", f"ann:{draw(words)}{HIDDEN}{draw(words)}@", f"{HIDDEN}:x@{draw(words)}@"]
        )
    )
    parts = ["https://", user, "news.example", draw(st.sampled_from(["", ":8080"])), "/2026/story"]
    for _ in range(draw(st.integers(1, 4))):
        mark = draw(
            st.sampled_from(
                ["?", "&", ";", "#", "#/done?", "?page=1&", "&amp;", "?next=https%3A%2F%2Fx%2F%3F"]
            )
        )
        name = encoded(draw, draw(st.sampled_from([str.upper, str.lower, str]))(draw(st.sampled_from(NAMES))))
        parts += [mark, name, draw(st.sampled_from(["=", "%3D"])), draw(words), HIDDEN, draw(words)]
    return "".join(parts)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(addresses(), st.sampled_from(["{}", "GET {} HTTP/1.1", "failed '{}': gone", "a {} b {}"]))
def test_no_secret_of_an_address_reaches_a_log(address: str, line: str) -> None:
    shown = safe(line.format(address, address))
    assert HIDDEN not in shown
    assert "news.example" in shown
    assert "/2026/story" in shown


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(alphabet="?&;#=%:/@tokenab325DFF 1[]", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_no_control_character_reaches_a_line() -> None:
    assert safe("a\r\nb\x1b[31m\u202ec\x00") == "a\\r\\nb\\x1b[31m\\u202ec\\x00"


def test_a_record_is_one_line_and_a_traceback_stays_readable() -> None:
    formatter = SafeFormatter("%(levelname)s %(message)s")
    record = logging.LogRecord("x", logging.INFO, "f", 1, "got %s", ("https://a:b@c/\nFORGED",), None)
    assert formatter.format(record) == "INFO got https://***@c/\\nFORGED"
    try:
        int("https://a:b@c/")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    lines = formatter.format(record).split("\n")
    assert lines[0] == "INFO got https://***@c/\\nFORGED"
    assert lines[-1].endswith("'https://***@c/'")


def test_an_address_of_any_length_takes_a_short_line_and_keeps_no_secret() -> None:
    address = f"https://news.example/{'a' * 8000}?token=geheim"
    told = brief(f"stored {address}: as it should be")
    assert told.startswith("stored https://news.example/aaa")
    assert told.endswith(" as it should be")
    assert len(told) < 400
    short = f"https://news.example/{'a' * 200}"
    assert brief(short) == short
    record = logging.LogRecord("flows", logging.INFO, "", 1, "stored %s", (address,), None)
    assert len(SafeFormatter("%(message)s").format(record)) < 400


def test_of_a_receivers_address_only_its_server_is_told() -> None:
    assert (
        origin("https://ann:pw@hooks.example:8443/services/T0/SECRET?x=1") == "https://hooks.example:8443/..."
    )
    assert origin("https://hooks.example/") == "https://hooks.example/"
