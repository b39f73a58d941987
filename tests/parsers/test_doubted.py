import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.decode import decode

RUSSIAN = "Городской совет в понедельник одобрил вторую паромную переправу через залив, сообщил мэр"
UKRAINIAN = "Міська рада в понеділок схвалила другу поромну переправу через затоку, повідомив мер міста"
BULGARIAN = "Градският съвет одобри в понеделник втората фериботна линия през залива, съобщи кметът"
POLISH = "Rada miejska w poniedziałek zgodziła się na drugą przeprawę; żeglarze są źli, śpią głodni, ćwiczą"
CZECH = "Zastupitelé v pondělí schválili druhý přívoz přes záliv, řekl starosta, šťastní žáci ťukali na dveře"
CHINESE = "市议会星期一批准了横跨海湾的第二条轮渡航线，五月开始运营，居民们说等了四年"
TAIWAN = "市議會星期一批准了橫跨海灣的第二條渡輪航線，五月開始營運，居民說等了四年"
JAPANESE = "市議会は月曜日、湾を渡る二番目のフェリー航路を承認した。運航は五月に始まる。"
KOREAN = "시의회는 월요일 만을 가로지르는 두 번째 여객선 항로를 승인했다"

RIGHT = [
    *((RUSSIAN, codec) for codec in ("windows-1251", "koi8-r", "iso-8859-5", "ibm866")),
    *((BULGARIAN, codec) for codec in ("windows-1251", "koi8-r", "iso-8859-5", "ibm866")),
    (UKRAINIAN, "windows-1251"), (UKRAINIAN, "koi8-u"), (RUSSIAN.upper(), "windows-1251"),
    *((text, codec) for text in (POLISH, CZECH) for codec in ("windows-1250", "iso-8859-2")),
    (CHINESE, "gb2312"), (CHINESE, "gbk"), (TAIWAN, "big5"), (JAPANESE, "shift_jis"), (JAPANESE, "euc-jp"),
    (KOREAN, "euc-kr"),
]  # fmt: skip
WRONG = [
    *((RUSSIAN, real, said) for real in ("koi8-r", "iso-8859-5", "ibm866") for said in ("windows-1251",)),
    (RUSSIAN, "windows-1251", "koi8-r"), (BULGARIAN, "windows-1251", "iso-8859-5"),
    (UKRAINIAN, "koi8-u", "windows-1251"),
    *((text, "windows-1250", "iso-8859-2") for text in (POLISH, CZECH)),
    *((text, "iso-8859-2", "windows-1250") for text in (POLISH, CZECH)),
    (POLISH, "iso-8859-2", "iso-8859-1"),
    (JAPANESE, "shift_jis", "gb2312"), (JAPANESE, "euc-jp", "gb2312"), (TAIWAN, "big5", "gbk"),
    (KOREAN, "euc-kr", "gb2312"),
]  # fmt: skip


def page(text: str, real: str) -> tuple[bytes, str]:
    html = f"<html><head><title>x</title></head><body><p>{text}. </p>{f'<p>{text}</p>' * 3}</body></html>"
    return html.encode(real), html


@pytest.mark.parametrize(("text", "codec"), RIGHT)
def test_a_right_label_is_believed(text: str, codec: str) -> None:
    content, html = page(text, codec)
    assert decode(content, f"text/html; charset={codec}") == html


@pytest.mark.parametrize(("text", "real", "said"), WRONG)
def test_a_wrong_label_of_the_same_script_is_not(text: str, real: str, said: str) -> None:
    content, html = page(text, real)
    assert decode(content, f"text/html; charset={said}") == html


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RIGHT), st.lists(st.integers(0, 30), min_size=8, max_size=31, unique=True))
def test_a_right_label_is_believed_whatever_the_words(case: tuple[str, str], order: list[int]) -> None:
    text, codec = case
    words = text.split() if " " in text else list(text)
    content, html = page(" ".join(words[place % len(words)] for place in order), codec)
    assert decode(content, f"text/html; charset={codec}") == html
