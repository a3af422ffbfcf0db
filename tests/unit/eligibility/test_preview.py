from datetime import date
from typing import Any

import polars as pl
import pytest

from eligibility.population import Population
from eligibility.preview import backtest, difference, preview
from eligibility.programme import Programme, parse_programme
from tests.support.programmes import plain
from tests.unit.eligibility.test_population import ON, reader, who  # fixtures

__all__ = ["reader", "who"]


def _programme(**changes: Any) -> Programme:
    return parse_programme(plain(examples=None, **changes))


def _older(years: int) -> Programme:
    limit = plain()["values"]["age_limit"] | {"values": {"2026-04-01": years}}
    return _programme(values=plain()["values"] | {"age_limit": limit})


def test_who_would_match_is_counted_by_age_and_household(who: Population) -> None:
    found = preview(who, _programme(), ON)
    assert (found.people, found.verdicts) == (3, {"eligible": 0, "possible": 2, "ineligible": 1})
    assert found.by_age == {"06–14": 1, "age not known": 1}
    assert found.by_household == {"1 people": 1, "2 people": 1}
    assert found.by_area == {"0101": 2}
    assert found.yen_per_year == (60_000, 60_000)


def test_a_criterion_that_says_nothing_is_remarked(who: Population) -> None:
    young, asked = preview(who, _programme(), ON).criteria
    assert young == {"id": "young", "met": 1, "not_met": 1, "unknown": 1, "remark": ""}
    assert (asked["unknown"], asked["remark"]) == (3, "")
    assert preview(who, _older(0), ON).criteria[0]["remark"] == ""
    assert preview(who, _programme(), ON).as_json()["people"] == 3


def test_samples_hold_nothing_by_which_somebody_is_known(who: Population) -> None:
    samples = preview(who, _programme(), ON).samples
    assert all(set(one) == {"age", "household", "verdict"} for one in samples)
    assert {one["age"] for one in samples} == {"10s", "not known"}


def test_two_versions_differ_in_whom_they_let_in(who: Population) -> None:
    assert difference(who, _programme(), _older(60), ON) == {"ineligible → possible": 1}
    assert difference(who, _programme(), _programme(), ON) == {}


@pytest.mark.parametrize(
    ("state", "code", "night", "cases"),
    [
        pytest.param("settled", "E01", ON, 1, id="a settled event of the programme"),
        pytest.param("void", "E01", ON, 0, id="a void one"),
        pytest.param("settled", "E10", ON, 0, id="another event"),
    ],
)
def test_past_nights_are_judged_by_their_own_date(
    who: Population, state: str, code: str, night: date, cases: int
) -> None:
    event = {"event_id": "e", "code": code, "class": "automatic", "detail": "", "occurred_on": night}
    events = pl.DataFrame([event | {"subject_ids": ["child"]}])
    states = pl.DataFrame([{"event_id": "e", "state": state, "night": night}])
    rows = backtest(who, _programme(), events, states)
    expected = [{"night": "2026-11-20", "cases": 1, "eligible": 0, "possible": 1, "ineligible": 0}]
    assert rows == (expected if cases else [])
