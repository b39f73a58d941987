"""One page's way: gone pages, pages asked for in full now and then, and how long a failure waits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from flows import stations
from flows.clock import now
from storage import Claim
from tests.flows.conftest import Run
from tests.flows.newsstand import newsstand

CLAIM = Claim(1, "https://example.com/story", "example.com", "w", now(), 1, etag='"a"', last_modified="x")


def test_a_page_is_asked_for_in_full_one_day_in_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    first = datetime(2026, 11, 23, 12, tzinfo=UTC)
    asked = []
    for day in range(14):
        monkeypatch.setattr(stations, "now", lambda day=day: first + timedelta(days=day))
        asked.append(stations._known(CLAIM).etag)  # noqa: SLF001 - the rule has no other face within a week
    assert asked.count(None) == 2
    assert asked[:7] == asked[7:]


def test_a_failure_waits_twice_as_long_each_time_and_is_set_aside_at_last() -> None:
    for attempt in range(1, stations.FETCH_TRIES):
        claim = Claim(1, CLAIM.url, CLAIM.host, "w", now(), attempt)
        outcome = stations.later(claim, "503", None)
        assert outcome.state == "failed"
        assert outcome.retry_at is not None
        pause = (outcome.retry_at - now()).total_seconds()
        usual = min(60.0 * 2 ** (attempt - 1), 86400.0)
        assert usual * 0.7 < pause < usual * 1.3
    last = stations.later(Claim(1, CLAIM.url, CLAIM.host, "w", now(), stations.FETCH_TRIES), "503", None)
    assert last.state == "quarantined"
    wished = stations.later(CLAIM, "503", 7200.0)
    assert wished.retry_at is not None
    assert (wished.retry_at - now()).total_seconds() > 7100


def test_an_article_whose_page_is_gone_is_removed_and_keeps_its_text(cleanwire: Run) -> None:
    with newsstand() as stand:
        env = {"CLEANWIRE_ALLOW_NETWORKS": stand.authority, "CLEANWIRE_HOST_DELAY": "0"}
        (address,) = stand.addresses(1)
        assert cleanwire("ingest", address, **env).returncode == 0
        stand.gone = True
        assert cleanwire("ingest", address, **env).returncode == 0
    (article,) = json.loads(cleanwire("query", "--json").stdout)
    assert article["status"] == "removed"
    assert "The harbour council voted" in article["text"]
