"""The breaker: how many events of a kind a night should bring, and whether tonight is far outside that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from scipy.stats import nbinom, poisson
from sklearn.linear_model import PoissonRegressor

from engine.core.dates import is_business_day, last_business_day
from engine.core.settings import Volume


@dataclass(frozen=True, kw_only=True)
class Band:
    """The expected number of one night and the most that is still believable."""

    expected: float
    upper: int


@cache
def _rates() -> dict[str, Any]:
    rates: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("volume.yaml").read_text(encoding="utf-8"))
    return rates


def days_covered(on: date, *, every_day: bool) -> int:
    """How many calendar days a night's records cover: those since the office was last open; 0 on a closed day."""
    if every_day:
        return 1
    if not is_business_day(on):
        return 0
    return (on - last_business_day(on - timedelta(days=1))).days


def bands(
    history: Mapping[str, Mapping[date, int]], nights: Sequence[date], on: date, residents: int, volume: Volume
) -> dict[str, Band]:
    """The band of every event code for a night.

    history: code → night → events; nights: every night before `on` that was run, the baseline left out. With fewer nights than
    `volume.minimum_nights` the yearly rates count, scaled to the number of residents.
    """
    codes = sorted(set(_rates()["yearly"]) | set(history))
    return {code: _band(code, history.get(code, {}), nights, on, residents, volume) for code in codes}


def _band(
    code: str, counts: Mapping[date, int], nights: Sequence[date], on: date, residents: int, volume: Volume
) -> Band:
    rates = _rates()
    every_day = code in rates["every_day"]
    covered = days_covered(on, every_day=every_day)
    if len(nights) >= volume.minimum_nights:
        expected, dispersion = _learned(counts, nights, on, every_day=every_day)
        likely = expected
    else:
        yearly = volume.yearly.get(code, rates["yearly"].get(code, 0.0) * residents / rates["residents"])
        expected, dispersion = yearly / 365 * max(covered, 1), 1.0
        likely = expected * rates["cold_start_factor"]
    return Band(
        expected=round(expected, 1), upper=max(int(rates["floor"]), _upper(likely, dispersion, volume.tail_probability))
    )


def _upper(expected: float, dispersion: float, tail: float) -> int:
    """The number that a count exceeds with probability `tail`: negative binomial when counts vary more than Poisson's do."""
    if expected <= 0:
        return 0
    if dispersion <= 1.0:
        return int(poisson.isf(tail, expected))
    share = 1.0 / dispersion
    return int(nbinom.isf(tail, expected * share / (1 - share), share))


def _learned(counts: Mapping[date, int], nights: Sequence[date], on: date, *, every_day: bool) -> tuple[float, float]:
    """Expected number and dispersion from the town's own nights, by weekday, days covered, and the turn of month and year."""
    features = np.array([_features(night, every_day=every_day) for night in nights])
    seen = np.array([counts.get(night, 0) for night in nights], dtype=np.float64)
    if seen.sum() == 0:
        return 0.0, 1.0
    model = PoissonRegressor(alpha=0.1, max_iter=300).fit(features, seen)
    fitted = model.predict(features)
    pearson = float((((seen - fitted) ** 2) / np.maximum(fitted, 1e-9)).sum() / max(len(nights) - features.shape[1], 1))
    expected = float(model.predict(np.array([_features(on, every_day=every_day)]))[0])
    return expected, max(pearson, 1.0)


def _features(night: date, *, every_day: bool) -> npt.NDArray[np.float64]:
    covered = days_covered(night, every_day=every_day)
    weekday = [float(night.weekday() == day) for day in range(5)]
    turn = [float(night.day <= 3), float(night.month in (3, 4))]
    return np.array([float(covered == 0), np.log(max(covered, 1)), *weekday, *turn])
