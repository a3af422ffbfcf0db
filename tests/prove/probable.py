"""The proof of the weak signals, as JSON lines: how good each is on nights and households it never saw, beside the plain rule.

A demo town without planted traps, 560 nights. What is hidden in it (who lost a job, who cares, who is alone) is drawn before any record
and is nobody's feature; the office learns of half of it, and that is all a model is trained and judged on. A model that is refused is told
with the figure that refuses it. The run fails when one would be stored that the hidden truth does not bear out.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from engine.core.errors import InputError
from engine.core.settings import Settings
from engine.records.load import load_records
from engine.warehouse.duck import Warehouse
from events.probable.card import chosen, clerk_order
from events.probable.reading import read_rows, with_outcome
from events.probable.registry import Model, load_models
from events.probable.training import refusal, split, train
from fixtures.demo_settings import BASELINE
from fixtures.hidden import read_hidden
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.truth import night_of, opened

TABLES = frozenset({"residents", "nhi", "pension", "ltc", "programme_status", "support_measures"})
STATES: Mapping[str, str] = {"job_loss": "job_lost", "caregiving": "caring", "isolation": "isolated"}
CITY = 350_000


def town_of(folder: Path, *, residents: int, nights: int, seed: int) -> Settings:
    """A town's history, with the tables the models read."""
    settings = settings_in(folder)
    build_town(residents=residents, seed=seed, baseline=BASELINE, nights=nights, folder=folder, plant_traps=False)
    for path in Path(settings.paths.feeds).glob("*/*.csv"):
        if path.stem not in TABLES:
            path.unlink()
    for offset in range(nights + 1):
        with opened(settings) as warehouse:
            load_records(night_of(settings, warehouse, BASELINE + timedelta(days=offset)))
    return settings


def prove(seed: int, residents: int, nights: int) -> bool:
    """One town. Prints a line a model; True when no model would be stored that the hidden truth does not bear out."""
    folder = Path(tempfile.mkdtemp(prefix="todoke-probable-"))
    try:
        settings = town_of(folder, residents=residents, nights=nights, seed=seed)
        hidden = read_hidden(folder / "hidden.jsonl")
        with opened(settings) as warehouse:
            models = load_models().values()
            held = [told(warehouse, model, hidden, seed=seed, residents=residents, nights=nights) for model in models]
            return all(held)
    finally:
        shutil.rmtree(folder)


def told(
    warehouse: Warehouse,
    model: Model,
    hidden: Mapping[tuple[str, str], bool],
    *,
    seed: int,
    residents: int,
    nights: int,
) -> bool:
    """Trains one model, prints its figures; False when it would be stored and by the hidden truth should not be."""
    until, capacity = BASELINE + timedelta(days=nights), max(1, round(model.capacity_a_week * residents / CITY))
    line: dict[str, Any] = {"seed": seed, "residents": residents, "nights": nights, "model": model.code}
    try:
        fitted, card = train(warehouse, "292010", model, first=BASELINE, until=until, capacity=capacity, seed=seed)
    except InputError as error:
        print(json.dumps(line | {"refused": str(error)}), flush=True)
        return True
    since, last = BASELINE, until - timedelta(days=model.wait_days)
    rows = split(
        with_outcome(read_rows(warehouse, "292010", model, since=since, until=last), model, until), model
    ).evaluate
    real = np.array([hidden.get((STATES[model.code], who), False) for who in rows["subject_id"]])
    said = fitted.probabilities(rows)
    by_model, by_clerk = chosen(rows, said, capacity), chosen(rows, clerk_order(model, rows), capacity)
    figures = ("cases", "outcomes", "base_rate", "auc", "auc_95", "brier", "calibration_error", "calibration_curve", "capacity_a_week", "called",
               "precision_at_capacity", "clerk_called", "clerk_precision_at_capacity")  # fmt: skip
    line |= {name: card[name] for name in figures}
    line |= {
        "hidden_truth_auc": round(float(roc_auc_score(real, said)), 4),
        "hidden_truth_precision": round(float(real[by_model].mean()), 4),
        "hidden_truth_clerk_precision": round(float(real[by_clerk].mean()), 4),
        "refused": refusal(card, model),
    }
    print(json.dumps(line), flush=True)
    for group, found in card["groups"].items():
        for name, one in found.items():
            print(json.dumps({"seed": seed, "model": model.code, "group": group, "of": name} | one), flush=True)
    better = line["hidden_truth_precision"] > line["hidden_truth_clerk_precision"]
    return bool(line["refused"]) or (line["hidden_truth_auc"] >= model.floor.auc and better)


def main() -> None:
    """Every seed; exit 1 when one falls short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=560)
    parser.add_argument("--residents", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=1)
    asked = parser.parse_args()
    results = [prove(seed, asked.residents, asked.nights) for seed in range(1, asked.seeds + 1)]
    if not all(results):
        sys.exit(1)


if __name__ == "__main__":
    main()
