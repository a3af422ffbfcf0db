import numpy as np
import polars as pl
import pytest

from events.probable.card import auc_interval, calibration_curve, calibration_error, chosen, clerk_order, measure, page
from events.probable.training import split
from tests.support.probable import FIRST, JOB_LOSS, cases, trained


def test_a_calibrated_model_errs_little_and_an_overconfident_one_much() -> None:
    rng = np.random.default_rng(1)
    said = rng.random(5000)
    real = rng.random(5000) < said
    assert calibration_error(calibration_curve(said, real), 5000) < 0.03
    assert calibration_error(calibration_curve(np.sqrt(said), real), 5000) > 0.1


def week(
    orders: list[float], households: list[str] | None = None
) -> tuple[pl.DataFrame, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    named = households or [f"h{number}" for number in range(len(orders))]
    return pl.DataFrame({"household_id": named, "as_of": [FIRST] * len(orders)}), np.array(orders)


@pytest.mark.parametrize(
    ("orders", "households", "called"),
    [
        pytest.param([0.1, 0.9, 0.5], None, [1, 2], id="the likeliest first"),
        pytest.param([0.5, 0.5, 0.5], None, [0, 1], id="among equals the first to come"),
        pytest.param([0.9, 0.8, 0.1], ["a", "a", "b"], [0, 2], id="one call a household"),
        pytest.param([0.0, 0.0, 1.0], None, [2], id="whom the plain rule leaves out is not called"),
    ],
)
def test_an_office_calls_as_many_as_it_can(
    orders: list[float], households: list[str] | None, called: list[int]
) -> None:
    rows, order = week(orders, households)
    assert np.flatnonzero(chosen(rows, order, 2)).tolist() == called


def test_the_clerks_rule_takes_whom_all_of_its_features_hold_for() -> None:
    rows = cases(50)
    taken = clerk_order(JOB_LOSS, rows)
    expected = (rows["pension_first_kind"] == 1) & (rows["from_22_to_59"] == 1)
    assert taken.tolist() == expected.cast(pl.Float64).to_list()


def test_the_interval_holds_the_middle_and_is_the_same_for_the_same_seed() -> None:
    rng = np.random.default_rng(2)
    said = rng.random(500)
    real = rng.random(500) < said
    low, high = auc_interval(said, real, 1)
    assert 0.5 < low < high < 1
    assert auc_interval(said, real, 1) == (low, high)


def test_the_card_tells_quality_groups_and_the_plain_rule() -> None:
    rows = cases()
    evaluated = split(rows, JOB_LOSS).evaluate
    card = measure(JOB_LOSS, trained(rows), evaluated, capacity=5, seed=1)
    assert card["cases"] == evaluated.height
    assert card["auc"] > 0.6
    assert set(card["groups"]) == {"age_band", "sex", "nationality"}
    assert {"said", "real", "error", "called", "missed"} <= set(card["groups"]["sex"]["1"])
    assert set(card["groups"]["nationality"]["other"]) == {"cases"}  # too few to tell more
    about = {"from": "2026-01-01", "to": "2026-06-01", "cases": 10, "outcomes": 1}
    told = page(card | {"data": {"train": about}}, JOB_LOSS)
    assert "never the ground of a notice" in told
    assert f"AUC {card['auc']}" in told
    assert "地方税法22条" in told
