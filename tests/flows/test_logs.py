"""What reaches a log."""

import logging

import pytest

from flows.logs import SafeFormatter, masked, safe


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("GET https://ann:secret@news.example/a", "GET https://***@news.example/a"),
        ("https://x.example/?api_key=abc&q=1", "https://x.example/?api_key=***&q=1"),
        ("https://x.example/a?q=1&access_token=abc#f", "https://x.example/a?q=1&access_token=***#f"),
        ("https://x.example/?sig=1;pwd=2", "https://x.example/?sig=***;pwd=***"),
        ("https://x.example/?monkey=1&page=2", "https://x.example/?monkey=***&page=2"),
        ("mail ann@news.example", "mail ann@news.example"),
    ],
)
def test_secrets_of_addresses_are_masked(written: str, shown: str) -> None:
    assert masked(written) == shown


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
