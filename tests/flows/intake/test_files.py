"""Files, folders and standard input."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.intake.errors import Unreadable
from flows.intake.files import list_files, path_of, read, read_page, read_stream

HTML = b"<html><p>A page.</p></html>"


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(HTML)


def test_a_folder_is_walked_in_a_stable_order(tmp_path: Path) -> None:
    make(
        tmp_path,
        "b.html",
        "a.htm",
        "sub/c.txt",
        "sub/.hidden/d.html",
        ".e.html",
        "f",
        "g.xhtml",
        "b_files/x.css",
        "y.png",
    )
    out: list[Path] = []
    names = [path.relative_to(tmp_path).as_posix() for path in list_files(tmp_path, out.append)]
    left_out = {path.relative_to(tmp_path).as_posix() for path in out}
    assert left_out == {"sub/.hidden", ".e.html", "b_files/x.css", "y.png"}
    assert names == ["a.htm", "b.html", "f", "g.xhtml", "sub/c.txt"]
    assert [page.url for page in read(tmp_path)] == [(tmp_path / name).as_uri() for name in names]


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "in/a.html", "out/secret.html")
    (tmp_path / "in/link.html").symlink_to(tmp_path / "out/secret.html")
    (tmp_path / "in/folder").symlink_to(tmp_path / "out")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    assert [path.name for path in list_files(tmp_path / "in")] == ["a.html"]


def test_a_page_knows_its_type_and_age(tmp_path: Path) -> None:
    path = tmp_path / "a b.html"
    path.write_bytes(HTML)
    os.utime(path, (0, 1_000_000_000))
    page = read_page(path)
    assert (page.content, page.content_type) == (HTML, "text/html")
    assert page.fetched_at == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
    assert path_of(page.url) == path


@pytest.mark.parametrize("name", ["a#b.html", "a%20b.html", "a?b.html", "é.html", "a\nb.html"])
def test_any_file_name_comes_back_from_its_uri(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    assert path_of(read_page(tmp_path / name).url) == tmp_path / name


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\0", "empty"),
        (b"\x89PNG" + bytes(50), "binary"),
        (b"x" * 101, "larger than 100 bytes"),
    ],
)
def test_a_file_that_cannot_be_a_page_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "odd.html"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=said) as caught:
        read_page(path, 100)
    assert str(path) in caught.value.reason


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"nowhere: no such file or folder; check the path"):
        list(list_files(tmp_path / "nowhere"))
    with pytest.raises(Unreadable, match="neither a file nor a folder"):
        list(list_files(Path(os.devnull)))
    with pytest.raises(Unreadable, match=r"gone\.html"):
        read_page(tmp_path / "gone.html")


def test_a_closed_folder_is_named_after_the_rest_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a/1.html", "b/2.html")
    scandir = os.scandir

    def closed(path: str) -> object:
        if str(path).endswith("/a"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    found = []
    with pytest.raises(Unreadable, match=r"/a: Permission denied; check the permissions"):
        found.extend(path.name for path in list_files(tmp_path))
    assert "2.html" in [path.name for path in _until_fault(tmp_path)]


def _until_fault(folder: Path) -> list[Path]:
    found = []
    walk = list_files(folder)
    while True:
        try:
            found.append(next(walk))
        except (Unreadable, StopIteration):
            return found


def test_standard_input_is_named_by_what_it_holds() -> None:
    first, second = read_stream(io.BytesIO(HTML)), read_stream(io.BytesIO(HTML + b" "))
    assert first.url.startswith("stdin:")
    assert first.url != second.url == read_stream(io.BytesIO(HTML + b" ")).url
    with pytest.raises(Unreadable, match="standard input"):
        read_stream(io.BytesIO(b""))
    with pytest.raises(Unreadable, match="larger than 5 bytes"):
        read_stream(io.BytesIO(b"123456"), 5)


@pytest.mark.parametrize("text", ["Grüße", "日本語の記事", "\u0420\u0443\u0441\u0441\u043a\u0438\u0439"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "gb18030", "shift_jis", "iso2022_jp"])
def test_text_in_any_encoding_is_no_binary(tmp_path: Path, text: str, codec: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(f"<html><p>{text}</p></html>".encode(codec, "ignore"))
    assert read_page(path).content
