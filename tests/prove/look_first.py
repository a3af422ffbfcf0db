"""The proof of «look here first», as JSON lines: an office whose habits are known, learned from its own decisions with a time split.

The generator draws trouble from habits of its own (`tests/support/office_habits.py`); the ceiling is what those very chances would reach.
A second office has no habits at all: its model must be refused. Exit 1 when either is otherwise.
"""

import argparse
import json
import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.django_settings")
django.setup()

from sklearn.metrics import roc_auc_score  # noqa: E402 - the models are there once Django is set up

from engine.core.settings import LookFirst  # noqa: E402
from notices import site  # noqa: E402
from notices.approval.looking import learning  # noqa: E402
from notices.approval.looking.card import found_first  # noqa: E402
from notices.approval.looking.cases import decided  # noqa: E402
from notices.approval.models import Notice  # noqa: E402
from tests.support.approvals import CITY  # noqa: E402
from tests.support.office_habits import FIRST, draw, work  # noqa: E402


def prove(seed: int, count: int, nights: int, *, calm: float) -> bool:
    """One office; True when its model is what it should be: in use with habits, refused without."""
    office = f"s{seed}-{'habits' if calm else 'none'}"
    until = FIRST + timedelta(days=nights)
    drawn = list(draw(count, nights=nights, seed=seed, calm=calm))
    work(drawn, office=office)
    cases = decided(CITY, office, until=until)
    _, card, why = learning.train(cases, office=office, rules=LookFirst(), until=until, seed=seed)
    measured = learning.split(cases)["evaluate"]
    chances = {f"{office}-{one.number}": one.chance for one in drawn}
    keys = dict(Notice.objects.filter(key__startswith=f"{office}-").values_list("pk", "key"))
    best = [chances[keys[case.notice_id]] for case in measured]
    real = [bool(case.troubled) for case in measured]
    figures = ("cases", "troubled", "auc", "auc_95", "calibration_error", "found_first", "found_first_by_deadline")
    line = {"seed": seed, "decisions": len(cases), "habits": bool(calm)} | {name: card.get(name) for name in figures}
    ceiling = {
        "auc_of_the_habits": round(float(roc_auc_score(real, best)), 4),
        "found_first_of_the_habits": found_first(measured, best, real),
    }
    print(json.dumps(line | ceiling | {"refused": why.get("en", "")}), flush=True)
    return bool(why) != bool(calm)


def main() -> None:
    """Every seed, with habits and without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=6_000)
    parser.add_argument("--nights", type=int, default=360)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    site.migrate()
    results = [
        prove(seed, asked.decisions, asked.nights, calm=calm)
        for seed in range(1, asked.seeds + 1)
        for calm in (1.0, 0.0)
    ]
    if not all(results):
        sys.exit(1)


if __name__ == "__main__":
    main()
