"""The functions a rule may call, each with its meaning in law, its Python reading and its portable SQL. Unknown in, unknown out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from eligibility.language.nodes import Kind
from engine.core import dates


@dataclass(frozen=True, kw_only=True)
class Function:
    """Argument kinds, result kind and unit, the Python reading, and SQL with {0}, {1} … for the arguments."""

    takes: tuple[Kind, ...]
    gives: Kind
    unit: str
    python: Callable[..., Any]
    sql: str
    open_ended: bool = False  #: a missing last argument means "still", not "unknown"


def _in_force(begin: date, end: date | None, on: date) -> bool:
    return begin <= on and (end is None or on < end)


_AGE = (
    "((year({1}) * 10000 + month({1}) * 100 + day({1})) - (year({0}) * 10000 + month({0}) * 100 + day({0}))) // 10000"
)
_MONTHS = "((year({1}) - year({0})) * 12 + month({1}) - month({0}) - CASE WHEN day({1}) < day({0}) THEN 1 ELSE 0 END)"
#: the day before the Nth birthday; a birthday of 29 February is on 1 March of a common year, so the day before is 28 February
_REACHES = (
    "CAST(CASE WHEN month({0}) = 2 AND day({0}) = 29 THEN make_date(year({0}) + {1}, 3, 1) - INTERVAL 1 DAY"
    " - CASE WHEN day(make_date(year({0}) + {1}, 3, 1) - INTERVAL 1 DAY) = 29 THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END"
    " ELSE make_date(year({0}) + {1}, month({0}), day({0})) - INTERVAL 1 DAY END AS DATE)"
)
_FISCAL_END = "make_date(year(" + _REACHES + ") + CASE WHEN month(" + _REACHES + ") >= 4 THEN 1 ELSE 0 END, 3, 31)"

FUNCTIONS: Mapping[str, Function] = {
    "age_on": Function(takes=("date", "date"), gives="number", unit="years", python=dates.age_years, sql=_AGE),
    "age_months_on": Function(
        takes=("date", "date"), gives="number", unit="months", python=dates.completed_months, sql=_MONTHS
    ),
    "reaches_age_on": Function(
        takes=("date", "number"), gives="date", unit="date", python=dates.reaches_age_on, sql=_REACHES
    ),
    "until_fiscal_year_end_after_age": Function(
        takes=("date", "number"), gives="date", unit="date", python=dates.fiscal_year_end_after_age, sql=_FISCAL_END
    ),
    "in_force": Function(
        takes=("date", "date", "date"),
        gives="boolean",
        unit="",
        python=_in_force,
        sql="({0} <= {2} AND ({1} IS NULL OR {2} < {1}))",
        open_ended=True,
    ),
}
