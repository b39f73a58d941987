"""Pages out of WARC files, .zip archives and messages, whole or damaged."""

import base64
import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.intake import archives
from flows.intake.archives import read_file, read_mail, read_zip
from flows.intake.errors import Unreadable
from flows.intake.warc import is_warc, read_warc
from parsers import Hints, Page
from parsers.decode import decode

HTML = b"<html><p>A page of the archive.</p></html>"
MAX_BYTES = 10_000


def warc(path: Path, *records: tuple[str, str, bytes, str], packed: bool = True) -> Path:
    """Write response records (address, status, body, media type) between an info and a request record."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "test"}))
        for url, status, body, kind in records:
            head = StatusAndHeaders(status, [("Content-Type", kind), ("ETag", '"e"')], protocol="HTTP/1.1")
            request = StatusAndHeaders("GET / HTTP/1.1", [], is_http_request=True)
            date = {"WARC-Date": "2026-11-02T10:00:00Z"}
            response = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=head, warc_headers_dict=date
            )
            for record in (writer.create_warc_record(url, "request", http_headers=request), response):
                writer.write_record(record)
                record.raw_stream.close()  # warcio leaves its buffer to the garbage collector
    return path


def page(number: int) -> tuple[str, str, bytes, str]:
    return f"https://news.example/{number}", "200 OK", HTML, "text/html"


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_is_read_and_taken_up_again_at_any_record(tmp_path: Path, packed: bool) -> None:
    path = warc(tmp_path / ("a.warc.gz" if packed else "a.warc"), *map(page, range(5)), packed=packed)
    whole = list(read_warc(path, MAX_BYTES))
    assert [record.page.url.rpartition("/")[2] for record in whole] == list("01234")
    first = whole[0].page
    assert (first.content, first.content_type, first.status) == (HTML, "text/html", 200)
    assert first.fetched_at == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
    assert ("etag", '"e"') in first.headers
    for done, record in enumerate(whole, 1):
        assert list(read_warc(path, MAX_BYTES, record.following)) == whole[done:]


def test_records_without_a_page_are_passed_over(tmp_path: Path) -> None:
    path = warc(
        tmp_path / "a.warc.gz",
        ("https://news.example/404", "404 Not Found", HTML, "text/html"),
        ("https://news.example/pic", "200 OK", b"\x89PNG\r\n" + bytes(99), "text/html"),
        ("https://news.example/pdf", "200 OK", HTML, "application/pdf"),
        ("https://news.example/large", "200 OK", b"x" * (MAX_BYTES + 1), "text/html"),
        ("dns:news.example", "200 OK", HTML, "text/html"),
        page(7),
    )
    assert [record.page.url for record in read_warc(path, MAX_BYTES)] == ["https://news.example/7"]


def test_a_damaged_warc_gives_what_is_whole_and_names_the_place(tmp_path: Path) -> None:
    path = warc(tmp_path / "a.warc.gz", *map(page, range(4)))
    whole = list(read_warc(path, MAX_BYTES))
    content = path.read_bytes()
    path.write_bytes(content[: whole[1].following] + b"\x1f\x8b garbage" * 9)
    with pytest.raises(Unreadable, match=f"after byte {whole[1].following} "):
        list(read_warc(path, MAX_BYTES))
    assert next(read_warc(path, MAX_BYTES)) == whole[0]


@pytest.mark.parametrize("packed", [True, False])
def test_a_record_that_is_cut_off_is_never_a_page(tmp_path: Path, packed: bool) -> None:
    path = warc(tmp_path / "a.warc", *map(page, range(3)), packed=packed)
    whole = list(read_warc(path, MAX_BYTES))
    path.write_bytes(path.read_bytes()[: whole[2].following - 20])
    found = read_warc(path, MAX_BYTES)
    assert [next(found), next(found)] == whole[:2]
    with pytest.raises(Unreadable, match=r"after byte \d+ \(its last record is cut off\)"):
        next(found)


@pytest.mark.parametrize(
    "content", [b"not a warc at all\n" * 9, gzip.compress(b"plain words", mtime=0), b"\x1f\x8b\x08junk"]
)
def test_what_is_no_warc_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"a\.warc\.gz"):
        list(read_warc(path, MAX_BYTES))


@pytest.mark.parametrize("name", ["huge.warc", "huge.warc.gz"])
def test_two_gigabytes_of_nothing_are_not_read(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(2 * 2**30)
    with pytest.raises(Unreadable, match="no WARC record"):
        list(read_warc(tmp_path / name, MAX_BYTES))


def plain(*records: bytes) -> bytes:
    """Write records as they are, each two empty lines after its end."""
    return b"".join(record + b"\r\n\r\n" for record in records)


def response(
    body: bytes, *said: bytes, length: bytes | None = None, url: bytes = b"http://a.example/"
) -> bytes:
    """Write a response record with further headers, and its length or what is said to be that."""
    answer = b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Type: text/html", *said, b"", body])
    head = [
        b"WARC/1.0",
        b"WARC-Type: response",
        b"WARC-Target-URI: " + url,
        b"WARC-Date: 2026-11-23T00:00:00Z",
    ]
    named = str(len(answer)).encode() if length is None else length
    return b"\r\n".join([*head, *([b"Content-Length: " + named] if named else []), b"", answer])


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("br", brotli.compress),
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("zstd", zstandard.compress),
    ],
)
def test_recorded_codings_are_undone_within_bounds(
    tmp_path: Path, coding: str, encode: Callable[[bytes], bytes]
) -> None:
    said, path = b"Content-Encoding: " + coding.encode(), tmp_path / "a.warc"
    chunked = encode(HTML)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(chunked), chunked)
    large = encode(bytes(range(32, 127)) * 900)
    path.write_bytes(
        plain(
            response(encode(HTML), said),
            response(chunked, said, b"Transfer-Encoding: chunked"),
            response(HTML, said),
            response(encode(b"x" * 10**7), said),
            response(large[: len(large) // 2], said),
            response(encode(HTML), said, url=b"http://b.example/"),
        )
    )
    pages = [record.page for record in read_warc(path, MAX_BYTES)]
    whole = [one.content for one in pages if isinstance(one, Page)]
    assert whole == [HTML] * 4
    assert [one.reason for one in pages if isinstance(one, Unreadable)] in (
        [],  # half of it was more than may be read
        [f"{path}: http://a.example/: its body cannot be decoded as {coding}"],
    )


NOISE = random.Random(1).randbytes(90_000)  # noqa: S311 - only to be incompressible


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (response(HTML, length=b"1" + b"0" * 30), "cut off"),
        (response(HTML, length=b""), "without Content-Length"),
        (response(HTML).replace(b"WARC-Target-URI", b"X"), "startswith"),
        (b"WARC/1.0 " + b"x" * 10**6, "without end"),
        (b"WARC/1.0\r\n" + b"A: b\r\n" * 10**6, "without end"),
        (gzip.compress(plain(response(HTML), response(HTML))), "gzipped as a whole"),
        (
            gzip.compress(plain(response(NOISE)))[:40_000] + b"x" * 60_000,
            "Error -3",
        ),
    ],
)
def test_a_hostile_record_is_a_fault_of_its_file(tmp_path: Path, record: bytes, fault: str) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record)
    with pytest.raises(Unreadable, match=fault):
        list(read_warc(path, MAX_BYTES))


RECORDS = (
    response(gzip.compress(HTML, mtime=0), b"Content-Encoding: gzip"),
    response(brotli.compress(HTML), b"Content-Encoding: br"),
    response(b"3\r\n<p>\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"),
)
PACKED = b"".join(gzip.compress(plain(record), mtime=0) for record in RECORDS)
AT_ONCE = gzip.compress(plain(*RECORDS), mtime=0)  # one member, which WARC does not allow
HOSTILE = st.sampled_from(
    [b"", b"-", b"9" * 30, b"\r\n", b"\x00", b"\xff", b"WARC/1.0\r\n", b"br", b"\x1f\x8b"]
)


@settings(deadline=None, max_examples=300)
@given(
    base=st.sampled_from([plain(*RECORDS), PACKED, AT_ONCE]),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 9), HOSTILE | st.binary(max_size=9))),
)
def test_no_damage_brings_anything_but_known_faults(
    tmp_path_factory: pytest.TempPathFactory, base: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.warc"
    for at, less, more in changes:
        base = base[: at % len(base)] + more + base[at % len(base) + less :] or b"W"
    path.write_bytes(base)
    with suppress(Unreadable):
        for record in read_warc(path, MAX_BYTES):
            assert isinstance(record.page, Page | Unreadable)
            assert 0 < record.following <= len(base)


def test_warcs_are_known_by_name() -> None:
    assert [is_warc(Path(name)) for name in ("A.WARC.GZ", "a.warc", "a.gz", "warc")] == [
        True,
        True,
        False,
        False,
    ]


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_gives_its_pages_and_names_its_bad_members(tmp_path: Path) -> None:
    members = {
        "b/story one.html": HTML, "a.txt": b"Plain words.", "style.css": b"p{}", ".hidden.html": HTML,
        "__MACOSX/x.html": HTML, "empty.html": b"", "bomb.html": b"0" * (MAX_BYTES + 1),
        "pic.html": b"\x89PNG" + bytes(50),
    }  # fmt: skip
    path = zipped(tmp_path / "pages.zip", **members)
    found = list(read_zip(path, MAX_BYTES))
    uri = path.as_uri()
    pages = {one.url: one.content for one in found if isinstance(one, Page)}
    assert pages == {f"{uri}/a.txt": b"Plain words.", f"{uri}/b/story%20one.html": HTML}
    assert [read_file(url, MAX_BYTES).content for url in pages] == list(pages.values())
    for name in ("bomb.html", "nowhere.html"):
        with pytest.raises(Unreadable, match=name):
            read_file(f"{uri}/{name}", MAX_BYTES)
    faults = sorted(one.reason for one in found if isinstance(one, Unreadable))
    assert [fault.split(": ")[1] for fault in faults] == ["bomb.html", "empty.html", "pic.html"]


def test_what_a_zip_does_not_give_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(
        tmp_path / "pages.zip", **{"../up.html": HTML, "a.html": HTML, "b.html": HTML, "c.html": HTML}
    )
    up, *pages = read_zip(path, MAX_BYTES)
    assert isinstance(up, Unreadable)
    assert "out of the archive" in up.reason
    assert len(pages) == 3
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    rest = list(read_zip(path, MAX_BYTES))[-1]
    assert isinstance(rest, Unreadable)
    assert "the last 2 of its pages are left out" in rest.reason


def test_of_two_members_of_one_name_the_one_that_is_not_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pages.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", b"<p>The first.")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.html", HTML)
    first, second = read_zip(path, MAX_BYTES)
    assert isinstance(first, Unreadable)
    assert "a later member has the same name" in first.reason
    assert isinstance(second, Page)
    assert read_file(second.url, MAX_BYTES).content == second.content == HTML


def test_a_damaged_member_does_not_spoil_the_others(tmp_path: Path) -> None:
    path = zipped(tmp_path / "pages.zip", **{"a.html": HTML * 20, "b.html": HTML})
    content = bytearray(path.read_bytes())
    content[45] ^= 0xFF
    path.write_bytes(content)
    bad, good = read_zip(path, MAX_BYTES)
    assert isinstance(bad, Unreadable)
    assert isinstance(good, Page)


@pytest.mark.parametrize("content", [b"", b"PK not really", HTML])
def test_what_is_no_zip_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pages.zip"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"pages\.zip"):
        list(read_zip(path, MAX_BYTES))


MAIL = """From: Ann Lee <ann@news.example>
Subject: =?utf-8?q?Council_votes_=E2=80=94_again?=
Date: Mon, 02 Nov 2026 09:30:00 +0100
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Plain words.
--b
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<html><p>M=FCller voted.</p></html>
--b--
"""


def test_a_message_gives_its_web_page_with_hints(tmp_path: Path) -> None:
    path = tmp_path / "letter.eml"
    path.write_text(MAIL, encoding="utf-8")
    found = read_mail(path, MAX_BYTES)
    assert "Müller voted" in decode(found.content, found.content_type)
    assert (found.url, found.content_type) == (path.as_uri(), "text/html; charset=iso-8859-1")
    assert found.hints == Hints("Council votes \u2014 again", "Mon, 02 Nov 2026 09:30:00 +0100", ("Ann Lee",))


@pytest.mark.parametrize("charset", ["x-unknown", "utf-8", "us-ascii", "iso-8859-1"])
@pytest.mark.parametrize("transfer", ["8bit", "binary", "base64", "x-odd"])
def test_a_message_is_read_whatever_charset_it_names(tmp_path: Path, charset: str, transfer: str) -> None:
    body = "<html><p>Müller, Šťastný und Łukasz haben gewählt.</p></html>".encode()
    head = f"Content-Type: text/html; charset={charset}\nContent-Transfer-Encoding: {transfer}\n\n".encode()
    path = tmp_path / "letter.eml"
    path.write_bytes(head + (base64.encodebytes(body) if transfer == "base64" else body))
    found = read_mail(path, MAX_BYTES)
    assert "Müller, Šťastný und Łukasz" in decode(found.content, found.content_type)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff" * 50,
        b"Content-Type: text/html; charset=nonsense\n\n",
        b"Content-Type: image/png\n\nx",
    ],
)
def test_a_message_without_text_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.eml"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"letter\.eml"):
        read_mail(path, MAX_BYTES)
