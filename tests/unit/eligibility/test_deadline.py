from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from eligibility.deadline import Deadline


def _deadline(**rule: Any) -> Deadline:
    return Deadline(cites="法1条", **rule)


FIFTEEN = {"days": 15, "shift": "next_business_day", "last_loss_free": "later_of_deadline_and_month_end"}


@pytest.mark.parametrize(
    ("rule", "occurred", "due"),
    [
        pytest.param({"days": 15}, date(2026, 11, 12), date(2026, 11, 27), id="the day after is day one"),
        pytest.param(FIFTEEN, date(2026, 11, 13), date(2026, 11, 30), id="Saturday to Monday"),
        pytest.param(FIFTEEN, date(2026, 12, 15), date(2027, 1, 4), id="over the end of the year"),
        pytest.param(FIFTEEN, date(2026, 11, 8), date(2026, 11, 24), id="a holiday on Monday"),
        pytest.param({"months": 24}, date(2026, 11, 18), date(2028, 11, 18), id="two years over a leap day"),
        pytest.param({"months": 3}, date(2026, 11, 30), date(2027, 2, 28), id="a shorter month"),
        pytest.param({"month_day": "03-31"}, date(2026, 11, 18), date(2027, 3, 31), id="end of the fiscal year"),
        pytest.param({"month_day": "03-31"}, date(2027, 3, 31), date(2027, 3, 31), id="that very day"),
        pytest.param({"month_day": "02-29"}, date(2026, 11, 18), date(2027, 2, 28), id="a leap day"),
    ],
)
def test_the_last_day_to_act(rule: dict[str, Any], occurred: date, due: date) -> None:
    assert _deadline(**rule).due(occurred) == due


@pytest.mark.parametrize(
    ("occurred", "due"),
    [
        pytest.param(date(2026, 3, 20), date(2026, 6, 1), id="held on 1 April: this May, moved from Sunday"),
        pytest.param(date(2026, 4, 1), date(2026, 6, 1), id="on 1 April itself"),
        pytest.param(date(2026, 4, 2), date(2027, 5, 31), id="a day later: a year later"),
        pytest.param(date(2026, 11, 16), date(2027, 5, 31), id="in November"),
    ],
)
def test_the_fiscal_year_is_the_one_whose_base_day_the_event_reached(occurred: date, due: date) -> None:
    assert _deadline(month_day="05-31", base="04-01", shift="next_business_day").due(occurred) == due


@pytest.mark.parametrize(
    ("occurred", "loss_free"),
    [
        pytest.param(date(2026, 11, 2), date(2026, 11, 30), id="the month's end is later"),
        pytest.param(date(2026, 11, 25), date(2026, 12, 10), id="the fifteen days are later"),
        pytest.param(date(2026, 12, 15), date(2027, 1, 4), id="moved to an open day"),
    ],
)
def test_the_last_day_without_loss(occurred: date, loss_free: date) -> None:
    assert _deadline(**FIFTEEN).loss_free(occurred) == loss_free


def test_elsewhere_the_last_day_is_the_last_day_without_loss() -> None:
    assert _deadline(months=24).loss_free(date(2026, 11, 18)) == date(2028, 11, 18)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param({}, "exactly one of days, months, month_day", id="none"),
        pytest.param({"days": 15, "months": 1}, "exactly one", id="two"),
        pytest.param({"days": 15, "base": "04-01"}, "only beside month_day", id="base without a date"),
        pytest.param({"month_day": "13-01"}, "pattern", id="no such month"),
        pytest.param({"days": -1}, "greater than or equal", id="before the event"),
    ],
)
def test_a_deadline_is_one_rule(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _deadline(**rule)
