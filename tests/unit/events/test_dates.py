from datetime import date, timedelta

import pytest

from engine.core.dates import birthday, days, fiscal_year_end_after_age, reaches_age_on
from events.dates import reached_on, read_when


def born(when: str, day: date, *, on: date | None = None) -> list[tuple[str, date, date]]:
    """(detail, first, last) of the values that a day brings."""
    return [(one.detail, one.first, one.last) for one in reached_on(read_when(when), day, on or day)]


@pytest.mark.parametrize(
    ("when", "day", "values"),
    [
        pytest.param("years 75 day", date(2026, 11, 20), [date(1951, 11, 20)], id="an ordinary birthday"),
        pytest.param("years 65 eve", date(2026, 11, 20), [date(1961, 11, 21)], id="the day before"),
        pytest.param(
            "years 75 day", date(2027, 3, 1), [date(1952, 3, 1), date(1952, 2, 29)], id="1 March of a common year"
        ),
        pytest.param("years 76 day", date(2028, 3, 1), [date(1952, 3, 1)], id="1 March of a leap year"),
        pytest.param("years 75 eve", date(2027, 2, 28), [date(1952, 3, 1), date(1952, 2, 29)], id="the day before it"),
        pytest.param("years 75 day", date(2028, 2, 29), [], id="29 February, born in a common year"),
        pytest.param("months 4", date(2026, 11, 20), [date(2026, 7, 20)], id="the same day of the month"),
        pytest.param("months 4", date(2026, 12, 31), [date(2026, 8, 31)], id="the 31st"),
        pytest.param(
            "months 3 of resident_since", date(2026, 11, 20), [date(2026, 8, 20)], id="three months of residence"
        ),
        pytest.param("60 days before visa_until", date(2026, 11, 20), [date(2027, 1, 19)], id="a period of stay"),
        pytest.param(
            "years 70 eve; months 3 of resident_since",
            date(2026, 11, 20),
            [date(1956, 11, 21), date(2026, 8, 20)],
            id="two parts",
        ),
    ],
)
def test_which_dates_a_day_brings(when: str, day: date, values: list[date]) -> None:
    assert [value for one in reached_on(read_when(when), day, day) for value in one.values] == values


def test_a_shorter_month_takes_the_days_it_lacks() -> None:
    assert born("months 4", date(2026, 2, 28)) == [("4", date(2025, 10, 28), date(2025, 10, 31))]


def test_everybody_reaches_an_age_in_months_on_exactly_one_date() -> None:
    year = list(days(date(2026, 1, 1), date(2026, 12, 31)))
    for child in (date(2025, 10, 29), date(2025, 10, 30), date(2025, 10, 31), date(2026, 1, 31), date(2026, 2, 28)):
        assert sum(first <= child <= last for day in year for _, first, last in born("months 4", day)) == 1


@pytest.mark.parametrize(
    "birth", [date(1961, 11, 21), date(1962, 3, 1), date(1960, 2, 29), date(1961, 2, 28), date(1962, 1, 1)]
)
def test_a_year_of_age_is_reached_on_the_day_the_law_says_and_no_other(birth: date) -> None:
    around = list(days(birthday(birth, 65) - timedelta(days=400), birthday(birth, 65) + timedelta(days=400)))
    reached = [day for day in around if any(first <= birth <= last for _, first, last in born("years 65 eve", day))]
    assert reached == [reaches_age_on(birth, 65)]


@pytest.mark.parametrize(
    ("when", "day", "cohorts"),
    [
        pytest.param(
            "cohort turning 18 on 02-01 until 03-31",
            date(2027, 2, 1),
            [("", date(2008, 4, 2), date(2009, 4, 1))],
            id="18",
        ),
        pytest.param(
            "next cohort turning 4 on 02-01 until 03-31",
            date(2027, 2, 1),
            [("", date(2023, 4, 2), date(2024, 4, 1))],
            id="the year to come",
        ),
        pytest.param(
            "cohort aged 20, 40 on 04-01 until 03-31",
            date(2027, 4, 1),
            [("20", date(2006, 4, 2), date(2007, 4, 1)), ("40", date(1986, 4, 2), date(1987, 4, 1))],
            id="aged on 1 April",
        ),
        pytest.param("cohort turning 18 on 02-01 until 03-31", date(2027, 1, 31), [], id="before its day"),
    ],
)
def test_a_cohort_runs_from_2_april_to_1_april(when: str, day: date, cohorts: list[tuple[str, date, date]]) -> None:
    assert born(when, day) == cohorts


def test_the_cohort_of_18_is_the_one_whose_fiscal_year_ends() -> None:
    (_, first, last), *_ = born("cohort turning 18 on 02-01 until 03-31", date(2027, 2, 1))
    assert {fiscal_year_end_after_age(one, 18) for one in days(first, last)} == {date(2027, 3, 31)}


@pytest.mark.parametrize(
    ("day", "on", "newcomers"),
    [
        pytest.param(date(2026, 10, 1), date(2026, 10, 3), [False], id="the day itself, on a later night"),
        pytest.param(date(2026, 12, 5), date(2026, 12, 5), [True], id="tonight, in its window"),
        pytest.param(date(2027, 3, 31), date(2027, 3, 31), [True], id="the last day of the window"),
        pytest.param(date(2026, 12, 5), date(2026, 12, 6), [], id="a missed night: its newcomers come with its feed"),
        pytest.param(date(2027, 4, 1), date(2027, 4, 1), [], id="after the window"),
    ],
)
def test_after_the_day_of_a_cohort_only_newcomers_count(day: date, on: date, newcomers: list[bool]) -> None:
    when = read_when("cohort turning 6 on 10-01 until 03-31")
    assert [one.newcomers for one in reached_on(when, day, on)] == newcomers


@pytest.mark.parametrize("text", ["", "years 65", "cohort 6", "months of age", "10 days after visa_until"])
def test_what_is_no_date_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no date of the calendar"):
        read_when(text)
