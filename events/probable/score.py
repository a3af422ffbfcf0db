"""The stage of the night that scores weak signals: those enabled only. What it finds becomes a staff task and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from engine.core.sql import load_queries
from engine.night import Night
from events.people import residents
from events.probable.fitted import Fitted, Vector, load
from events.probable.reading import read_rows
from events.probable.registry import Model, model_of
from events.reading import first_night

STAGE = "score_probable"
_SQL = load_queries(Path(__file__).with_name("tables.sql"))
_CITY = 350_000
_TABLE = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "probable_id": pl.String,
    "code": pl.String,
    "subject_id": pl.String,
    "household_id": pl.String,
    "seen_on": pl.Date,
    "probability": pl.Float64,
    "chosen": pl.Boolean,
    "spoke": pl.String,
    "model": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Probable:
    """How many subjects of each enabled model were scored and given to staff."""

    scored: Mapping[str, int]
    chosen: Mapping[str, int]

    def summary(self) -> Mapping[str, Any]:
        """probable{code: {scored, chosen}}; nothing where no model is enabled."""
        if not self.scored:
            return {}
        return {"probable": {code: {"scored": n, "chosen": self.chosen[code]} for code, n in self.scored.items()}}


def score_probable(night: Night) -> Probable:
    """Scores, once each, the subjects whose waiting time ended since the last finished night.

    The likeliest above the model's cut are given to staff, never more in seven nights than the office can call.
    Raises InputError when an enabled model is unknown, was never trained, or is not the file it was.
    """
    for name in ("create_schema", "create_probable"):
        night.warehouse.define(_SQL[name].text)
    frames = {code: _scored(night, model_of(code)) for code in night.settings.probable.enabled}
    empty = pl.DataFrame(schema=_TABLE)
    night.warehouse.replace("events.probable", night.municipality, night.on, pl.concat([empty, *frames.values()]))
    return Probable(
        scored={code: frame.height for code, frame in frames.items()},
        chosen={code: int(frame["chosen"].sum()) for code, frame in frames.items()},
    )


def capacity_of(model: Model, night: Night) -> int:
    """How many a week the office can call: the setting, else the model's number scaled from a city of 350,000."""
    asked = night.settings.probable.capacity.get(model.code)
    return asked if asked is not None else max(1, round(model.capacity_a_week * residents(night) / _CITY))


def tasks_tonight(night: Night) -> list[dict[str, Any]]:
    """The rows given to staff tonight, with `spoke` as a list of (feature, value)."""
    for name in ("create_schema", "create_probable"):
        night.warehouse.define(_SQL[name].text)
    rows = night.warehouse.query(_SQL["tonight"], municipality=night.municipality, night=night.on).to_dicts()
    return [row | {"spoke": json.loads(row["spoke"])} for row in rows]


def _scored(night: Night, model: Model) -> pl.DataFrame:
    digest, fitted = load(night.settings.paths.models, model.code, tuple(model.features))
    rows = _due(night, model)
    said = fitted.probabilities(rows)
    return pl.DataFrame(
        {
            "municipality_code": [night.municipality] * rows.height,
            "night": [night.on] * rows.height,
            "probable_id": rows["seed_id"],
            "code": [model.code] * rows.height,
            "subject_id": rows["subject_id"],
            "household_id": rows["household_id"],
            "seen_on": rows["seen_on"],
            "probability": said,
            "chosen": _chosen(night, model, fitted, rows, said),
            "spoke": [json.dumps(spoke) for spoke in fitted.spoke(rows)],
            "model": [digest] * rows.height,
        },
        schema=_TABLE,
    )


def _due(night: Night, model: Model) -> pl.DataFrame:
    """Whose waiting time ended since the last finished night: a missed night loses nobody."""
    wait, first = timedelta(days=model.wait_days), first_night(night)
    last = max(night.warehouse.last_marked(STAGE, night.municipality, night.on) or first, first)
    return read_rows(
        night.warehouse, night.municipality, model, since=max(last - wait, first), until=max(night.on - wait, first)
    )


def _chosen(night: Night, model: Model, fitted: Fitted, rows: pl.DataFrame, said: Vector) -> list[bool]:
    """Above the cut, one a household, as many as the week still has room for."""
    since = night.on - timedelta(days=6)
    about = {"municipality": night.municipality, "night": night.on, "since": since, "code": model.code}
    room = max(0, capacity_of(model, night) - int(night.warehouse.query(_SQL["chosen_this_week"], **about).item()))
    households = rows["household_id"].to_list()
    best: dict[str, int] = {}
    for place in np.argsort(-said, kind="stable"):
        if said[place] >= fitted.cut:
            best.setdefault(households[place], int(place))
    called = set(list(best.values())[:room])
    return [place in called for place in range(len(said))]
