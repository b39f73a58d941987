from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.dates import find_dates, months, parse_date, possible

FETCHED = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("2021-03-04T10:11:12+01:00", "2021-03-04T10:11:12+01:00"),
        ("2021-03-04T10:11:12.345Z", "2021-03-04T10:11:12+00:00"),
        ("2019-10-22T22:35:00-0400", "2019-10-22T22:35:00-04:00"),
        ("2021-3-4 5:06", "2021-03-04T05:06:00+00:00"),
        ("20210304T101112Z", "2021-03-04T10:11:12+00:00"),
        ("Tue, 04 Mar 2021 10:11:12 GMT", "2021-03-04T10:11:12+00:00"),
        ("Tue Mar 04 2021 10:11:12 GMT+0100 (CET)", "2021-03-04T10:11:12+01:00"),
        ("Thu Oct 24 20:00:00 CEST 2019", "2019-10-24T20:00:00+02:00"),
        ("1614852672", "2021-03-04T10:11:12+00:00"),
        ("1614852672000", "2021-03-04T10:11:12+00:00"),
        ("March 4, 2021 at 5:03 pm EST", "2021-03-04T17:03:00-05:00"),
        ("4 March 2021 12.05 a.m.", "2021-03-04T00:05:00+00:00"),
        ("3/4/2021 10:15:00 PM", "2021-04-03T22:15:00+00:00"),
        ("3/4/2021 12:15:00 AM", "2021-04-03T00:15:00+00:00"),
        ("March 4, 2021 at 10:15 PM PST", "2021-03-04T22:15:00-08:00"),
        ("March 4, 2021 10:00 p.m. ET", "2021-03-04T22:00:00-05:00"),
        ("Published 10:15 PM EST, Thu March 4, 2021", "2021-03-04T22:15:00-05:00"),
        ("4. März 2021 um 10:15 Uhr MEZ", "2021-03-04T10:15:00+01:00"),
        ("4 March 2021, 10:15 IST", "2021-03-04T10:15:00+05:30"),
        ("4 Mar 2021 5pm", "2021-03-04T17:00:00+00:00"),
        ("4. März 2021, 10:11 Uhr", "2021-03-04T10:11:00+00:00"),
        ("10:15 Uhr, 4. März 2021", "2021-03-04T10:15:00+00:00"),
        ("4 mars 2021 à 10h11", "2021-03-04T10:11:00+00:00"),
        ("5 сентября 2020, 10:00", "2020-09-05T10:00:00+00:00"),
        ("2021年3月4日 10:11", "2021-03-04T10:11:00+00:00"),
        ("20 בנובמבר 2026, 10:15", "2026-11-20T10:15:00+00:00"),
        ("20 تشرين الثاني 2026 10:15", "2026-11-20T10:15:00+00:00"),
        ("20 نوفمبر/تشرين الثاني 2026 10:15", "2026-11-20T10:15:00+00:00"),
        ("٢٠ نوفمبر ٢٠٢٦ ١٠:١٥", "2026-11-20T10:15:00+00:00"),
        ("20 নভেম্বর ২০২৬, ১০:১৫", "2026-11-20T10:15:00+00:00"),
        ("20 tháng 11 năm 2026 10:15", "2026-11-20T10:15:00+00:00"),
        ("20 พ.ย. 2569 10:15", "2026-11-20T10:15:00+00:00"),
        ("2026年11月20日 午後10時15分", "2026-11-20T22:15:00+00:00"),
        ("2026년 11월 20일 오후 10:00", "2026-11-20T22:00:00+00:00"),
        ("24 Kasım 2026 Salı 20:12", "2026-11-24T20:12:00+00:00"),
        ("24. marraskuuta 2026 klo 20.12", "2026-11-24T20:12:00+00:00"),
        ("24. studenoga 2026. u 20:12", "2026-11-24T20:12:00+00:00"),
        ("2026年11月24日(火) 20:12", "2026-11-24T20:12:00+00:00"),
        ("24 ноября 2026, 20:12 МСК", "2026-11-24T20:12:00+03:00"),
        ("۳ آذر ۱۴۰۵ - ۰۸:۱۲", "2026-11-24T08:12:00+00:00"),
        ("سه شنبه ۳۰ اسفند ماه ۱۴۰۳ ساعت ۱۰:۱۵", "2025-03-20T10:15:00+00:00"),
        ("۱۴۰۳/۰۱/۰۱ - ۱۰:۱۵", "2024-03-20T10:15:00+00:00"),
        ("الإثنين 23 نوفمبر 2026 02:05 م", "2026-11-23T14:05:00+00:00"),
        ("23 نوفمبر 2026 - 2:05 مساءً", "2026-11-23T14:05:00+00:00"),
        ("الثلاثاء 24 نوفمبر 2026 - 9:12 ص", "2026-11-24T09:12:00+00:00"),
        ("22 نونبر 2026 10:15", "2026-11-22T10:15:00+00:00"),
        ("23 พฤศจิกายน พ.ศ. 2569 เวลา 14:05 น.", "2026-11-23T14:05:00+00:00"),
        ("23 November 2026, 14:05 WAT", "2026-11-23T14:05:00+01:00"),
        ("منذ 3 ساعات", "2026-05-01T09:30:00+00:00"),
        ("۳ ساعت پیش", "2026-05-01T09:30:00+00:00"),
        ("3 घंटे पहले", "2026-05-01T09:30:00+00:00"),
        ("3 giờ trước", "2026-05-01T09:30:00+00:00"),
        ("3 jam yang lalu", "2026-05-01T09:30:00+00:00"),
        ("před 3 hodinami", "2026-05-01T09:30:00+00:00"),
        ("3 години тому", "2026-05-01T09:30:00+00:00"),
        ("3 ore fa", "2026-05-01T09:30:00+00:00"),
        ("3 часа назад", "2026-05-01T09:30:00+00:00"),
        ("3時間前", "2026-05-01T09:30:00+00:00"),
        ("an hour ago", "2026-05-01T11:30:00+00:00"),
        ("vor einer Stunde", "2026-05-01T11:30:00+00:00"),
        ("Сегодня, 10:15", "2026-05-01T10:15:00+00:00"),
        ("hier à 10h15", "2026-04-30T10:15:00+00:00"),
        ("vor 3 Stunden", "2026-05-01T09:30:00+00:00"),
        ("2 hours ago", "2026-05-01T10:30:00+00:00"),
        ("2021-03-04T23:59:60Z", "2021-03-04T23:59:59+00:00"),
    ],
)
def test_a_time_is_read_with_the_pages_own_offset(raw: str, iso: str) -> None:
    found = parse_date(raw, FETCHED)
    assert found is not None
    assert (found.at.isoformat(), found.precision) == (iso, "second")


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2021-03-04", "2021-03-04"),
        ("2021/3/4", "2021-03-04"),
        ("20210304", "2021-03-04"),
        ("04.03.2021", "2021-03-04"),
        ("4-3-21", "2021-03-04"),
        ("03/14/2021", "2021-03-14"),
        ("Sept. 5, 2020", "2020-09-05"),
        ("5th of September 2020", "2020-09-05"),
        ("3. Jänner 2020", "2020-01-03"),
        ("1er août 2019", "2019-08-01"),
        ("5 de mayo de 2020", "2020-05-05"),
        ("5 września 2020", "2020-09-05"),
        ("12 Ağustos 2021", "2021-08-12"),
        ("2021년 3월 4일", "2021-03-04"),
        ("2023. gada 5. maijs", None),
        ("2020 m. gegužės 7", "2020-05-07"),
        ("15 अगस्त 2022", "2022-08-15"),
        ("٢٠٢١-٠٣-٠٤", "2021-03-04"),
        ("il y a 2 jours", "2026-04-29"),
        ("yesterday", "2026-04-30"),
        ("heute", "2026-05-01"),
        ("2021-03-04T25:61", "2021-03-04"),
        ("2021-03-04 10:11 +99:00", None),
    ],
)
def test_a_day_is_read_as_a_day(raw: str, day: str | None) -> None:
    found = parse_date(raw, FETCHED)
    assert (found and (found.at.date().isoformat())) == day


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "soon",
        "0000-00-00",
        "2026-11-20T10:00:00+99:99",
        "Fri, 20 Nov 2026 10:00:00 -0075",
        "-0001-01-01",
        "9999-12-31",
        "2020-13-45",
        "31.02.2021",
        "May 2021",
        "1.2.3",
    ],
)
def test_what_is_no_date_is_none(raw: str) -> None:
    assert parse_date(raw) is None


def test_only_american_pages_put_the_month_first() -> None:
    assert [parse_date("03/04/2021", month_first=first).at.month for first in (True, False)] == [3, 4]  # type: ignore[union-attr]


def test_a_relative_date_needs_the_time_of_the_fetch() -> None:
    assert parse_date("2 hours ago") is None


def test_a_date_beyond_the_fetch_and_a_day_is_impossible() -> None:
    near, far, old = (parse_date(raw) for raw in ("2026-05-02T12:00Z", "2026-05-03T00:00Z", "1850-01-01"))
    assert near
    assert far
    assert old
    assert possible(near, FETCHED)
    assert not possible(far, FETCHED)
    assert possible(far, None)
    assert not possible(old, None)


def test_months_are_known_by_every_unambiguous_beginning() -> None:
    table = months()
    assert (table["sep"], table["märz"], table["декабря"], table["augu"]) == (9, 3, 12, 8)
    assert "ma" not in table


FIRST, LAST = (datetime.fromisoformat(day) for day in ("1900-01-02", "2098-01-01"))


@given(st.text(max_size=120))
def test_find_dates_never_raises_and_gives_aware_times(raw: str) -> None:
    for found in find_dates(raw, FETCHED):
        assert found.at.utcoffset() is not None
        assert found.at.astimezone(UTC)


@given(st.datetimes(FIRST, LAST), st.integers(-720, 840))
def test_iso_with_an_offset_comes_back_as_it_was(naive: datetime, minutes: int) -> None:
    at = naive.replace(microsecond=0, tzinfo=UTC) - timedelta(minutes=minutes)
    shown = at.astimezone(
        datetime.fromisoformat(f"2000-01-01T00:00{minutes // 60:+03d}:{minutes % 60:02d}").tzinfo
    )
    found = parse_date(shown.isoformat())
    assert found is not None
    assert found.at == at
    assert found.at.utcoffset() == shown.utcoffset()


def test_the_first_moment_of_1970_is_no_date_and_its_day_may_be() -> None:
    unset = parse_date("1970-01-01T00:00:00Z")
    printed = parse_date("1 January 1970")
    assert unset is not None
    assert printed is not None
    assert [possible(unset, FETCHED), possible(printed, FETCHED)] == [False, True]


@pytest.mark.parametrize("fetched", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_a_fetch_at_the_end_of_time_breaks_nothing(fetched: datetime) -> None:
    for raw in (
        "2021-05-05",
        "999 weeks ago",
        "yesterday",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00Z",
    ):
        assert all(possible(moment, fetched) in {True, False} for moment in find_dates(raw, fetched))


@pytest.mark.parametrize(
    ("raw", "time"),
    [("2026.11.24. 오전 9:12", "09:12"), ("2026.11.24. 오후 9:12", "21:12"), ("2026.11.24. 09:12", "09:12")],
)
def test_a_full_stop_stands_between_a_korean_day_and_its_time(raw: str, time: str) -> None:
    found = parse_date(raw)
    assert found is not None
    assert found.at.strftime("%Y-%m-%d %H:%M") == f"2026-11-24 {time}"
