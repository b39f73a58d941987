import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import NotAnArticle
from parsers.decode import decode

RUSSIAN = "Городской совет в понедельник одобрил вторую паромную переправу через залив. " * 6
GERMAN = "Der Rat hat am Montag die zweite Fähre über die Förde genehmigt, größer als je zuvor. " * 6
JAPANESE = "市議会は月曜日、湾を渡る二番目のフェリー航路を承認した。運航は五月に始まる。" * 6
GREEK = "Το δημοτικό συμβούλιο ενέκρινε τη Δευτέρα τη δεύτερη γραμμή του πορθμείου στον κόλπο. " * 6
HIRAGANA = "あたらしいフェリーのうんこうが五月からはじまることになりました。町の人はよろこんでいます。" * 6
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


@pytest.mark.parametrize("header", ["text/html; charset=UTF-8", "text/html; charset=ISO-8859-1", "text/html"])
def test_seven_bit_japanese_is_read_as_its_meta_says_under_any_header(header: str) -> None:
    page = f'<html><head><meta charset="iso-2022-jp"></head><p>{JAPANESE}'
    assert JAPANESE in decode(page.encode("iso2022-jp"), header)


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


HALF, PAIR = b"\xed\xa0\xbd", b"\xed\xa0\xbd\xed\xb8\x80"
SAID = "text/html; charset=utf-8"
LATIN = "text/html; charset=iso-8859-1"
PLAIN = "The council approved the second ferry on Monday, larger than ever before. " * 6
TURKISH = "Belediye meclisi pazartesi günü ikinci feribot hattını onayladı, şimdi dört yıl. " * 6


@pytest.mark.parametrize("text", [PLAIN, GERMAN, RUSSIAN, JAPANESE, TURKISH])
@pytest.mark.parametrize("content_type", [SAID, "text/html"])
@pytest.mark.parametrize(
    ("damage", "shown"), [(HALF, "\ufffd"), (PAIR, "\U0001f600"), (HALF * 3, "\ufffd" * 3)]
)
def test_a_surrogate_in_utf_8_costs_only_itself(
    text: str, content_type: str, damage: bytes, shown: str
) -> None:
    assert decode(text.encode() + damage + text.encode(), content_type) == text + shown + text


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, JAPANESE, TURKISH])
@pytest.mark.parametrize("content_type", [SAID, "text/html", LATIN])
@pytest.mark.parametrize("damage", [b"\xff", b"\x92", b"\xc3", b"\xe2\x80"])
def test_a_bad_byte_in_utf_8_costs_only_itself(text: str, content_type: str, damage: bytes) -> None:
    read = decode(text.encode() * 2 + damage + b" " + text.encode() * 2, content_type)
    assert read == text * 2 + "\ufffd " + text * 2


def test_a_handful_of_bad_bytes_is_a_share_of_what_is_right() -> None:
    text = GERMAN + b"caf\xe9 ".decode("cp1252") * 3
    mixed = GERMAN.encode() + b"caf\xe9 " * 3
    assert decode(mixed, SAID) == text.replace("é", "\ufffd")
    assert decode(b"caf\xe9 cr\xe8me \xe0 la carte, d\xe9j\xe0 vu. " * 5, SAID).startswith("café crème")


@pytest.mark.parametrize(
    ("text", "codec"),
    [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "shift_jis"), (JAPANESE, "euc-jp"),
     (CHINESE, "gbk"), (GERMAN, "cp1252"), (TURKISH, "cp1254"), (CHINESE, "gb18030")],
)  # fmt: skip
def test_what_only_says_that_it_is_utf_8_is_still_known(text: str, codec: str) -> None:
    assert decode(f"<p>{text}</p>".encode(codec), SAID) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (CHINESE, "gbk", "iso-8859-1"),
        (CHINESE, "gb18030", "windows-1250"),
        (RUSSIAN, "cp1251", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "windows-1252"),
        (GREEK, "cp1253", "iso-8859-15"),
        (JAPANESE, "shift_jis", "iso-8859-1"),
        (JAPANESE, "euc-jp", "iso-8859-1"),
        (JAPANESE, "euc-jp", "Shift_JIS"),
        (HIRAGANA, "euc-jp", "Shift_JIS"),
        (JAPANESE, "shift_jis", "EUC-JP"),
    ],
)
def test_a_label_of_another_script_is_not_believed(text: str, codec: str, label: str) -> None:
    page = f'<html lang="en"><title>{text[:20]}</title><p class="story">{text}</p>'
    assert decode(page.encode(codec), f"text/html; charset={label}") == page


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (PLAIN + "\u2022" * 60 + " caf\xe9", "cp1252", "iso-8859-1"),
        (PLAIN + " \xbb\xbb\xbb\xbb " * 20, "cp1252", "windows-1252"),
        (GERMAN + "\xc4\xd6\xdc\xe4\xf6\xfc\xdf\xe9\xe8", "cp1252", "iso-8859-1"),
        (PLAIN + "\xc4\xd6\xdc\xe4\xf6\xfc\xdf\xe9", "cp1252", "iso-8859-1"),
        ("\uff8c\uff6a\uff98\uff70 " * 3 + JAPANESE, "shift_jis", "Shift_JIS"),
        (TURKISH, "cp1254", "iso-8859-9"),
    ],
)
def test_a_label_that_can_be_meant_is_believed(text: str, codec: str, label: str) -> None:
    assert decode(f"<p>{text}".encode(codec), f"text/html; charset={label}") == f"<p>{text}"


POLISH = (
    "Rada miasta zatwierdziła w poniedziałek drugą linię promową, po czterech latach ścisłych sporów. "
    "Przeciwnicy twierdzą, że pieniądze powinny pójść na remont szkół, a nie na łódź żeglugi."
)
CZECH = (
    "Zastupitelstvo v pondělí schválilo druhou linku přívozu, po čtyřech letech sporů, řekl starosta. "
    "Odpůrci tvrdí, že peníze měly jít na opravu škol, žádost o dotaci úřad podá ještě letos."
)
HUNGARIAN = (
    "A városi tanács hétfőn jóváhagyta a második komphajójáratot, négy évnyi vita után, közölték. "
    "Az új hajó májusban indul, a tűzoltók és a szülők is tiltakoztak a döntés ellen."
)
TURKISH = (
    "Belediye meclisi pazartesi günü ikinci feribot hattını onayladı, dört yıllık tartışma sürüyor. "
    "Karşı çıkanlar paranın okulların onarımına gitmesi gerektiğini söylüyor, başkan ise değil."
)
LITHUANIAN = (
    "Taryba pirmadienį patvirtino antrąją keltų liniją per įlanką, nors ginčai dėl mokyklų tęsiasi. "
    "Naujasis laivas pradės plaukioti gegužę ir veš aštuoniasdešimt keleivių, pareiškė meras."
)
KOREAN = "시의회는 월요일 만을 가로지르는 두 번째 여객선 항로를 승인했다. 새 배는 오월에 운항을 시작한다."


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (POLISH, "cp1250", "iso-8859-1"),
        (POLISH, "iso8859-2", "windows-1252"),
        (CZECH, "cp1250", "iso-8859-1"),
        (HUNGARIAN, "cp1250", "iso-8859-1"),
        (TURKISH, "cp1254", "iso-8859-1"),
        (LITHUANIAN, "cp1257", "latin1"),
        (KOREAN, "euc-kr", "gb2312"),
    ],
)
def test_another_language_s_letters_tell_what_a_label_stands_for(text: str, codec: str, label: str) -> None:
    markup = f"<p>£5 «x» ©2026</p><p>{text}</p>" if label != "gb2312" else f"<p>{text}</p>"
    page = markup.encode(codec, "xmlcharrefreplace")
    assert decode(page, f"text/html; charset={label}") == page.decode(codec)


@pytest.mark.parametrize(
    "text",
    [
        "L’été, à l’hôtel, le ministre tchèque Babiš a révélé où çà et là le maïs naît; «Noël» coûte 5 £.",
        "La desena de veïns creuen que això és més útil; l'alcaldessa diu que l'opció és bona.",
        "A eleição de amanhã não está decidida: à tarde, três câmaras já haviam começado às pressas.",
        "Það er ekki ljóst hvort nýja ferjan þýðir að fólkið í Öræfum fái ódýrari ferðir á næsta ári.",
        "«Blåbærsyltetøy på brød», sa Gøril Ødegård, før båten fór over fjorden mot Ålesund på søndag.",
        "© Reuters ® £20 £30 ½ ¾ § ¶ ³ ² ¹ µ café «Ok» ±5° naïve Zoë Beyoncé Núñez Müller Ångström São",
        "Škoda und Žižek: Über größere Übel für Bürger, hören wir täglich; Fußgänger müssen gehen. Ö Ä ß",
    ],
)
def test_a_true_western_label_is_believed(text: str) -> None:
    page = f"<p>{text * 3}</p>".encode("cp1252")
    assert decode(page, "text/html; charset=iso-8859-1") == page.decode("cp1252")


def test_the_page_is_believed_where_the_header_names_another_script() -> None:
    page = f'<meta charset="koi8-u"><p>{RUSSIAN}'
    assert decode(page.encode("koi8-u"), LATIN) == page


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("content_type", [None, SAID, LATIN, "text/html; charset=utf-16"])
@pytest.mark.parametrize("text", [GERMAN, CHINESE])
def test_utf_16_needs_no_mark(text: str, codec: str, content_type: str | None) -> None:
    page = f"\n <!DOCTYPE html><title>{text[:20]}</title><p>{text}"
    assert decode(page.encode(codec), content_type) == page
    assert decode(page.encode(codec) + b"<", content_type) == f"{page}\ufffd"


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


@pytest.mark.parametrize("codec", ["latin-1", "cp1252"])
def test_utf_8_that_was_taken_for_another_encoding_and_encoded_again_is_read(codec: str) -> None:
    once = "The mayor’s plan – a café – wasn’t in the council’s budget, and the harbour’s isn’t. " * 3
    assert decode(once.encode().decode(codec).encode()) == once


def test_a_page_that_shows_what_such_text_looks_like_stays() -> None:
    about = "Text that was encoded twice reads donâ€™t for don’t, and a château stays a château."
    assert decode(about.encode()) == about
