from datetime import date

import duckdb
import pytest

from eligibility.language.nodes import Value
from eligibility.language.statutory import FUNCTIONS

BORN_ON_LEAP_DAY = date(2008, 2, 29)


def _in_sql(name: str, *arguments: Value) -> object:
    literals = [
        f"DATE '{one}'" if isinstance(one, date) else "CAST(NULL AS DATE)" if one is None else str(one)
        for one in arguments
    ]
    row = duckdb.execute(f"SELECT {FUNCTIONS[name].sql.format(*literals)}").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        pytest.param("age_on", (date(2000, 4, 1), date(2018, 3, 31)), 17, id="the day before the birthday"),
        pytest.param("age_on", (date(2000, 4, 1), date(2018, 4, 1)), 18, id="the birthday"),
        pytest.param("age_on", (date(2026, 11, 12), date(2026, 11, 10)), -1, id="two days before birth"),
        pytest.param("age_on", (BORN_ON_LEAP_DAY, date(2026, 2, 28)), 17, id="leap day, common year, 28 February"),
        pytest.param("age_on", (BORN_ON_LEAP_DAY, date(2026, 3, 1)), 18, id="leap day, common year, 1 March"),
        pytest.param("age_months_on", (date(2026, 1, 31), date(2026, 2, 28)), 0, id="a month not yet whole"),
        pytest.param("age_months_on", (date(2026, 7, 20), date(2026, 11, 20)), 4, id="four months"),
        pytest.param("reaches_age_on", (date(1961, 11, 20), 65), date(2026, 11, 19), id="65 the day before"),
        pytest.param("reaches_age_on", (BORN_ON_LEAP_DAY, 18), date(2026, 2, 28), id="leap day, common year"),
        pytest.param("reaches_age_on", (BORN_ON_LEAP_DAY, 16), date(2024, 2, 28), id="leap day, leap year"),
        pytest.param("reaches_age_on", (date(2008, 3, 1), 16), date(2024, 2, 29), id="1 March, leap year"),
        pytest.param("reaches_age_on", (date(2008, 1, 1), 18), date(2025, 12, 31), id="1 January"),
        pytest.param(
            "until_fiscal_year_end_after_age", (date(2008, 4, 1), 18), date(2026, 3, 31), id="born on 1 April"
        ),
        pytest.param(
            "until_fiscal_year_end_after_age", (date(2008, 4, 2), 18), date(2027, 3, 31), id="born on 2 April"
        ),
        pytest.param("until_fiscal_year_end_after_age", (date(2004, 6, 1), 22), date(2027, 3, 31), id="22nd year"),
        pytest.param("fiscal_year", (date(2026, 3, 31),), 2025, id="31 March"),
        pytest.param("fiscal_year", (date(2026, 4, 1),), 2026, id="1 April"),
        pytest.param("in_force", (date(2026, 1, 1), None, date(2026, 11, 1)), True, id="still running"),
        pytest.param("in_force", (date(2026, 1, 1), date(2026, 11, 1), date(2026, 11, 1)), False, id="ends that day"),
        pytest.param("in_force", (date(2026, 1, 1), date(2026, 11, 2), date(2026, 11, 1)), True, id="ends the next"),
        pytest.param("in_force", (date(2026, 11, 2), None, date(2026, 11, 1)), False, id="begins the next"),
        pytest.param("in_force", (None, None, date(2026, 11, 1)), None, id="unknown begin"),
        pytest.param("in_force", (None, date(2026, 10, 1), date(2026, 11, 1)), False, id="unknown begin, ended"),
        pytest.param("in_force", (date(2026, 1, 1), None, None), None, id="unknown day"),
    ],
)
def test_both_readings_of_the_law(name: str, arguments: tuple[Value, ...], expected: object) -> None:
    assert FUNCTIONS[name].python(*arguments) == expected
    assert _in_sql(name, *arguments) == expected
