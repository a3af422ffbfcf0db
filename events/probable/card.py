"""The model card: how good a model is on nights and households it never saw, and for whom it errs more."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.later import Later
from events.probable.fitted import Fitted, Vector
from events.probable.registry import Model

metrics = Later("sklearn.metrics")
Flags = npt.NDArray[np.bool_]
_BINS = 5
_FEW = 30  #: a group smaller than this is told by its size alone
GROUPS = ("age_band", "sex", "nationality")


def measure(model: Model, fitted: Fitted, rows: pl.DataFrame, *, capacity: int, seed: int) -> dict[str, Any]:
    """Every figure of the card. `rows`: the evaluation slice with `outcome`, `as_of` and the columns of GROUPS."""
    said, real = fitted.probabilities(rows), rows["outcome"].to_numpy().astype(bool)
    curve = calibration_curve(said, real)
    called = chosen(rows, said, capacity)
    clerk = chosen(rows, clerk_order(model, rows), capacity)
    low, high = auc_interval(said, real, seed)
    return {
        "model": model.code,
        "ja": model.ja,
        "en": model.en,
        "until": fitted.until,
        "cases": rows.height,
        "outcomes": int(real.sum()),
        "base_rate": _rounded(real.mean()),
        "auc": _rounded(metrics.roc_auc_score(real, said)),
        "auc_95": [low, high],
        "brier": _rounded(metrics.brier_score_loss(real, said)),
        "calibration_error": calibration_error(curve, rows.height),
        "calibration_curve": curve,
        "capacity_a_week": capacity,
        "called": int(called.sum()),
        "precision_at_capacity": _precision(real, called),
        "clerk_called": int(clerk.sum()),
        "clerk_precision_at_capacity": _precision(real, clerk),
        "groups": {name: _by_group(rows[name], said, real, called) for name in GROUPS},
        "weights": {name: _rounded(weight) for name, weight in zip(fitted.features, fitted.weights, strict=True)},
    }


def clerk_order(model: Model, rows: pl.DataFrame) -> Vector:
    """1 for whom the plain rule takes, 0 for everybody else: among equals the first to come is called."""
    return np.asarray((rows.select(model.clerk.all).to_numpy() >= 1).all(axis=1), dtype=np.float64)


def chosen(rows: pl.DataFrame, order: Vector, capacity: int) -> Flags:
    """Whom an office with room for so many calls a week would call: the highest of each week, the earlier of equals, one a household."""
    weeks = rows.select("household_id", week=pl.col("as_of").dt.truncate("1w"))
    frame = weeks.with_columns(at=np.arange(rows.height), order=order).filter(pl.col("order") > 0)
    frame = frame.sort(["week", "order", "at"], descending=[False, True, False])
    frame = frame.unique(["week", "household_id"], keep="first", maintain_order=True)
    taken = frame.filter(pl.int_range(pl.len()).over("week") < capacity)["at"].to_numpy()
    flags = np.zeros(rows.height, dtype=np.bool_)
    flags[taken] = True
    return flags


def calibration_curve(said: Vector, real: Flags) -> list[dict[str, Any]]:
    """Equal-sized bins from the lowest probability to the highest: how much was said, how much was real."""
    order = np.argsort(said, kind="stable")
    bins = (part for part in np.array_split(order, _BINS) if len(part))
    return [
        {"cases": len(part), "said": _rounded(said[part].mean()), "real": _rounded(real[part].mean())} for part in bins
    ]


def calibration_error(curve: Sequence[Mapping[str, Any]], cases: int) -> float:
    """The mean distance between what was said and what was real, over the bins of the curve, weighted by their size."""
    return _rounded(sum(one["cases"] * abs(one["said"] - one["real"]) for one in curve) / cases)


def auc_interval(said: Vector, real: Flags, seed: int) -> tuple[float, float]:
    """A 95 % interval of the AUC, from 200 samples drawn with replacement."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(200):
        drawn = rng.integers(0, len(real), len(real))
        if 0 < real[drawn].sum() < len(real):
            found.append(metrics.roc_auc_score(real[drawn], said[drawn]))
    return _rounded(np.quantile(found, 0.025)), _rounded(np.quantile(found, 0.975))


def _by_group(groups: pl.Series, said: Vector, real: Flags, called: Flags) -> dict[str, Any]:
    """Per group: cases, what was said and what was real on average, and who of them would be called."""
    found: dict[str, Any] = {}
    for name in sorted(groups.drop_nulls().unique().to_list()):
        mine = (groups == name).fill_null(False).to_numpy()
        figures: dict[str, Any] = {"cases": int(mine.sum())}
        if mine.sum() >= _FEW:
            figures |= {"said": _rounded(said[mine].mean()), "real": _rounded(real[mine].mean())}
            figures |= {
                "error": _rounded(said[mine].mean() - real[mine].mean()),
                "called": _rounded(called[mine].mean()),
            }
            figures |= {"missed": _rounded((real & ~called & mine).sum() / max(int((real & mine).sum()), 1))}
        found[name] = figures
    return found


def _precision(real: Flags, called: Flags) -> float:
    return _rounded(real[called].mean()) if called.any() else 0.0


def _rounded(value: Any) -> float:
    return round(float(value), 4)


def page(card: Mapping[str, Any], model: Model) -> str:
    """The card for people: Markdown, in Japanese and English side by side."""
    data = card["data"]
    lines = [
        f"# {model.ja} / {model.en} (`{model.code}`)",
        "",
        f"職員だけが見る確率です。お知らせの根拠にはなりません。For staff only; never the ground of a notice. Office: {model.office}.",
        "",
        f"結果 Outcome: {model.outcome.ja} / {model.outcome.en}",
        "",
        "## データ Data",
        "",
        "| | from | to | cases | outcomes |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {name} | {one['from']} | {one['to']} | {one['cases']} | {one['outcomes']} |"
            for name, one in data.items()
        ),
        "",
        *(f"- {table}: {', '.join(read.columns)}（{read.basis}）" for table, read in model.reads.items()),
        *(f"- 読まない not read: {one.table} {', '.join(one.columns)}（{one.why}）" for one in model.left_out),
        "",
        "## 質 Quality, on nights and households never seen",
        "",
        f"- AUC {card['auc']} (95 %: {card['auc_95'][0]} to {card['auc_95'][1]}); Brier {card['brier']}; base rate {card['base_rate']}",
        f"- 較正の誤差 calibration error {card['calibration_error']}",
        f"- 週{card['capacity_a_week']}件での的中率 precision at {card['capacity_a_week']} calls a week: {card['precision_at_capacity']} "
        f"({card['called']} called)",
        f"- 職員の目安「{model.clerk.ja}」 the plain rule “{model.clerk.en}”: {card['clerk_precision_at_capacity']} "
        f"({card['clerk_called']} called)",
        "",
        "| said | real | cases |",
        "| --- | --- | --- |",
        *(f"| {one['said']} | {one['real']} | {one['cases']} |" for one in card["calibration_curve"]),
        "",
        "## 誤差 Error by group (said − real; a group under 30 is told by its size alone)",
        "",
        "| group | | cases | said | real | error | called | missed |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for group, found in card["groups"].items():
        for name, one in found.items():
            figures = " | ".join(str(one.get(key, "–")) for key in ("said", "real", "error", "called", "missed"))
            lines.append(f"| {group} | {name} | {one['cases']} | {figures} |")
    lines += ["", "## 重み Weights of the standardised features", ""]
    lines += [f"- {model.features[name].ja} / {model.features[name].en}: {w}" for name, w in card["weights"].items()]
    return "\n".join([*lines, ""])
