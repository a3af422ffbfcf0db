"""Why a row of the resident register is no event: the rule that says so, in one paragraph."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.records.contract import load_contracts
from events.detectors import Detector, load_detectors
from events.rules import RULES
from events.takebacks import CANCELS, CORRECTS

_RULES = {rule.code: rule for rule in RULES}


def why_not(row: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]], lang: str) -> str:
    """The paragraph for one row of `history.residents` that brought its person no event; lang is `ja` or `en`.

    `earlier`: the person's events of other nights, as rows of `events.events` with `code`, `night` and `occurred_on`.
    """
    reason = row["move_reason"]
    spoken = load_contracts()["residents"].columns["move_reason"].codes.get(reason, reason)
    rule, more = _decided(row, earlier)
    said = _RULES[rule]
    if lang == "en":
        extra = f" Looked at by: {', '.join(f'{one.en} ({one.code})' for one in more)}." if more else ""
        return f"The entry {reason} of {row['night']} is no event: {said.en} ({rule}).{extra} Source: {said.source}."
    extra = f"見た出来事：{'、'.join(f'{one.ja}（{one.code}）' for one in more)}。" if more else ""
    return f"{row['night']}の異動「{spoken}」は出来事ではありません。{said.ja}（{rule}）。{extra}根拠：{said.source}"


def _decided(row: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> tuple[str, list[Detector]]:
    """The rule, and the events that look at entries like this one."""
    reason = row["move_reason"]
    looked = [
        one
        for _, one in sorted(load_detectors().items())
        if one.table == "residents" and reason in one.reasons and one.event_class != "control"
    ]
    if reason in CANCELS or reason in CORRECTS:
        return "R2", []
    if not looked:
        return "R3", []
    codes = {one.code for one in looked}
    known = any(one["code"] in codes and one["occurred_on"] == row["effective_date"] for one in earlier)
    return ("R7" if known else "R1"), looked
