import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import NotAnArticle
from parsers.decode import decode

RUSSIAN = "Городской совет в понедельник одобрил вторую паромную переправу через залив. " * 6
GERMAN = "Der Rat hat am Montag die zweite Fähre über die Förde genehmigt, größer als je zuvor. " * 6
JAPANESE = "市議会は月曜日、湾を渡る二番目のフェリー航路を承認した。運航は五月に始まる。" * 6
CHINESE = "市议会星期一批准了横跨海湾的第二条轮渡航线，五月开始运营。" * 6


@pytest.mark.parametrize(
    ("text", "codec", "content_type"),
    [
        (GERMAN, "utf-8", None),
        (GERMAN, "utf-8", "text/html; charset=iso-8859-1"),
        (GERMAN, "cp1252", "text/html; charset=ISO-8859-1"),
        (GERMAN, "cp1252", None),
        (RUSSIAN, "cp1251", "text/html; charset=windows-1251"),
        (RUSSIAN, "koi8-r", "text/html; charset=KOI8-R"),
        (RUSSIAN, "cp1251", None),
        (JAPANESE, "shift_jis", "text/html; charset=Shift_JIS"),
        (JAPANESE, "euc-jp", "text/html; charset=EUC-JP"),
        (JAPANESE, "iso2022-jp", "text/html; charset=ISO-2022-JP"),
        (CHINESE, "gbk", "text/html; charset=gb2312"),
        (CHINESE, "gbk", "text/html; charset=utf-8"),
        (GERMAN, "utf-16", None),
        (GERMAN, "utf-16-le", "text/html; charset=utf-16le"),
        (GERMAN, "utf-8-sig", "text/html; charset=windows-1252"),
        (GERMAN, "utf-32", None),
    ],
)
def test_a_page_is_read_whatever_its_label_says(text: str, codec: str, content_type: str | None) -> None:
    assert decode(f"<p>{text}</p>".encode(codec), content_type) == f"<p>{text}</p>"


def test_the_meta_label_is_believed_where_the_header_has_none() -> None:
    page = f'<html><head><meta charset="windows-1251"></head><p>{RUSSIAN}'
    assert RUSSIAN in decode(page.encode("cp1251"), "text/html")


@pytest.mark.parametrize("label", ["hex", "zlib", "idna", "undefined", "utf-7", "rot13", "none-such"])
def test_a_codec_that_no_browser_knows_is_not_run(label: str) -> None:
    page = b"<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>"
    assert "<script>" not in decode(page, f"text/html; charset={label}")


def test_a_page_cut_within_a_character_is_still_utf_8() -> None:
    assert decode(f"<p>{GERMAN}ü".encode()[:-1]).startswith(f"<p>{GERMAN}")


def test_one_bad_byte_does_not_make_utf_8_another_encoding() -> None:
    read = decode(f"<p>{GERMAN}".encode() + b"\xff" + GERMAN.encode(), "text/html; charset=utf-8")
    assert read.count("ö") == 2 * GERMAN.count("ö")
    assert "\ufffd" in read


@pytest.mark.parametrize("content", [b"", b"  \n\t", b"\0\0\0", b"\xef\xbb\xbf"])
def test_nothing_is_empty(content: bytes) -> None:
    if content == b"\xef\xbb\xbf":
        assert decode(content) == ""
        return
    with pytest.raises(NotAnArticle) as no:
        decode(content)
    assert no.value.reason == "empty"


@pytest.mark.parametrize(
    "magic", [b"%PDF-1.7", b"\x89PNG\r\n", b"PK\x03\x04", b"\xff\xd8\xff\xe0", bytes(range(256)) * 9]
)
def test_pictures_documents_and_archives_are_binary(magic: bytes) -> None:
    with pytest.raises(NotAnArticle) as no:
        decode(magic + bytes([0, 1, 2, 200, 255, 7]) * 50)
    assert no.value.reason == "binary"


@settings(deadline=None, max_examples=150, derandomize=True)
@given(
    st.binary(max_size=400), st.sampled_from([None, "text/html; charset=gbk", "text/html; charset=utf-16"])
)
def test_any_bytes_are_text_or_no_article(content: bytes, content_type: str | None) -> None:
    text, reason = "", "empty"
    try:
        text = decode(content, content_type)
    except NotAnArticle as no:
        reason = no.reason
    assert reason in {"empty", "binary"}
    assert "\0" not in text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (
            "Le conseil a approuvé lundi une deuxième ligne, après des débats à l\u2019hôtel.",
            "cp1252",
        ),
        (
            "El concejo aprobó el lunes una segunda línea, según informó la alcaldía, tras años.",
            "cp1252",
        ),
        ("Kommunfullmäktige godkände på måndagen en andra färjelinje över fjärden efter fyra år.", "cp1252"),
        ("Il consiglio approverà lunedì la seconda linea, perché così è più comodo per la città.", "cp1252"),
        ("Zastupitelstvo v pondělí schválilo druhou linku přívozu, po čtyřech letech sporů.", "cp1250"),
        ("Rada miasta zatwierdziła w poniedziałek drugą linię promową, po czterech latach sporów.", "cp1250"),
        (
            "Rada miasta zatwierdziła w poniedziałek drugą linię promową, po czterech latach ścisłych.",
            "iso8859-2",
        ),
        (
            "A városi tanács hétfőn jóváhagyta a második komphajójáratot, négy évnyi vita után, közölték.",
            "cp1250",
        ),
        ("Belediye meclisi pazartesi günü ikinci feribot hattını onayladı, dört yıllık tartışma.", "cp1254"),
    ],
)
def test_latin_text_without_a_label_is_known_by_its_letters(text: str, codec: str) -> None:
    assert decode(f"<p>{text}</p>".encode(codec)) == f"<p>{text}</p>"
