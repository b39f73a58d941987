"""`cleanwire ingest` against a server that misbehaves in every way: each link ends in a named state."""

import gzip
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile import Handler, Server, answer, endless, raw, redirect, reset, stalled
from measured import watched

from tests.flows.conftest import PAGE, command, environment

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
MEBIBYTE = 2**20
DEADLINE = 6.0  # of a server, on a machine that has much else to do


def story(number: int) -> str:
    title = f"Council decides on pier {number} after a long evening"
    return PAGE.format(title=title, slug=f"pier-{number}", number=number)


def halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


def coded(body: bytes, encoding: str) -> Handler:
    return answer(body, content_encoding=encoding)


BOMB = gzip.compress(b"0" * (400 * MEBIBYTE), 1)
REFUSED = {
    "to-metadata": (redirect("http://169.254.169.254/latest/"), "link-local"),
    "to-private": (redirect("http://10.0.0.1/"), "private"),
    "to-nat64": (redirect("http://[64:ff9b::7f00:1]/"), "NAT64"),
    "to-mapped": (redirect("http://[::ffff:127.0.0.1]/"), "mapped"),
    "to-odd": (redirect("http://2130706433/"), "loopback"),
    "to-file": (redirect("file:///etc/passwd"), "only http"),
    "to-gopher": (redirect("gopher://127.0.0.1/"), "only http"),
    "to-data": (redirect("data:text/html,x"), ""),
    "to-javascript": (redirect("javascript:alert(1)"), ""),
    "loop": (redirect("/loop"), "redirects"),
    "br": (coded(b"\x0b\x02\x80", "br"), "encoded as br"),
    "zstd": (coded(b"\x28\xb5\x2f\xfd", "zstd"), "encoded as zstd"),
    "chained": (coded(gzip.compress(BOMB), "gzip, gzip"), "encoded as gzip, gzip"),
    "bomb": (coded(BOMB, "gzip"), "larger"),
    "endless-body": (endless(OK + b"\r\n", b"x" * 50_000), ""),
    "picture": (answer(b"\x89PNG" + bytes(99)), "binary"),
    "pdf": (answer("x", content_type="application/pdf"), "application/pdf"),
    "forbidden": (answer(status=403), "403"),
    "deep": (answer("<div>" * 100_000), "no article"),
    "elements": (answer("<p>" * 500_000), "no article"),
    "attributes": (answer(f"<p {' '.join(f'a{n}=1' for n in range(200_000))}>x"), "no article"),
}
FAILED = {
    "drip": (endless(OK + b"\r\n", b"x", pause=0.1), "no whole answer"),
    "stall": (stalled(OK + b"Content-Length: 9\r\n\r\n"), "no whole answer"),
    "endless-headers": (endless(OK, b"X-More: 1\r\n" * 1000), ""),
    "endless-1xx": (endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000), ""),
    "short": (raw(OK + b"Content-Length: 1000\r\n\r\nhalf"), "broke off"),
    "cut-gzip": (raw(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 999)[:-9]), "cut off"),
    "reset": (reset, ""),
    "not-http": (raw(b"SSH-2.0-OpenSSH_9.0\r\n"), ""),
    "missing": (answer(status=404), "404"),
    "gone": (answer(status=410), "410"),
    "throttled": (answer(status=429, retry_after="3600"), "429"),
    "throttled-junk": (answer(status=429, retry_after="-5"), "429"),
    "broken": (answer(status=500), "500"),
    "unavailable": (answer(status=503, retry_after="99999999999"), "503"),
}
BAIT = {"tags": answer("<a " * 60_000), "at": answer(f"<p>{'a@' * 200_000}</p>")}
STORED = {
    "good-1": answer(story(1)),
    "good-2": answer(story(2)),
    "two-members": coded(
        gzip.compress(story(3)[:700].encode()) + gzip.compress(story(3)[700:].encode()), "gzip"
    ),
    "nul": answer(story(4).replace("mayor", "ma\0yor\x08")),
    "bidi": answer(story(5).replace("mayor", "may\u202eor&#xD800;")),
    "mislabelled": answer(story(6).encode(), content_type="text/html; charset=utf-16"),
    "codec": answer(story(7).encode(), content_type="text/html; charset=hex"),
    "long-line": answer(story(8).replace("</article>", f"<!--{'x' * 9_000_000}--></article>")),
    "blank-bait": answer(story(11).replace("mayor", f"mayor{' ' * 200_000}")),
    "odd-date": answer(story(10).replace("2026-11-20T08:30:00+02:00", "9999-99-99T99:99:99")),
}


@dataclass
class Ended:
    """How the run went: each page's state and reason by name, its length in seconds, its memory in bytes."""

    pages: dict[str, tuple[str, str]]
    seconds: float
    memory: int
    errors: str


def ingest(server: Server, folder: Path) -> Ended:
    """Ingest everything that the server has in one run."""
    urls = folder / "urls.txt"
    names = [*STORED, *REFUSED, *FAILED, *BAIT]
    urls.write_text("".join(f"{server.on(host, '/' + name)}\n" for host, name in enumerate(names)))
    env = environment(
        CLEANWIRE_ALLOW_NETWORKS=f"127.0.1.0/24,{server.netloc}",
        CLEANWIRE_HOST_DELAY="0",
        CLEANWIRE_FETCH_DEADLINE=str(DEADLINE),
    )
    began = time.monotonic()
    run = watched(command("ingest", str(urls), "--json"), folder, env)
    return Ended(states(folder), time.monotonic() - began, run.memory, run.errors)


def states(folder: Path) -> dict[str, tuple[str, str]]:
    """Read from the ledger how each page ended."""
    import sqlite3  # noqa: PLC0415 - only here

    with sqlite3.connect(folder / "cleanwire.db") as connection:
        rows = connection.execute("SELECT url, state, reason FROM link").fetchall()
    connection.close()
    return {url.rpartition("/")[2]: (state, reason) for url, state, reason in rows}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    from hostile import running  # noqa: PLC0415 - the server of this module's one run

    with running(len(STORED) + len(REFUSED) + len(FAILED) + len(BAIT)) as server:
        for name, (handler, _) in {**REFUSED, **FAILED}.items():
            server.routes[f"/{name}"] = handler
        server.routes |= {f"/{name}": handler for name, handler in {**STORED, **BAIT}.items()}
        return ingest(server, tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("name", STORED)
def test_good_pages_are_stored_beside_the_bad(ended: Ended, name: str) -> None:
    assert ended.pages[name][0] in {"stored", "revised", "duplicate"}, ended.pages[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_page_is_refused_with_its_reason(ended: Ended, name: str) -> None:
    state, reason = ended.pages[name]
    assert state == "refused"
    assert REFUSED[name][1] in reason


@pytest.mark.parametrize("name", FAILED)
def test_what_cannot_be_had_has_failed_with_its_reason(ended: Ended, name: str) -> None:
    state, reason = ended.pages[name]
    assert state == "failed"
    assert FAILED[name][1] in reason


@pytest.mark.parametrize("name", BAIT)
def test_bait_for_slow_expressions_is_digested(ended: Ended, name: str) -> None:
    assert ended.pages[name][0] in {"stored", "refused"}, ended.pages[name]


def test_the_run_is_small_and_speaks_in_lines(ended: Ended) -> None:
    assert ended.memory < 300 * MEBIBYTE
    assert "Traceback" not in ended.errors
    assert not any(state in {"due", "claimed"} for state, _ in ended.pages.values())
