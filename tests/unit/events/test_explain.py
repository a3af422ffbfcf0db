"""One paragraph a clerk can read out: what happened, what changed in which file, which rule decided."""

import json
from datetime import date
from typing import Any

import pytest

from events.explain import REASONS, because, paragraph
from events.rules import RULES


def row(**more: Any) -> dict[str, Any]:
    shown = [
        {
            "table": "residents",
            "column": "addr_line",
            "ja": "住所_町字番地",
            "before": None,
            "after": "9-9",
            "file_date": "2026-11-20",
        }
    ]
    said = {"code": "E09", "occurred_on": date(2026, 11, 18), "detected_on": date(2026, 11, 20), "state": "settled"}
    return said | {"reason": "", "evidence": json.dumps(shown)} | more


def test_it_says_what_when_and_from_which_file() -> None:
    assert paragraph(row(), "ja") == (
        "転居（E09）。起きた日は2026-11-18、見つけた夜は2026-11-20、状態は「確定」です。"
        "住所_町字番地: – → 9-9 (2026-11-20)。根拠：events.md E09"
    )
    english = paragraph(row(), "en")
    assert english.startswith("Move within the city (E09) on 2026-11-18, found on 2026-11-20, state settled.")
    assert english.endswith("Source: events.md E09.")


def test_an_unknown_date_is_said() -> None:
    assert "起きた日は不詳" in paragraph(row(occurred_on=None), "ja")
    assert "on an unknown date" in paragraph(row(occurred_on=None), "en")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_rule_that_decided_is_said_in_words(lang: str) -> None:
    late = next(rule for rule in RULES if rule.code == "R5")
    said = paragraph(row(state="staff", reason="R5_backdated"), lang)
    assert (late.ja if lang == "ja" else late.en) in said
    assert "R5_" not in said


@pytest.mark.parametrize("reason", REASONS)
def test_every_other_reason_has_words_in_both_languages(reason: str) -> None:
    assert because(reason, "ja") != because(reason, "en")
    assert reason not in {because(reason, "ja"), because(reason, "en")}
