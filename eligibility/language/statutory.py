"""The functions a rule may call, each with its meaning in law, its Python reading and its portable SQL. Unknown in, unknown out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from eligibility.language.nodes import Kind
from eligibility.language.relations import RELATION, SETS, is_one_of, is_one_of_sql, name_of, relation
from engine.core import dates

OLDEST_YEARS = 150
#: a constant argument of these kinds goes from 0 to so many
MOST: Mapping[Kind, int] = {"years": OLDEST_YEARS, "months": 600, "days": 4_000}


@dataclass(frozen=True, kw_only=True)
class Function:
    """Argument kinds, result kind, the Python reading, and SQL with {0}, {1} … for the arguments.

    An argument of kind years, months or days is a constant or a dated value, from 0 to the most it may be. `sees_unknown`:
    the Python reading is given unknown arguments too and answers in three values; every other function is unknown when
    an argument is.
    """

    takes: tuple[Kind, ...]
    gives: Kind
    python: Callable[..., Any]
    sql: str
    sees_unknown: bool = False


def _in_force(begin: date | None, end: date | None, on: date | None) -> bool | None:
    """From `begin` until the day before `end`. No end means that it still runs, not that the end is unknown."""
    begun = None if begin is None or on is None else begin <= on
    open_ended = True if end is None else None if on is None else on < end
    if begun is False or open_ended is False:
        return False
    return None if begun is None or open_ended is None else True


def _month_end_of_birthday(birth_date: date, age: int) -> date:
    """The last day of the month of the Nth birthday, whatever the day of birth (児童手当法6条: 月の初日に生まれた児童)."""
    return dates.month_end(date(birth_date.year + age, birth_date.month, 1))


def _fiscal_year_start(on: date) -> date:
    return date(dates.fiscal_year(on), 4, 1)


def _fiscal_year_end(on: date) -> date:
    return date(dates.fiscal_year(on) + 1, 3, 31)


def _fiscal_age(birth_date: date, on: date) -> int:
    """The age reached by the 31 March that ends the fiscal year of `on`; a child of 1 April goes with the year before."""
    return dates.fiscal_year(on) + 1 - birth_date.year - ((birth_date.month, birth_date.day) > (4, 1))


_AGE = "(year({1}) - year({0}) - CASE WHEN month({1}) * 100 + day({1}) < month({0}) * 100 + day({0}) THEN 1 ELSE 0 END)"
_MONTHS = "((year({1}) - year({0})) * 12 + month({1}) - month({0}) - CASE WHEN day({1}) < day({0}) THEN 1 ELSE 0 END)"
#: the day before the Nth birthday; who was born on 29 February reaches an age on 28 February, in leap years too
_REACHES = (
    "CAST(CASE WHEN month({0}) = 2 AND day({0}) = 29 THEN make_date(year({0}) + {1}, 2, 28)"
    " ELSE make_date(year({0}) + {1}, month({0}), day({0})) - INTERVAL 1 DAY END AS DATE)"
)
#: who was born from 2 April on reaches an age after 31 March of that year
_FISCAL_END = "make_date(year({0}) + {1} + CASE WHEN month({0}) * 100 + day({0}) > 401 THEN 1 ELSE 0 END, 3, 31)"

_FISCAL_YEAR = "(year({0}) - CASE WHEN month({0}) < 4 THEN 1 ELSE 0 END)"
_MONTH_END = (
    "CAST(make_date(year({0}) + {1} + CASE WHEN month({0}) = 12 THEN 1 ELSE 0 END,"
    " CASE WHEN month({0}) = 12 THEN 1 ELSE month({0}) + 1 END, 1) - INTERVAL 1 DAY AS DATE)"
)
_FISCAL_AGE = (
    "(year({1}) - CASE WHEN month({1}) < 4 THEN 1 ELSE 0 END + 1 - year({0})"
    " - CASE WHEN month({0}) * 100 + day({0}) > 401 THEN 1 ELSE 0 END)"
)

#: what a rule may call
FUNCTIONS: Mapping[str, Function] = {
    "age_on": Function(takes=("date", "date"), gives="years", python=dates.age_years, sql=_AGE),
    "age_months_on": Function(takes=("date", "date"), gives="months", python=dates.completed_months, sql=_MONTHS),
    "reaches_age_on": Function(takes=("date", "years"), gives="date", python=dates.reaches_age_on, sql=_REACHES),
    "until_fiscal_year_end_after_age": Function(
        takes=("date", "years"), gives="date", python=dates.fiscal_year_end_after_age, sql=_FISCAL_END
    ),
    "fiscal_year": Function(
        takes=("date",),
        gives="number",
        python=dates.fiscal_year,
        sql=_FISCAL_YEAR,
    ),
    "until_month_end_of_birthday": Function(
        takes=("date", "years"), gives="date", python=_month_end_of_birthday, sql=_MONTH_END
    ),
    "fiscal_year_start": Function(
        takes=("date",), gives="date", python=_fiscal_year_start, sql="make_date(" + _FISCAL_YEAR + ", 4, 1)"
    ),
    "fiscal_year_end": Function(
        takes=("date",), gives="date", python=_fiscal_year_end, sql="make_date(" + _FISCAL_YEAR + " + 1, 3, 31)"
    ),
    "fiscal_age": Function(takes=("date", "date"), gives="years", python=_fiscal_age, sql=_FISCAL_AGE),
    "months_after": Function(
        takes=("date", "months"),
        gives="date",
        python=dates.add_months,
        sql="CAST({0} + INTERVAL {1} MONTH AS DATE)",
    ),
    "months_before": Function(
        takes=("date", "months"),
        gives="date",
        python=lambda start, number: dates.add_months(start, -number),
        sql="CAST({0} - INTERVAL {1} MONTH AS DATE)",
    ),
    "days_after": Function(
        takes=("date", "days"),
        gives="date",
        python=lambda start, number: start + timedelta(days=number),
        sql="CAST({0} + INTERVAL {1} DAY AS DATE)",
    ),
    "in_force": Function(
        takes=("date", "date", "date"),
        gives="boolean",
        python=_in_force,
        sql="({0} <= {2} AND ({1} IS NULL OR {2} < {1}))",
        sees_unknown=True,
    ),
    "relation": Function(
        takes=("code", "code", "code", "code"),
        gives="text",
        python=relation,
        sql=RELATION,
        sees_unknown=True,
    ),
}

#: sets of kinds of relationships that rules ask for by `subject.children` and the like
KINSHIP: Mapping[str, Function] = {
    name_of(kinds): Function(
        takes=("code", "code", "code", "code"),
        gives="boolean",
        python=partial(is_one_of, kinds),
        sql=is_one_of_sql(kinds),
        sees_unknown=True,
    )
    for kinds in SETS
}
#: and what its expressions are made of
EVERY: Mapping[str, Function] = {**FUNCTIONS, **KINSHIP}
