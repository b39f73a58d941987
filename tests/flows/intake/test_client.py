"""The guarded client against a server that misbehaves in every way it can be made to."""

import asyncio
import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from typing import Any

import httpcore
import pytest
from hostile import Handler, Server, answer, conditional, endless, raw, redirect, reset, stalled

from flows.intake.client import fetch, open_client
from flows.intake.errors import Gone, IntakeError, Refused, Unreachable
from flows.intake.validators import NotModified, Validators, validators
from flows.settings import Settings
from parsers import Page

HTML = b"<html><p>A page.</p></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
MAX_BYTES = 100_000


def settings(*allowed: str, deadline: float = 5.0) -> Settings:
    return Settings(allow_networks=allowed, fetch_deadline=deadline, max_bytes=MAX_BYTES)


def get(
    server: Server, path: str, known: Validators | None = None, deadline: float = 5.0
) -> Page | NotModified:
    async def main() -> Page | NotModified:
        async with open_client(settings(server.netloc, deadline=deadline)) as client:
            return await fetch(client, server.url(path), known)

    return asyncio.run(main())


def fault(server: Server, handler: Handler, deadline: float = 5.0) -> IntakeError:
    server.routes["/page"] = handler
    with pytest.raises(IntakeError) as caught:
        get(server, "/page", deadline=deadline)
    return caught.value


def page(server: Server, handler: Handler) -> Page:
    server.routes["/page"] = handler
    found = get(server, "/page")
    assert isinstance(found, Page)
    return found


def test_a_page_comes_in_with_its_address_type_and_validators(server: Server) -> None:
    found = page(server, answer(HTML, etag='"one"', last_modified="Mon, 02 Nov 2026 10:00:00 GMT"))
    assert (found.url, found.content, found.status) == (server.url("/page"), HTML, 200)
    assert found.content_type == "text/html; charset=utf-8"
    assert validators(found) == Validators('"one"', "Mon, 02 Nov 2026 10:00:00 GMT")


def test_one_connection_serves_many_requests(server: Server) -> None:
    server.routes["/page"] = answer(HTML)

    async def main() -> None:
        async with open_client(settings(server.netloc)) as client:
            for _ in range(5):
                await fetch(client, server.url("/page"))

    asyncio.run(main())
    assert [request.connection for request in server.requests] == [1] * 5


def test_a_page_that_did_not_change_says_so(server: Server) -> None:
    server.routes["/page"] = conditional(HTML, '"v1"')
    assert isinstance(get(server, "/page"), Page)
    assert get(server, "/page", Validators('"v1"')) == NotModified(server.url("/page"))


def test_304_to_an_unconditional_request_is_refused(server: Server) -> None:
    assert "304" in fault(server, answer(status=304)).reason


def test_cookies_are_neither_kept_nor_sent(server: Server) -> None:
    server.routes["/page"] = answer(HTML, set_cookie="session=1; Path=/")

    async def main() -> Page | NotModified:
        async with open_client(settings(server.netloc)) as client:
            await fetch(client, server.url("/page"))
            return await fetch(client, server.url("/page"))

    second = asyncio.run(main())
    assert isinstance(second, Page)
    assert "cookie" not in server.requests[1].headers
    assert not any("session" in value for _, value in second.headers)


def test_credentials_go_to_their_own_origin_only(server: Server) -> None:
    server.routes["/own"] = redirect("/other")
    server.routes["/other"] = redirect(f"http://localhost:{server.port}/page")
    server.routes["/page"] = answer(HTML)

    async def main() -> Page | NotModified:
        async with open_client(settings(server.netloc, f"localhost:{server.port}")) as client:
            return await fetch(client, f"http://ann:secret@{server.netloc}/own")

    found = asyncio.run(main())
    sent = ["authorization" in request.headers for request in server.requests]
    assert sent == [True, True, False]
    assert isinstance(found, Page)
    assert "secret" not in f"{found.url} {found.original_url}"


ADDRESSES = [
    "127.0.0.1", "127.8.8.8", "::1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254", "fe80::1",
    "fe80::1%eth0", "fd00:ec2::254", "168.63.129.16", "100.100.100.200", "0.0.0.0",  # noqa: S104 - refused, not bound
    "255.255.255.255", "224.0.0.1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "2002:7f00:1::", "2001::1", "2001:db8::1", "fec0::1", "192.0.0.8", "198.18.0.1", "::",
    "100::1", "5f00::1",
]  # fmt: skip


class Recorder(httpcore.AsyncNetworkBackend):
    """Writes down what would be dialled, and dials nothing."""

    def __init__(self) -> None:
        self.dialled: list[tuple[str, int]] = []

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        raise httpcore.ConnectError("recorded, not made")


def dial(url: str, answers: Callable[[str], list[str]], *allowed: str) -> tuple[IntakeError, Recorder]:
    """Fetch with a name service of the test's own; nothing leaves this process."""
    recorder = Recorder()

    async def resolve(host: str, _: int) -> list[str]:
        return answers(host)

    async def main() -> None:
        async with open_client(settings(*allowed), resolve=resolve, dial=recorder) as client:
            await fetch(client, url)

    with pytest.raises(IntakeError) as caught:
        asyncio.run(main())
    return caught.value, recorder


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_name_at_a_forbidden_address_is_refused_before_any_connection(address: str) -> None:
    caught, recorder = dial("http://innocent.example/", lambda _: [address])
    assert isinstance(caught, Refused)
    assert address in caught.reason
    assert recorder.dialled == []


def test_only_the_permitted_addresses_of_a_name_are_dialled() -> None:
    caught, recorder = dial(
        "http://mixed.example/", lambda _: ["127.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"]
    )
    assert isinstance(caught, Unreachable)
    assert recorder.dialled == [("8.8.8.8", 80), ("2606:4700::1111", 80)]


def test_the_address_that_was_judged_is_the_one_that_is_dialled() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    _, recorder = dial("http://rebinding.example/", lambda _: next(answers))
    assert recorder.dialled == [("8.8.8.8", 80)]
    assert next(answers) == ["127.0.0.1"]  # the name was looked up once only


@pytest.mark.parametrize("allowed", ["10.0.0.0/8", "10.1.2.3", "10.1.2.3:8080", "intranet.example:8080"])
def test_an_operator_opens_what_they_name(allowed: str) -> None:
    _, recorder = dial("http://intranet.example:8080/", lambda _: ["10.1.2.3"], allowed)
    assert recorder.dialled == [("10.1.2.3", 8080)]


@pytest.mark.parametrize("allowed", ["10.2.0.0/16", "10.1.2.3:80", "other.example:8080", "::/0"])
def test_what_an_operator_did_not_name_stays_shut(allowed: str) -> None:
    _, recorder = dial("http://intranet.example:8080/", lambda _: ["10.1.2.3"], allowed)
    assert recorder.dialled == []


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:7f00:1]",
        "\uff11\uff12\uff17.0.0.1",
    ],
)
def test_odd_forms_of_loopback_are_refused_by_the_real_name_service(server: Server, host: str) -> None:
    async def main() -> None:
        async with open_client(settings()) as client:
            await fetch(client, f"http://{host}:{server.port}/")

    with pytest.raises(Refused):
        asyncio.run(main())
    assert server.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "file:///etc/passwd", "gopher://127.0.0.1/",
        "data:text/html,x", "javascript:alert(1)", "//10.0.0.1/", "http://[bad", "http://x:99999/", "",
    ],
)  # fmt: skip
def test_redirects_are_judged_like_first_addresses(server: Server, location: str) -> None:
    assert isinstance(fault(server, redirect(location)), Refused)
    assert server.paths() == ["/page"]


def test_five_redirects_are_followed_and_six_are_not(server: Server) -> None:
    for step in range(6):
        server.routes[f"/{step}"] = redirect(f"/{step + 1}")
    server.routes["/6"] = answer(HTML)
    with pytest.raises(Refused, match="5 redirects"):
        get(server, "/0")
    found = get(server, "/1")
    assert isinstance(found, Page)
    assert (found.url, found.original_url) == (server.url("/6"), server.url("/1"))


def test_a_redirect_loop_ends(server: Server) -> None:
    assert "redirects" in fault(server, redirect("/page")).reason
    assert len(server.requests) == 6


SLOW = {
    "drip": endless(OK + b"\r\n", b"x", pause=0.05),
    "stall after the headers": stalled(OK + b"Content-Length: 100\r\n\r\n"),
    "stall before the headers": stalled(b""),
    "1xx at leisure": endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", pause=0.05),
    "a header at leisure": endless(OK, b"X-More: 1\r\n", pause=0.05),
}
ENDLESS = {
    "body": endless(OK + b"\r\n", b"x" * 50_000),
    "chunks": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\nbody\r\n" * 1000),
    "headers": endless(OK, b"X-More: 1\r\n" * 1000),
    "one header": endless(OK + b"X-Long: ", b"x" * 50_000),
    "1xx": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000),
    "empty gzip members": endless(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 500),
    "empty deflate blocks": endless(
        OK + b"Content-Encoding: deflate\r\n\r\n\x78\x9c", b"\0\0\0\xff\xff" * 9000
    ),
}


@pytest.mark.parametrize("manner", SLOW)
def test_the_deadline_stands_over_the_whole_exchange(server: Server, manner: str) -> None:
    caught = fault(server, SLOW[manner], deadline=0.5)
    assert isinstance(caught, Unreachable)
    assert "0.5 s" in caught.reason


@pytest.mark.parametrize("manner", ENDLESS)
def test_endless_answers_end_long_before_the_deadline(server: Server, manner: str) -> None:
    caught = fault(server, ENDLESS[manner], deadline=60.0)
    assert "60 s" not in caught.reason


def gzipped(body: bytes, encoding: str = "gzip") -> Handler:
    return answer(body, content_encoding=encoding)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(HTML, mtime=0)),
        ("x-gzip", gzip.compress(HTML, mtime=0)),
        ("GZIP", gzip.compress(HTML[:5], mtime=0) + gzip.compress(HTML[5:], mtime=0)),
        ("gzip", gzip.compress(HTML, mtime=0) + b"\0" * 512),
        ("gzip", gzip.compress(HTML, mtime=0) + b"\x1fgarbage that begins like a member"),
        ("deflate", zlib.compress(HTML)),
        ("deflate", raw_deflate(HTML)),
        ("identity", HTML),
    ],
)
def test_bodies_are_decoded_whole(server: Server, encoding: str, body: bytes) -> None:
    assert page(server, gzipped(body, encoding)).content == HTML


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x0b\x02\x80"),
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("gzip, gzip", gzip.compress(gzip.compress(HTML, mtime=0), mtime=0)),
        ("gzip", gzip.compress(b"0" * 50_000_000, mtime=0)),
        ("gzip", gzip.compress(b"0" * MAX_BYTES, mtime=0) + gzip.compress(b"0", mtime=0)),
        ("deflate", zlib.compress(b"0" * 50_000_000)),
    ],
)
def test_bombs_and_encodings_nobody_asked_for_are_refused(server: Server, encoding: str, body: bytes) -> None:
    assert isinstance(fault(server, gzipped(body, encoding)), Refused)


BOMB = """
import asyncio, resource, sys
from flows.intake.client import fetch, open_client
from flows.intake.errors import Refused
from flows.settings import Settings

async def main(netloc):
    async with open_client(Settings(allow_networks=(netloc,))) as client:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(5):
            try:
                await fetch(client, f"http://{netloc}/bomb")
            except Refused:
                print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

asyncio.run(main(sys.argv[1]))
"""


def test_a_bomb_costs_little_more_memory_than_a_page_may_have(server: Server) -> None:
    server.routes["/bomb"] = gzipped(gzip.compress(b"0" * 500_000_000, 1))
    done = subprocess.run(
        [sys.executable, "-c", BOMB, server.netloc], capture_output=True, text=True, check=True, timeout=120
    )
    grown = [int(line) * (1024 if sys.platform != "darwin" else 1) for line in done.stdout.split()]
    assert len(grown) == 5
    assert max(grown) < 4 * 10 * 2**20


@pytest.mark.parametrize(
    "handler",
    [
        reset,
        raw(OK + b"Content-Length: 1000\r\n\r\n" + HTML),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        raw(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(HTML * 100)[:-12]),
        raw(OK + b"Content-Encoding: gzip\r\n\r\nnot gzip at all"),
        raw(b""),
        raw(b"SSH-2.0-OpenSSH_9.0\r\n"),
    ],
)
def test_a_body_that_was_cut_off_is_never_a_page(server: Server, handler: Handler) -> None:
    assert isinstance(fault(server, handler), Unreachable)


def test_too_large_is_known_from_the_header(server: Server) -> None:
    caught = fault(server, stalled(OK + b"Content-Length: 99999999999999999999\r\n\r\n"), deadline=60.0)
    assert "larger" in caught.reason


@pytest.mark.parametrize(
    "kind", ["image/png", "application/pdf", "video/mp4", "application/zip", "font/woff2"]
)
def test_types_that_cannot_be_pages_are_refused(server: Server, kind: str) -> None:
    assert kind in fault(server, answer(HTML, content_type=kind)).reason


def test_a_picture_that_calls_itself_html_is_refused(server: Server) -> None:
    assert "binary" in fault(server, answer(b"\x89PNG\r\n\x1a\n" + bytes(100))).reason


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_says_so(server: Server, status: int) -> None:
    caught = fault(server, answer(status=status))
    assert isinstance(caught, Gone)
    assert caught.status == status


@pytest.mark.parametrize("status", [400, 401, 403, 451, 204, 206, 300])
def test_what_will_not_change_soon_is_refused_by_its_number(server: Server, status: int) -> None:
    caught = fault(server, answer(status=status))
    assert isinstance(caught, Refused)
    assert str(status) in caught.reason


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("120", 120.0), ("0", 0.0), ("999999999999999999999", 86400.0), ("86401", 86400.0), ("-5", None),
        ("soon", None), ("\u0663", None), ("1.5", None), ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0), ("", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [429, 500, 503])
def test_retry_after_is_believed_up_to_a_day(
    server: Server, status: int, wish: str, seconds: float | None
) -> None:
    caught = fault(server, answer(status=status, retry_after=wish))
    assert isinstance(caught, Unreachable)
    assert caught.retry_after == seconds


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "example.com/page", "", "http://", "http://a b/", "mailto:a@b"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    caught, recorder = dial(url, lambda _: ["8.8.8.8"])
    assert isinstance(caught, Refused)
    assert recorder.dialled == []


def test_a_name_that_does_not_resolve_says_what_to_do() -> None:
    def nobody(host: str) -> list[str]:
        raise OSError(host)

    caught, _ = dial("http://nowhere.example/", nobody)
    assert isinstance(caught, Unreachable)
    assert caught.reason == "the name nowhere.example does not resolve; check it and the network"


def test_a_closed_port_is_unreachable(server: Server) -> None:
    async def main() -> None:
        async with open_client(settings("127.0.0.1")) as client:
            await fetch(client, "http://127.0.0.1:9/")

    assert server.port != 9
    with pytest.raises(Unreachable, match="connection failed"):
        asyncio.run(main())
