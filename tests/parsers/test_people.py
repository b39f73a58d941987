import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.people import fold, is_organisation, is_person, split_names, stated_person, unique, upright


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("By John Smith and Jane Doe", ["John Smith", "Jane Doe"]),
        ("Von Anna Müller, dpa", ["Anna Müller", "dpa"]),
        ("John Smith, MD, and Mary Jones, PhD", ["John Smith", "Mary Jones"]),
        ("By JOHN SMITH, Chief Political Correspondent", ["JOHN SMITH"]),
        ("Von Karl zu Guttental und Max Muster", ["Karl zu Guttental", "Max Muster"]),
        ("Por Juan Pérez y María López", ["Juan Pérez", "María López"]),
        ("By Sofia Gonzalez December 2, 2025", ["Sofia Gonzalez"]),
        ("By Ann Lee | Updated Mar 3, 2020", ["Ann Lee"]),
        ("von lupa am 26/10/13, 03:48", ["lupa"]),
        ("Anna Müller (Berlin)", ["Anna Müller"]),
        ("jane@paper.example Jane Roe https://x.example/jane", ["Jane Roe"]),
        ("https://www.example.com/jane", []),
        ("王小明", ["王小明"]),
        ("Автор: Вера Самойлова", ["Вера Самойлова"]),
        ("about the author", []),
        ("Maria and Katerina", ["Maria", "Katerina"]),
        ("Alto & Sons", ["Alto & Sons"]),
        ("Senior Correspondent", []),
        ("the ship that never came home to port", []),
        ("John Smith; john smith", ["John Smith"]),
        ("", []),
    ],
)
def test_a_byline_is_its_names(raw: str, names: list[str]) -> None:
    assert split_names(raw) == names


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Jane Roe", True),
        ("Ludwig van Tal", True),
        ("王小明", True),
        ("Reuters", False),
        ("News Desk", False),
        ("lupa", False),
        ("Nov 20", False),
        ("a b c d e f", False),
    ],
)
def test_people_are_told_from_teams_and_nicknames(name: str, person: bool) -> None:
    assert is_person(name) is person


def test_agencies_and_teams_are_organisations() -> None:
    assert is_organisation("AFP")
    assert is_organisation("Valdoria News")
    assert not is_organisation("Jane Roe")


@given(st.text(max_size=200))
def test_split_names_never_raises_repeats_or_gives_links(raw: str) -> None:
    names = split_names(raw)
    assert unique(names) == names
    assert all(0 < len(name) <= 60 and "://" not in name for name in names)


@given(st.lists(st.text(max_size=20), max_size=8))
def test_unique_keeps_the_first_of_each(names: list[str]) -> None:
    found = unique(names)
    assert {fold(name) for name in found} == {fold(name) for name in names}
    assert unique(found) == found


@pytest.mark.parametrize(
    "name",
    [
        "Anne Le Nir", "Yann Le Bars", "John le Carré", "Mona El Naggar", "Nadia El-Fani", "Kim Il Kwang",
        "Joost den Draaijer", "Wei Sun Christianson", "Jonathan Last", "Na Li", "Di Wu", "Jo Dan Smith",
        "Kim En Joong", "José Ortega y Gasset",
    ],
)  # fmt: skip
def test_a_names_own_words_are_no_date_opener_or_and(name: str) -> None:
    assert split_names(name) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "Jonathan Head",
        "Max Read",
        "Gonçalo Junior",
        "Kurt Student",
        "Ada Writer",
        "April May",
        "Par Holmgren",
    ],
)
def test_whom_data_call_a_person_is_one_whatever_the_words(name: str) -> None:
    known = {fold(name)}
    assert stated_person(name) == fold(name)
    assert split_names(name, known) == [name]
    assert split_names(f"By {name}, Chief Reporter", known) in ([name], [name.removeprefix("Par ")])


@pytest.mark.parametrize(
    "name",
    ["By Jane Roe", "Von Anna Müller", "Senior Correspondent", "Sports Editor", "Staff Writer", "A, B", ""],
)
def test_what_data_call_a_person_may_be_none(name: str) -> None:
    assert stated_person(name) is None


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("김철수 기자", ["김철수"]),
        ("بقلم: أحمد علي", ["أحمد علي"]),
        ("本报记者 张三 李四", ["张三", "李四"]),
        ("记者：张三 编辑：李四", ["张三"]),
        ("来源：新华社 作者：张三", ["张三"]),
        ("文／山田太郎\u3000写真／鈴木一郎", ["山田太郎"]),
        ("【記者 山田太郎】", ["山田太郎"]),
        ("Opracowanie: Jan Kowalski", ["Jan Kowalski"]),
        ("Материал подготовил Иван Петров", ["Иван Петров"]),
        ("Jane Roe joined the paper in 2010 and covers ferries", []),
        ("von Karl am Montag, 3. März", ["Karl"]),
        ("By Ann Lee IN LONDON", ["Ann Lee"]),
        ("By Ann Lee on Sun, June 3, 2026", ["Ann Lee"]),
        ("By Laura Hill Jr.", ["Laura Hill Jr."]),
        ("By Laura Hill Jr. and Sam Pike Sr., Chief Reporter", ["Laura Hill Jr.", "Sam Pike Sr."]),
        ("By Staff Reports", []),
        ("Von unserem Korrespondenten Karl Heinz", ["Karl Heinz"]),
        ("Foto: Jo Moss Tekst: Laura Hill", ["Laura Hill"]),
        ("Photos: Jo Moss Words by Laura Hill", ["Laura Hill"]),
        ("Foto: Jo Moss", []),
        ("Tác giả: Phạm Linh", ["Phạm Linh"]),
        ("Szerző: Nagy Anna", ["Nagy Anna"]),
        ("Του Νίκου Παπά", ["Νίκου Παπά"]),
        ("מאת: דנה כהן", ["דנה כהן"]),
        ("เรื่อง: สมชาย ใจดี", ["สมชาย ใจดี"]),
        ("기자명 김민수 기자", ["김민수"]),
        ("Eine Kolumne von Laura Hill", ["Laura Hill"]),
        ("Guest column: Laura Hill", ["Laura Hill"]),
        ("Reporter: Laura Hill | Editor: Sam Pike", ["Laura Hill"]),
        ("Di Laura Hill - 24 novembre 2026", ["Laura Hill"]),
        ("山田太郎（社会部）", ["山田太郎"]),
        ("東京＝山田太郎", ["山田太郎"]),
        ("文／記者李明", ["李明"]),
        ("記者李明／台北報導", ["李明"]),
        ("记者 李明 通讯员 王强 北京报道", ["李明", "王强"]),
    ],
)
def test_bylines_of_other_scripts_and_shapes(raw: str, names: list[str]) -> None:
    assert split_names(raw) == names


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Roe, Jane", "Jane Roe"),
        ("van der Berg, Jan P.", "Jan P. van der Berg"),
        ("Jane Roe", "Jane Roe"),
        ("Roe, Editor", "Roe, Editor"),
        ("Jane Roe, Harbour Daily", "Jane Roe, Harbour Daily"),
        ("Reuters, Berlin", "Reuters, Berlin"),
    ],
)
def test_a_surname_that_stands_first_goes_last(raw: str, name: str) -> None:
    assert upright(raw) == name


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("Jane Roe Senior Reporter", ["Jane Roe"]),
        ("Jane Roe Staff Writer", ["Jane Roe"]),
        ("Γράφει ο Νίκος Παπαδόπουλος", ["Νίκος Παπαδόπουλος"]),
        ("انتهای پیام", []),
        ("JANE ROE For Harbour Daily", ["JANE ROE"]),
        ("By Jonathan Head", ["Jonathan Head"]),
        ("By Simon Read and Jane Roe", ["Simon Read", "Jane Roe"]),
        ("Simon Read", []),
        ("By Senior Head", []),
        ("By Laura Hill and The Associated Press", ["Laura Hill", "The Associated Press"]),
        ("Political Correspondent", []),
    ],
)
def test_roles_behind_names_go_and_names_like_roles_stay_behind_by(raw: str, names: list[str]) -> None:
    assert split_names(raw) == names


@given(st.text(max_size=60))
def test_upright_loses_no_letter(raw: str) -> None:
    assert sorted(fold(upright(raw))) == sorted(fold(raw))
