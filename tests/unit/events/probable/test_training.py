from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from engine.core.errors import InputError
from events.probable.training import refusal, split, train
from tests.support.eventful import BASELINE, FIRST, Register
from tests.support.history import CITY
from tests.support.probable import JOB_LOSS, cases, trained

GOOD = {
    "auc": 0.7,
    "calibration_error": 0.05,
    "outcomes": 50,
    "precision_at_capacity": 0.4,
    "clerk_precision_at_capacity": 0.3,
}


def test_the_same_seed_and_history_give_the_same_model() -> None:
    assert trained(cases()) == trained(cases())


def test_the_feature_behind_the_outcome_weighs_most() -> None:
    weights = dict(zip(JOB_LOSS.features, trained(cases()).weights, strict=True))
    assert max(weights, key=lambda name: weights[name]) == "pension_first_kind"


def test_evaluation_is_later_than_all_that_was_learned_and_of_other_households() -> None:
    parts = split(cases(), JOB_LOSS)
    learned = pl.concat([parts.train, parts.calibrate])
    assert learned["as_of"].max() + timedelta(days=JOB_LOSS.horizon_days) <= parts.evaluate["as_of"].min()  # type: ignore[operator]
    assert parts.train["as_of"].max() < parts.calibrate["as_of"].min()  # type: ignore[operator]
    assert not set(learned["household_id"]) & set(parts.evaluate["household_id"])
    assert not set(parts.train["household_id"]) & set(parts.calibrate["household_id"])


def test_a_household_of_the_past_is_left_out_of_the_evaluation() -> None:
    rows = cases().with_columns(household_id=pl.lit("h0"))
    assert split(rows, JOB_LOSS).evaluate.is_empty()


def test_the_cut_leaves_about_what_the_office_can_call() -> None:
    rows = cases()
    parts = split(rows, JOB_LOSS)
    weeks = (parts.calibrate["as_of"].max() - parts.calibrate["as_of"].min()).days / 7  # type: ignore[operator, union-attr]
    fitted = trained(rows, capacity=5)
    above = (fitted.probabilities(parts.calibrate) >= fitted.cut).sum()
    assert 4 <= above / weeks <= 8  # equal probabilities fall on one side together


@pytest.mark.parametrize(
    ("figure", "value", "said"),
    [
        pytest.param("auc", 0.64, "AUC 0.640 is below the floor 0.65", id="auc"),
        pytest.param("calibration_error", 0.2, "calibration error 0.200 is above", id="calibration"),
        pytest.param("outcomes", 5, "5 outcomes in the evaluation are too few", id="too few to tell"),
        pytest.param("clerk_precision_at_capacity", 0.4, "no better than the plain rule's 0.400", id="no better than a clerk"),
    ],
)  # fmt: skip
def test_a_model_that_is_not_good_enough_is_refused_by_the_figure(figure: str, value: float, said: str) -> None:
    assert refusal(GOOD, JOB_LOSS) == ""
    assert said in refusal(GOOD | {figure: value}, JOB_LOSS)


def test_too_little_history_is_said_in_numbers(tmp_path: Path) -> None:
    register = Register(tmp_path)
    with pytest.raises(InputError, match="0 outcomes in 0 cases"):
        train(register.warehouse, CITY, JOB_LOSS, first=BASELINE, until=FIRST, capacity=5, seed=1)
