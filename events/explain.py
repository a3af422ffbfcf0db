"""Why an event is one, in one paragraph: the change, the file it came in, the rule that decided."""

import json
from collections.abc import Mapping
from typing import Any

from events.detectors import load_detectors
from events.rules import RULES

#: what decides besides the seven rules: reason → (ja, en)
REASONS: Mapping[str, tuple[str, str]] = {
    "unnamed": ("お子さんの名前がまだ登録されていない", "the child's name is not registered yet"),
    "death_in_window": ("同じ週に本人の死亡が記録された", "a death of the same person was recorded that week"),
    "death_cancelled": (
        "止めるもとになった死亡の記録が取り消された",
        "the death that had stopped it was cancelled",
    ),
    "no_birth": ("出産予定日を過ぎても出生が記録されない", "no birth was recorded after the expected date"),
    "released": ("保留のあと職員が確認して解除した", "held for its number, then released by an operator"),
    "volume": ("同じ種類の件数が見込みを大きく超えた", "there were far more of its kind than expected"),
}
_STATES: Mapping[str, str] = {
    "settled": "確定",
    "waiting": "待機",
    "void": "取消し",
    "held": "保留",
    "staff": "職員確認",
    "suppressed": "停止",
    "noted": "記録のみ",
}


def paragraph(row: Mapping[str, Any], lang: str) -> str:
    """The explanation of one row of `events.events` with its newest `state` and `reason`; lang is `ja` or `en`."""
    detector = load_detectors()[row["code"]]
    on, found, state = row["occurred_on"], row["detected_on"], row["state"]
    shown = "; ".join(_changed(entry) for entry in json.loads(row["evidence"]))
    if lang == "en":
        head = f"{detector.en} ({row['code']}) on {on or 'an unknown date'}, found on {found}, state {state}."
        why = f" Decided by: {because(row['reason'], lang)}." if row["reason"] else ""
        return f"{head} {shown}.{why} Source: {detector.source}."
    head = f"{detector.ja}（{row['code']}）。起きた日は{on or '不詳'}、見つけた夜は{found}、状態は「{_STATES.get(state, state)}」です。"
    why = f"判断の理由：{because(row['reason'], lang)}。" if row["reason"] else ""
    return f"{head}{shown}。{why}根拠：{detector.source}"


def because(reason: str, lang: str) -> str:
    """A state's reason code in words."""
    rule = next((rule for rule in RULES if reason.startswith(f"{rule.code}_")), None)
    if rule is not None:
        return rule.en if lang == "en" else rule.ja
    ja, en = REASONS.get(reason, (reason, reason))
    return en if lang == "en" else ja


def _changed(entry: Mapping[str, Any]) -> str:
    file_date = f" ({entry['file_date']})" if entry["file_date"] else ""
    return f"{entry['ja']}: {_plain(entry['before'])} → {_plain(entry['after'])}{file_date}"


def _plain(value: object) -> str:
    return "–" if value is None or value == "" else str(value)
