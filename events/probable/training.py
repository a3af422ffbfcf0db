"""Training on history with a time split: older nights train, later ones calibrate, the newest and unseen households evaluate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from engine.core.errors import InputError
from engine.core.later import Later
from engine.warehouse.duck import Warehouse
from events.probable.card import measure
from events.probable.fitted import Fitted
from events.probable.reading import groups_of, read_rows, with_outcome
from events.probable.registry import Model

calibration, frozen, linear_model = Later("sklearn.calibration"), Later("sklearn.frozen"), Later("sklearn.linear_model")
#: shares of the nights with a known outcome: the oldest train, the next calibrate, the newest evaluate
TRAIN, CALIBRATE = 0.5, 0.2
_LEAST = 20  #: outcomes and non-outcomes that a slice needs before anything is fitted on it


@dataclass(frozen=True, kw_only=True)
class Slices:
    """Rows with their outcome. Everything in `train` and `calibrate` was on file on the first night of `evaluate`."""

    train: pl.DataFrame
    calibrate: pl.DataFrame
    evaluate: pl.DataFrame


def train(
    warehouse: Warehouse, municipality: str, model: Model, *, first: date, until: date, capacity: int, seed: int
) -> tuple[Fitted, Mapping[str, Any]]:
    """A model fitted on what history knew up to a night, with the card that tells how good it is.

    Raises InputError when history holds too little, or when a figure misses the model's floor: the message says which.
    """
    rows = read_rows(warehouse, municipality, model, since=first, until=until - timedelta(days=model.wait_days))
    parts = split(with_outcome(rows, model, until), model)
    for name in ("train", "calibrate", "evaluate"):
        _require_enough(getattr(parts, name), model, name)
    fitted = fit(parts, model, until=until, capacity=capacity, seed=seed)
    evaluated = groups_of(warehouse, municipality, parts.evaluate)
    card = measure(model, fitted, evaluated, capacity=capacity, seed=seed)
    card |= {"data": {name: _about(getattr(parts, name)) for name in ("train", "calibrate", "evaluate")}}
    return fitted, card


def refusal(card: Mapping[str, Any], model: Model) -> str:
    """Which figure is not good enough, in one line; empty when all are."""
    floor = model.floor
    if card["auc"] < floor.auc:
        return f"AUC {card['auc']:.3f} is below the floor {floor.auc}"
    if card["calibration_error"] > floor.calibration_error:
        return f"calibration error {card['calibration_error']:.3f} is above the limit {floor.calibration_error}"
    if card["outcomes"] < floor.outcomes:
        return f"{card['outcomes']} outcomes in the evaluation are too few; {floor.outcomes} are asked for"
    if card["precision_at_capacity"] <= card["clerk_precision_at_capacity"]:
        return (
            f"precision at capacity {card['precision_at_capacity']:.3f} is no better than the plain rule's "
            f"{card['clerk_precision_at_capacity']:.3f}"
        )
    return ""


def split(rows: pl.DataFrame, model: Model) -> Slices:
    """By the night of scoring. A household is in one slice only: the oldest it is in, so that what evaluates was never seen."""
    if not rows.height:
        return Slices(train=rows, calibrate=rows, evaluate=rows)
    nights = rows["as_of"].to_numpy().astype("datetime64[D]").astype(int)
    first, last = int(nights.min()), int(nights.max())
    evaluated_from = first + int((last - first) * (TRAIN + CALIBRATE))
    learned_until = evaluated_from - model.horizon_days  # their outcomes are known when evaluation begins
    calibrated_from = first + int((learned_until - first) * TRAIN / (TRAIN + CALIBRATE))
    parts = {
        "train": rows.filter(pl.lit(nights < calibrated_from)),
        "calibrate": rows.filter(pl.lit((nights >= calibrated_from) & (nights < learned_until))),
        "evaluate": rows.filter(pl.lit(nights >= evaluated_from)),
    }
    parts["calibrate"] = _unseen(parts["calibrate"], parts["train"])
    parts["evaluate"] = _unseen(parts["evaluate"], pl.concat([parts["train"], parts["calibrate"]]))
    return Slices(**parts)


def _unseen(rows: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(~pl.col("household_id").is_in(seen["household_id"].unique().to_list()))


def fit(parts: Slices, model: Model, *, until: date, capacity: int, seed: int) -> Fitted:
    """The model and the cut that fills the office's week."""
    fitted = fit_plainly(
        parts.train, parts.calibrate, names=tuple(model.features), code=model.code, until=until, seed=seed
    )
    return _with_cut(fitted, parts.calibrate, capacity)


def fit_plainly(
    earlier: pl.DataFrame, later: pl.DataFrame, *, names: tuple[str, ...], code: str, until: date, seed: int
) -> Fitted:
    """Logistic regression on standardised features, and a sigmoid on the slice after it; both slices with `outcome`. No cut."""
    values, outcome = earlier.select(names).to_numpy(), earlier["outcome"].to_numpy()
    means, deviations = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    plain = linear_model.LogisticRegression(C=1.0, random_state=seed, max_iter=1000).fit(
        (values - means) / deviations, outcome
    )
    calibrated = calibration.CalibratedClassifierCV(frozen.FrozenEstimator(plain), method="sigmoid", ensemble=True)
    calibrated.fit((later.select(names).to_numpy() - means) / deviations, later["outcome"].to_numpy())
    sigmoids = [one for found in calibrated.calibrated_classifiers_ for one in found.calibrators]
    return Fitted(
        code=code,
        until=until.isoformat(),
        seed=seed,
        features=names,
        means=tuple(float(value) for value in means),
        deviations=tuple(float(value) for value in deviations),
        weights=tuple(float(value) for value in plain.coef_[0]),
        intercept=float(plain.intercept_[0]),
        slope=float(np.mean([one.a_ for one in sigmoids])),
        offset=float(np.mean([one.b_ for one in sigmoids])),
        cut=0.0,
    )


def _with_cut(fitted: Fitted, rows: pl.DataFrame, capacity: int) -> Fitted:
    """The least probability that, on the calibration's nights, left no more people a week than the office can call."""
    weeks = max((rows["as_of"].max() - rows["as_of"].min()).days, 7) / 7  # type: ignore[operator, union-attr]
    share = min(1.0, capacity * weeks / rows.height)
    return Fitted(**{**fitted.__dict__, "cut": float(np.quantile(fitted.probabilities(rows), 1 - share))})


def _require_enough(rows: pl.DataFrame, model: Model, name: str) -> None:
    real = int(rows["outcome"].sum()) if rows.height else 0
    if min(real, rows.height - real) < _LEAST:
        raise InputError(
            f"{model.code}: the nights to {name} on hold {real} outcomes in {rows.height} cases; at least {_LEAST} with and "
            f"{_LEAST} without are needed: train later, when more nights have been recorded"
        )


def _about(rows: pl.DataFrame) -> dict[str, Any]:
    dates = {"from": str(rows["as_of"].min()), "to": str(rows["as_of"].max())}
    return dates | {"cases": rows.height, "outcomes": int(rows["outcome"].sum())}
