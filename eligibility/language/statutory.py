"""The functions a rule may call, each with its meaning in law, its Python reading and its portable SQL. Unknown in, unknown out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from eligibility.language.nodes import Kind
from engine.core import dates

OLDEST_YEARS = 150


@dataclass(frozen=True, kw_only=True)
class Function:
    """Argument kinds, result kind, the Python reading, and SQL with {0}, {1} … for the arguments.

    An argument of kind years is a constant or a dated value, from 0 to 150. `sees_unknown`: the Python reading is
    given unknown arguments too and answers in three values; every other function is unknown when an argument is.
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


_AGE = "(year({1}) - year({0}) - CASE WHEN month({1}) * 100 + day({1}) < month({0}) * 100 + day({0}) THEN 1 ELSE 0 END)"
_MONTHS = "((year({1}) - year({0})) * 12 + month({1}) - month({0}) - CASE WHEN day({1}) < day({0}) THEN 1 ELSE 0 END)"
#: the day before the Nth birthday; who was born on 29 February reaches an age on 28 February, in leap years too
_REACHES = (
    "CAST(CASE WHEN month({0}) = 2 AND day({0}) = 29 THEN make_date(year({0}) + {1}, 2, 28)"
    " ELSE make_date(year({0}) + {1}, month({0}), day({0})) - INTERVAL 1 DAY END AS DATE)"
)
_FISCAL_END = "make_date(year(" + _REACHES + ") + CASE WHEN month(" + _REACHES + ") >= 4 THEN 1 ELSE 0 END, 3, 31)"

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
        sql="(year({0}) - CASE WHEN month({0}) < 4 THEN 1 ELSE 0 END)",
    ),
    "in_force": Function(
        takes=("date", "date", "date"),
        gives="boolean",
        python=_in_force,
        sql="({0} <= {2} AND ({1} IS NULL OR {2} < {1}))",
        sees_unknown=True,
    ),
}
