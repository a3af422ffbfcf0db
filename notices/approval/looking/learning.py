"""Learning, once a week: one model an office from its own decisions, or none, and then why not. A refused model is not used on."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from engine.core.settings import LookFirst, Settings
from events.probable.card import calibration_curve, calibration_error
from events.probable.fitted import Fitted, save
from events.probable.training import fit_plainly
from notices.approval.looking.card import FIRST, measure, page
from notices.approval.looking.cases import Case, decided, offices_with_decisions
from notices.approval.looking.features import names_of, table_of
from notices.approval.looking.scoring import code_of, score_waiting

TRAIN, CALIBRATE = 0.6, 0.2  #: shares of the decisions, oldest first; the rest measures
_LEAST = 20  #: with and without trouble, in each part
_FEW = 50  #: recent decisions below this say nothing of drift


def learn(settings: Settings, *, on: date, seed: int = 1) -> dict[str, Any]:
    """Every office's model from its decisions up to a night, and the scores of what waits. Returns office → what came of it."""
    municipality, rules = settings.municipality.code, settings.look_first
    found = {
        office: _office(settings.paths.models, municipality, office, rules, on, seed)
        for office in offices_with_decisions(municipality)
    }
    scored = score_waiting(settings)
    return {"offices": found, "scored": scored}


def _office(folder: Path, municipality: str, office: str, rules: LookFirst, on: date, seed: int) -> dict[str, Any]:
    cases = decided(municipality, office, until=on)
    known: dict[str, Any] = {"decisions": len(cases), "recent": recent(cases, rules, on)}
    fitted, card, why = train(cases, office=office, rules=rules, until=on, seed=seed)
    known |= {name: card[name] for name in _TOLD if name in card}
    if why or fitted is None:
        (folder / code_of(office) / "current").unlink(missing_ok=True)
        return known | {"in_use": False, "why": why}
    return known | {"in_use": True, "why": {}, "digest": save(folder, fitted, card, page(card))}


_TOLD = ("cases", "troubled", "auc", "auc_95", "calibration_error", "found_first", "found_first_by_deadline")


def train(
    cases: Sequence[Case], *, office: str, rules: LookFirst, until: date, seed: int
) -> tuple[Fitted | None, dict[str, Any], dict[str, str]]:
    """A model, its card, and why it must not be used, in Japanese and English; empty when it may be."""
    if len(cases) < rules.decisions:
        return None, {}, _few(len(cases), rules.decisions)
    parts = split(cases)
    least = min(min(_counts(part)) for part in parts.values())
    if least < _LEAST:
        return None, {}, _few(least, _LEAST, of="part")
    names = names_of([case.values for case in parts["train"]])
    tables = {name: _table(part, names) for name, part in parts.items()}
    fitted = fit_plainly(
        tables["train"], tables["calibrate"], names=names, code=code_of(office), until=until, seed=seed
    )
    cut = float(np.quantile(fitted.probabilities(tables["calibrate"]), 1 - FIRST))
    fitted = Fitted(**{**fitted.__dict__, "cut": cut})
    card = measure(fitted, parts["evaluate"], fitted.probabilities(tables["evaluate"]), office=office, seed=seed)
    card |= {"data": {name: _about(part) for name, part in parts.items()}}
    return fitted, card, refusal(card, rules)


def split(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """By the night, oldest first, and no night is in two parts. What was decided after a part's end is unknown to the part."""
    nights = sorted(case.night for case in cases)
    first, second = nights[int(len(nights) * TRAIN)], nights[int(len(nights) * (TRAIN + CALIBRATE))]
    return {
        "train": [one for one in cases if one.night < first and (one.decided_on or one.night) < second],
        "calibrate": [one for one in cases if first <= one.night < second and (one.decided_on or one.night) < second],
        "evaluate": [one for one in cases if one.night >= second],
    }


def refusal(card: Mapping[str, Any], rules: LookFirst) -> dict[str, str]:
    """Which figure is not good enough, in Japanese and English; empty when all are."""
    if card["auc"] < rules.auc:
        return {
            "ja": f"AUC {card['auc']:.3f} が下限 {rules.auc} に届きません",
            "en": f"AUC {card['auc']:.3f} is below the floor {rules.auc}",
        }
    if card["calibration_error"] > rules.calibration_error:
        return {
            "ja": f"較正の誤差 {card['calibration_error']:.3f} が上限 {rules.calibration_error} を超えています",
            "en": f"calibration error {card['calibration_error']:.3f} is above the limit {rules.calibration_error}",
        }
    found, plain = card["found_first"], card["found_first_by_deadline"]
    if found <= plain:
        return {
            "ja": f"先頭の2割で見つかる割合 {found:.3f} が、期限順の {plain:.3f} より良くありません",
            "en": f"the first fifth finds {found:.3f}, no more than {plain:.3f} by deadline",
        }
    return {}


def recent(cases: Sequence[Case], rules: LookFirst, on: date) -> dict[str, Any]:
    """Drift: what stood in the queue in recent weeks against what then came of it. `troubled_before`: the share before that."""
    since = on - timedelta(days=rules.recent_days)
    told = [one for one in cases if one.said is not None and one.night > since]
    before = [bool(one.troubled) for one in cases if one.night <= since]
    figures: dict[str, Any] = {"since": str(since), "cases": len(told)}
    real = np.array([bool(one.troubled) for one in told])
    if len(told) < _FEW or not 0 < real.sum() < len(told):
        return figures
    said = np.array([one.said for one in told], dtype=np.float64)
    figures |= {"auc": round(float(roc_auc_score(real, said)), 4)}
    figures |= {"calibration_error": calibration_error(calibration_curve(said, real), len(told))}
    figures |= {"troubled": round(float(real.mean()), 4)}
    figures |= {"troubled_before": round(sum(before) / len(before), 4)} if before else {}
    return figures | {"drifted": figures["auc"] < rules.auc or figures["calibration_error"] > rules.calibration_error}


def _few(found: int, asked: int, *, of: str = "office") -> dict[str, str]:
    if of == "part":
        return {
            "ja": f"差し戻し・修正のあったもの、なかったものが、学習・較正・検査のどれかに{found}件しかありません（{asked}件から）",
            "en": f"one part of the decisions holds only {found} with, or without, trouble; {asked} are asked for",
        }
    return {
        "ja": f"判断がまだ{found}件です（{asked}件から学びます）",
        "en": f"{found} decisions so far; it learns from {asked} on",
    }


def _counts(cases: Sequence[Case]) -> tuple[int, int]:
    bad = sum(bool(case.troubled) for case in cases)
    return bad, len(cases) - bad


def _table(cases: Sequence[Case], names: Sequence[str]) -> pl.DataFrame:
    outcome = pl.Series("outcome", [bool(case.troubled) for case in cases])
    return table_of([case.values for case in cases], names).with_columns(outcome)


def _about(cases: Sequence[Case]) -> dict[str, Any]:
    nights = [case.night for case in cases]
    return {"from": str(min(nights)), "to": str(max(nights)), "cases": len(cases), "troubled": _counts(cases)[0]}
