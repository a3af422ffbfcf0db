"""The card of a look-first model: how good it is on decisions newer than all it learned from, and the plain order beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import brier_score_loss, roc_auc_score

from events.probable.card import Flags, auc_interval, calibration_curve, calibration_error
from events.probable.fitted import Fitted, Vector
from notices.approval.looking.cases import Case
from notices.approval.looking.features import words

FIRST = 0.2  #: the share of a queue an office surely looks at with care
_FEW = 30  #: a group smaller than this is told by its size alone
_LANGUAGES = ("ja", "en")


def measure(fitted: Fitted, cases: Sequence[Case], said: Vector, *, office: str, seed: int) -> dict[str, Any]:
    """Every figure of the card, on the newest decisions. Each night's queue is ordered anew, as officers meet it."""
    real = np.array([bool(case.troubled) for case in cases])
    by_deadline = [-case.due_order.toordinal() for case in cases]
    low, high = auc_interval(said, real, seed)
    curve = calibration_curve(said, real)
    return {
        "office": office,
        "until": fitted.until,
        "cases": len(cases),
        "troubled": int(real.sum()),
        "auc": round(float(roc_auc_score(real, said)), 4),
        "auc_95": [low, high],
        "brier": round(float(brier_score_loss(real, said)), 4),
        "calibration_error": calibration_error(curve, len(cases)),
        "calibration_curve": curve,
        "found_first": found_first(cases, said, real),
        "found_first_by_deadline": found_first(cases, by_deadline, real),
        "groups": {
            name: _by_group([getattr(case, name) for case in cases], said, real) for name in ("event", "language")
        },
        "weights": {name: round(weight, 4) for name, weight in zip(fitted.features, fitted.weights, strict=True)},
    }


def found_first(cases: Sequence[Case], order: Sequence[float] | Vector, real: Sequence[bool] | Flags) -> float:
    """Of what was sent back or edited, the share that stands in the first fifth of its night's queue in this order."""
    nights: dict[Any, list[int]] = {}
    for at, case in enumerate(cases):
        nights.setdefault(case.night, []).append(at)
    found = 0
    for queue in nights.values():
        first = sorted(queue, key=lambda at: -float(order[at]))[: round(FIRST * len(queue))]
        found += sum(bool(real[at]) for at in first)
    return round(found / max(sum(bool(one) for one in real), 1), 4)


def _by_group(names: Sequence[str], said: Vector, real: Flags) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(set(names)):
        mine = np.array([one == name for one in names])
        found[name] = {"cases": int(mine.sum())}
        if mine.sum() >= _FEW:
            found[name] |= {"said": round(float(said[mine].mean()), 4), "real": round(float(real[mine].mean()), 4)}
    return found


def word_of(name: str, language: str) -> str:
    """A feature in words; a kind's own code stays a code here: «出来事 E01»."""
    kind, _, code = name.partition(":")
    found = words()["kinds"][kind] if code else words()["numbers"][name]
    return f"{found[language]} {code}".strip()


def page(card: Mapping[str, Any]) -> str:
    """The card for people: Markdown, in Japanese and English side by side."""
    lines = [
        f"# 見てほしい順 / Look here first — {card['office']}",
        "",
        "差し戻しや修正になりそうなお知らせの確率です。並べ替えと印にだけ使います。承認はせず、何も隠しません。",
        "The probability that a notice will be sent back or edited. It orders and marks; it approves nothing and hides nothing.",
        "",
        *(words()["left_out"][language] for language in _LANGUAGES),
        "",
        "## データ Data",
        "",
        "| | from | to | cases | sent back or edited |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {name} | {one['from']} | {one['to']} | {one['cases']} | {one['troubled']} |"
            for name, one in card["data"].items()
        ),
        "",
        "## 質 Quality, on decisions newer than all it learned from",
        "",
        f"- AUC {card['auc']} (95 %: {card['auc_95'][0]} to {card['auc_95'][1]}); Brier {card['brier']}",
        f"- 較正の誤差 calibration error {card['calibration_error']}",
        f"- 先頭の2割で見つかる割合 found in the first fifth: {card['found_first']}; "
        f"期限順では by deadline: {card['found_first_by_deadline']}",
        "",
        "| said | real | cases |",
        "| --- | --- | --- |",
        *(f"| {one['said']} | {one['real']} | {one['cases']} |" for one in card["calibration_curve"]),
        "",
        "## 群ごとの誤差 By group (fewer than 30 are told by their number alone)",
        "",
        "| | | cases | said | real |",
        "| --- | --- | --- | --- | --- |",
    ]
    for group, found in card["groups"].items():
        lines += [
            f"| {group} | {name} | {one['cases']} | {one.get('said', '–')} | {one.get('real', '–')} |"
            for name, one in found.items()
        ]
    lines += ["", "## 重み Weights of the standardised features", ""]
    lines += [f"- {word_of(name, 'ja')} / {word_of(name, 'en')}: {weight}" for name, weight in card["weights"].items()]
    return "\n".join([*lines, ""])
