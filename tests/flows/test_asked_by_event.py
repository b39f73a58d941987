"""What an event may ask of `ingest`: addresses of the web, and no file of the machine."""

from __future__ import annotations

from flows.deployments import plans
from flows.ingest import of_web


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
