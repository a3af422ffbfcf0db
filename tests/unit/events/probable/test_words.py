from datetime import date
from typing import Any

import pytest

from events.probable.words import paragraph, spoken

ROW: dict[str, Any] = {
    "code": "job_loss",
    "probability": 0.423,
    "night": date(2026, 11, 20),
    "seen_on": date(2026, 11, 13),
    "spoke": [["pension_first_kind", 1.0], ["late_weeks", 2.571]],
    "chosen": True,
}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        pytest.param(
            "ja", ["42 %", "同じころ国民年金が第1号に変わった", "週数 = 2.57", "事実ではありません"], id="Japanese"
        ),
        pytest.param("en", ["42 %", "the pension changed to the first category", "= 2.57", "not a fact"], id="English"),
    ],
)
def test_a_signal_says_how_likely_why_and_what_it_is_not(lang: str, said: list[str]) -> None:
    told = paragraph(ROW, lang)
    assert [part for part in said if part not in told] == []


def test_one_that_is_below_the_offices_room_says_so() -> None:
    assert "Not given to staff" in paragraph(ROW | {"chosen": False}, "en")
    assert "回していません" in paragraph(ROW | {"chosen": False}, "ja")


def test_features_are_told_without_a_number_where_they_are_yes_or_no() -> None:
    assert spoken("job_loss", [("head", 1.0), ("others_joined", 2.0)], "en") == [
        "head of the household",
        "family members who joined on the same day = 2",
    ]
