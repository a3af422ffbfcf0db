from datetime import date

import pytest

from eligibility.language.kinds import alike, shown
from eligibility.language.nodes import Column, Constant, Kind, Moment
from engine.core.errors import RuleError

STATUS = Column(alias="subject", table="residents", name="status", kind="code")
NIGHT = Moment(name="as_of")


@pytest.mark.parametrize("kind", ["years", "months", "days", "yen", "number"])
def test_a_whole_number_takes_the_unit_of_the_other_side(kind: Kind) -> None:
    other = Constant(value=1, kind=kind, literal=False)
    assert alike(other, Constant(value=3, kind="number"), "x")[1] == Constant(value=3, kind=kind)


def test_a_text_beside_a_date_is_a_date() -> None:
    assert alike(NIGHT, Constant(value="2026-04-01", kind="text"), "x")[1] == Constant(
        value=date(2026, 4, 1), kind="date"
    )


def test_a_text_beside_a_code_is_one_of_its_codes() -> None:
    assert alike(STATUS, Constant(value="DEAD", kind="text"), "x")[1].kind == "code"
    with pytest.raises(RuleError, match="has the codes RESIDENT, MOVED_OUT, DEAD, DELETED"):
        alike(STATUS, Constant(value="dead", kind="text"), "x")


def test_a_dated_value_keeps_its_own_unit() -> None:
    with pytest.raises(RuleError, match="compares years with yen"):
        alike(Constant(value=1, kind="years", literal=False), Constant(value=1, kind="yen", literal=False), "x")


@pytest.mark.parametrize(
    ("kind", "said"),
    [pytest.param("years", "years", id="plural"), pytest.param("date", "a date", id="singular")],
)
def test_how_a_kind_is_said(kind: Kind, said: str) -> None:
    assert shown(kind) == said
