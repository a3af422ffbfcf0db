"""A weak signal for tests: cases drawn with a known cause, and a trained model of it."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from events.probable.fitted import Fitted
from events.probable.registry import Model, model_of
from events.probable.training import fit, split

JOB_LOSS: Model = model_of("job_loss")
FIRST = date(2026, 1, 1)


def cases(count: int = 3000, *, days: int = 500, strength: float = 1.5, seed: int = 1) -> pl.DataFrame:
    """Rows as `with_outcome` gives them: the outcome follows one feature, `pension_first_kind`, as strongly as asked."""
    rng = np.random.default_rng(seed)
    values = {name: (rng.random(count) < 0.5).astype(float) for name in JOB_LOSS.features}
    chance = 1 / (1 + np.exp(1.5 - strength * values["pension_first_kind"]))
    born = [date(1950, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 19_000, count)]
    frame = {
        "seed_id": [f"s{number}" for number in range(count)],
        "subject_id": [f"p{number}" for number in range(count)],
        "household_id": [f"h{number // 2}" for number in range(count)],
        "as_of": [FIRST + timedelta(days=number * days // count) for number in range(count)],
        "outcome": rng.random(count) < chance,
        "sex": [str(1 + number % 2) for number in range(count)],
        "nationality": ["JPN" if number % 50 else "other" for number in range(count)],
        "age_band": ["30-44" if day.year > 1980 else "45-59" for day in born],
    }
    return pl.DataFrame(frame | values)


def trained(rows: pl.DataFrame, *, capacity: int = 5, seed: int = 1) -> Fitted:
    """A model trained on them."""
    return fit(split(rows, JOB_LOSS), JOB_LOSS, until=date(2027, 6, 1), capacity=capacity, seed=seed)


def certain(probability: float = 0.9) -> Fitted:
    """A trained model that says the same of everybody, and leaves nobody out."""
    names = tuple(JOB_LOSS.features)
    zeros = (0.0,) * len(names)
    offset = float(np.log(1 / probability - 1))
    return Fitted(
        code="job_loss", until="2026-11-01", seed=1, features=names, means=zeros, deviations=(1.0,) * len(names), weights=(0.5,) * len(names),
        intercept=0.0, slope=0.0, offset=offset, cut=0.0,
    )  # fmt: skip
