"""The breaker: how many events of a kind a night should bring, and whether tonight is far outside that."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.dates import days, is_business_day, last_business_day
from engine.core.later import Later
from engine.core.settings import Volume
from engine.core.yaml_text import load_yaml

linear_model, stats = Later("sklearn.linear_model"), Later("scipy.stats")
RATES = Path(__file__).with_name("volume.yaml")
#: code → night → events, None where that night was held and teaches nothing
History = Mapping[str, Mapping[date, int | None]]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Band:
    """The expected number of one night and the most that is still believable."""

    expected: float
    upper: int


@cache
def _rates() -> dict[str, Any]:
    rates: dict[str, Any] = load_yaml(Path(__file__).with_name("volume.yaml").read_text(encoding="utf-8"))
    return rates


def learning_since(first: date, on: date) -> date:
    """The night after which counts teach what a night brings: the baseline's, or the oldest that still counts."""
    return max(first, on - timedelta(days=int(_rates()["learning_nights"])))


@cache
def days_covered(on: date, *, every_day: bool) -> int:
    """How many calendar days a night's records cover: those since the office was last open; 0 on a closed day."""
    if every_day:
        return 1
    if not is_business_day(on):
        return 0
    return (on - last_business_day(on - timedelta(days=1))).days


def bands(
    codes: Sequence[str],
    history: History,
    nights: Sequence[date],
    on: date,
    residents: int,
    volume: Volume,
    *,
    since: date | None = None,
) -> dict[str, Band]:
    """The band of each event code for a night.

    nights: every night before `on` that was run, the baseline left out. With fewer of them than `volume.minimum_nights` the
    yearly rates count, scaled to the number of residents. `since`: the night run last; what the calendar brought on the nights
    missed after it comes on this one.
    """
    found = {}
    for code in codes:
        expected, likely, dispersion = _expected(code, history.get(code, {}), nights, on, residents, volume)
        share = _missed(code, since, on)
        expected, likely = expected * share, likely * share
        upper = max(int(_rates()["floor"]), _upper(likely, dispersion, volume.tail_probability))
        found[code] = Band(expected=round(expected, 1), upper=upper)
    return found


def _expected(
    code: str, counts: Mapping[date, int | None], nights: Sequence[date], on: date, residents: int, volume: Volume
) -> tuple[float, float, float]:
    """The expected number, the same with room for what we do not know, and how much counts vary beyond Poisson's law."""
    rates = _rates()
    seen = {night: counts.get(night, 0) for night in nights if _exposure(code, night) > 0}
    taught = {night: number for night, number in seen.items() if number is not None}
    if len(nights) >= volume.minimum_nights and taught and code not in rates["once_a_year"]:
        return _learned(code, taught, on)
    yearly = volume.yearly.get(code, rates["yearly"].get(code, 0.0) * residents / rates["residents"])
    expected = yearly / 365 * _exposure(code, on)
    return expected, expected * rates["cold_start_factor"], 1.0


def _missed(code: str, since: date | None, on: date) -> float:
    """By how much a night that makes up for missed ones brings more than the night alone: the calendar loses no day."""
    rates = _rates()
    if since is None or (code not in rates["every_day"] and code not in rates["once_a_year"]):
        return 1.0
    made_up = sum(_exposure(code, day) for day in days(since + timedelta(days=1), on))
    return max(made_up / _exposure(code, on), 1.0)


@cache
def _exposure(code: str, night: date) -> float:
    """Days covered, each day of the fiscal year's turn counting for several where people move then."""
    once = _rates()["once_a_year"].get(code)
    if once is not None:
        return 365.0 if [night.month, night.day] == once else 1.0
    rush = _rates()["rush"]
    covered = days_covered(night, every_day=code in _rates()["every_day"])
    last = monthrange(night.year, night.month)[1]
    covered += 31 - last if code in _rates()["by_month"] and night.day == last else 0
    return covered * (rush["factor"] if code in rush["codes"] and _in_rush(night) else 1.0)


def _in_rush(night: date) -> bool:
    rush = _rates()["rush"]
    return tuple(rush["from"]) <= (night.month, night.day) <= tuple(rush["to"])


def _upper(expected: float, dispersion: float, tail: float) -> int:
    """The number that a count exceeds with probability `tail`: negative binomial when counts vary more than Poisson's do."""
    if expected <= 0:
        return 0
    if dispersion <= 1.0:
        return int(stats.poisson.isf(tail, expected))
    share = 1.0 / dispersion
    return int(stats.nbinom.isf(tail, expected * share / (1 - share), share))


def _learned(code: str, counts: Mapping[date, int], on: date) -> tuple[float, float, float]:
    """From the town's own nights: the rate a day by weekday, days covered, turn of the month and of the fiscal year."""
    seen = np.array(list(counts.values()), dtype=np.float64)
    if seen.sum() == 0 or _exposure(code, on) == 0:
        return 0.0, 0.0, 1.0
    exposure = np.array([_exposure(code, night) for night in counts])
    features = np.array([_features(code, night) for night in counts])
    model = linear_model.PoissonRegressor(alpha=0.1, solver="newton-cholesky").fit(
        features, seen / exposure, sample_weight=exposure
    )
    fitted = model.predict(features) * exposure
    freedom = max(len(counts) - features.shape[1], 1)
    dispersion = float((((seen - fitted) ** 2) / np.maximum(fitted, 1e-9)).sum() / freedom)
    expected = float(model.predict(np.array([_features(code, on)]))[0]) * _exposure(code, on)
    return expected, expected * (1 + 3 / sqrt(float(seen.sum()) + 1)), max(dispersion, 1.0)


@cache
def _features(code: str, night: date) -> Vector:
    weekday = [float(night.weekday() == day) for day in range(5)]
    covered = days_covered(night, every_day=code in _rates()["every_day"])
    return np.array([*weekday, log(covered), float(night.day <= 3), float(_in_rush(night))])
