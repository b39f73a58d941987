"""What an event may ask of `ingest`: addresses of the web, and no file of the machine."""

from __future__ import annotations

import pytest

from flows.deployments import plans
from flows.ingest import of_web, run_name


def test_an_event_reads_no_file() -> None:
    files = [
        "/etc",
        "pages/a.html",
        "-",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://a.example/",
        "http:/etc",
    ]
    web = ["https://a.example/x", "HTTP://a.example/"]
    taken, refused = of_web([*files, *web])
    assert taken == web
    assert [event.url for event in refused] == files
    assert {event.state for event in refused} == {"refused"}
    triggers = [trigger for plan in plans(300.0) for trigger in plan.triggers]
    assert [(one.parameters or {})["web_only"] for one in triggers] == [True]


def test_a_runs_name_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    targets = ["https://ann:hunter2@news.example/a", f"https://news.example/{'b' * 8000}?token=geheim"]
    monkeypatch.setattr("flows.ingest.flow_run.parameters", {"targets": targets}, raising=False)
    assert run_name().startswith("ingest https://***@news.example/a, https://news.example/bbb")
    assert len(run_name()) <= 300
    assert "geheim" not in run_name()
