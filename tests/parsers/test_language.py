import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.language import count_words, decide, detect, tag

GERMAN = (
    "Der Gemeinderat hat am Montag beschlossen, die alte Brücke über den Mühlbach zu erneuern. "
    "Im Herbst soll sie wieder öffnen, und bis dahin fährt der Bus einen Umweg über das Nachbardorf. "
)
NORWEGIAN = (
    "Kommunen har vedtatt å bygge en ny bro over elven, og arbeidet skal begynne til høsten når fergene er "
    "borte. Inntil da må folk som bor på den andre siden ta bussen, sier ordføreren i bygda. "
)


@pytest.mark.parametrize(
    ("claim", "known"),
    [
        ("en_US.UTF-8", "en-US"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("DE", "de"),
        ("iw", "he"),
        ("German", None),
        ("", None),
        ("x", None),
        ("es-419", "es-419"),
    ],
)
def test_claims_become_bcp_47_tags(claim: str, known: str | None) -> None:
    assert tag(claim) == known


def test_the_text_outweighs_a_wrong_claim_and_takes_a_right_ones_region() -> None:
    assert decide(GERMAN, ["en-US"]) == "de"
    assert decide(GERMAN, ["en", "de_AT"]) == "de-AT"
    assert decide(GERMAN, []) == "de"


def test_between_languages_alike_the_claim_decides() -> None:
    assert decide(NORWEGIAN, ["nb-NO"]) == "nb-NO"
    assert decide(NORWEGIAN, ["da"]) == "da"


def test_a_short_text_leaves_the_claim_alone() -> None:
    assert decide("Fin.", ["fr-FR", "en"]) == "fr-FR"
    assert decide("", []) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("これは日本語です。", "ja"),
        ("這是中文的文章", "zh"),
        ("한국어 기사입니다", "ko"),
        ("Αυτό είναι ελληνικά", "el"),
        ("זה בעברית", "he"),
        ("это", None),
    ],
)
def test_scripts_of_one_language_need_little_text(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "words"), [("Two words, isn't it", 4), ("", 0), ("日本語 text", 4), ("Crème brûlée", 2)]
)
def test_words_are_counted_and_cjk_characters_are_words(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.text(max_size=300), st.lists(st.text(max_size=12), max_size=3))
def test_decide_never_raises_and_tags_are_stable(text: str, claims: list[str]) -> None:
    found = decide(text, claims)
    assert found is None or tag(found) == found


def test_letters_that_one_of_two_like_languages_has_outweigh_the_claim() -> None:
    russian = "Мэр объявил, что мосты закроют, а рыбаки вышли в море, чтобы спасти сети и лодки. " * 3
    czech = "Starosta řekl, že úředníci zavřou přístav a děti pojedou do školy autobusem přes řeku. " * 3
    assert decide(russian, ["uk"]) == "ru"
    assert decide(czech, ["sk"]) == "cs"
    assert decide(czech, ["cs-CZ"]) == "cs-CZ"


def test_a_vowel_sign_parts_no_word() -> None:
    assert count_words("नमस्ते दुनिया, यह एक परीक्षण है।") == 6
    assert count_words("مُحَمَّد كتب رسالةً") == 3


PROMO = "Get all India News in Hindi related to live update of politics, sports, technology etc. "
MIXED = {
    "hi": "दिल्ली में वायु गुणवत्ता सूचकांक मंगलवार सुबह गंभीर श्रेणी में आता है। सरकार ने स्कूल बंद रखने का आदेश दिया। ",
    "mr": "मुंबईत मंगळवारी सकाळपासून जोरदार पाऊस सुरू असून अनेक भागांत पाणी साचले आहे. लोकल गाड्या उशिराने धावत आहेत. ",
    "ne": "काठमाडौंमा मंगलबार बिहानदेखि भारी वर्षा भइरहेको छ। सरकारले विद्यालय बन्द गर्ने निर्णय गरेको छ। ",
    "ur": "وزیر اعظم نے منگل کو کہا کہ حکومت عوام کے مسائل حل کرنے کے لیے پرعزم ہے۔ ",
    "ps": "د ترانسپورت وزیر د سه شنبې په ورځ وویل چې نوی اورګاډی به په پسرلي کې په کار پیل وکړي. ",
    "fa": "وزیر نیرو گفت ذخیره آب سدهای کشور نسبت به سال گذشته کاهش یافته است. ",
    "ru": "Министр транспорта заявил во вторник, что новый поезд начнёт работать этой весной. ",
}


@pytest.mark.parametrize("language", sorted(MIXED))
@pytest.mark.parametrize("lines", [0, 1, 2])
def test_a_quoted_line_in_english_does_not_outvote_the_script_of_the_story(language: str, lines: int) -> None:
    assert decide(MIXED[language] * 2 + PROMO * lines, [language]) == language


def test_an_english_story_on_a_page_that_claims_another_script_is_english() -> None:
    assert decide(PROMO * 4 + MIXED["hi"][:40], ["hi"]) == "en"
    assert decide(PROMO * 3 + MIXED["ru"], []) == "en"


DANISH = (
    "Kommunen har besluttet at bygge en ny bro over åen efter flere års debat, og arbejdet skal begynde til "
    "efteråret. Borgmesteren siger, at det bliver dyrt, men at noget af prisen betales af staten. "
)
SHORT = (
    "Kommunen har vedtatt å bygge en ny bro over elven, og arbeidet skal begynne til høsten når fergene er "
    "ferdige. Ordføreren sier at det blir dyrt, men nødvendig for byens innbyggere."
)


@pytest.mark.parametrize(
    ("text", "claim", "language"),
    [
        (DANISH * 2, "nb", "da"),
        (DANISH, "da", "da"),
        (SHORT, "nb", "nb"),
        (SHORT * 3, "da", "no"),
        (SHORT, "no", "no"),
    ],
)
def test_danish_and_norwegian_are_told_apart_by_their_words(text: str, claim: str, language: str) -> None:
    assert decide(text, [claim]) == language
