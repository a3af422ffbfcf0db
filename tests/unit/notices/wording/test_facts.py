from datetime import date
from typing import Any

import pytest

from engine.core.errors import WordingError
from notices.wording.facts import date_slot, fact_slots, read_facts
from notices.wording.language import read_language
from tests.support.wordings import OFFICES, child_allowance

NAME = {"name": {"ja": "制度", "en": "Programme"}, "office": "insurance"}


def _slot(code: str, name: str, facts: dict[str, Any]) -> str | None:
    slot = fact_slots(read_facts(NAME | facts), read_language(code), OFFICES["insurance"])[name]
    return slot.text if slot else None


@pytest.mark.parametrize(
    ("code", "amount", "text"),
    [
        pytest.param("ja", {"type": "yen", "value": 30000}, "30,000円", id="yen"),
        pytest.param("en", {"type": "yen", "value": 30000}, "30,000 yen", id="yen in English"),
        pytest.param("ja", {"type": "yen_per_month", "value": 15000}, "月15,000円", id="a month"),
        pytest.param("en", {"type": "yen_per_month", "value": 15000}, "15,000 yen a month", id="a month in English"),
        pytest.param("ja", {"type": "yen_per_month", "value": 15000, "label_ja": "1人に月…"}, "1人に月15,000円", id="month in label"),
        pytest.param("ja", {"type": "yen_per_month", "value": 15000, "label_ja": "1人に…"}, "1人に月15,000円", id="month added"),
        pytest.param("ja", {"type": "yen", "value": 30000, "label_ja": "葬祭費"}, "葬祭費　30,000円", id="label before"),
        pytest.param("en", {"type": "yen", "value": 30000, "label_en": "Grant"}, "Grant: 30,000 yen", id="label in English"),
        pytest.param("ja", {"type": "text", "label_ja": "所得によります"}, "所得によります", id="words"),
        pytest.param("ja", [], None, id="none"),
        pytest.param("ja", None, None, id="null"),
    ],
)  # fmt: skip
def test_amounts_carry_their_own_label(code: str, amount: Any, text: str | None) -> None:
    assert _slot(code, "amount", {"amount": amount}) == text


@pytest.mark.parametrize(
    ("code", "on", "text"),
    [
        pytest.param("ja", date(2026, 12, 8), "12月8日（火）", id="same year"),
        pytest.param("ja", date(2027, 1, 4), "2027年1月4日（月）", id="next year"),
        pytest.param("en", date(2026, 12, 8), "Tuesday, 8 December 2026", id="English"),
    ],
)
def test_dates_carry_their_weekday(code: str, on: date, text: str) -> None:
    assert date_slot(on, read_language(code), since=date(2026, 11, 20)).text == text


def test_the_short_form_of_how_is_its_first_sentence() -> None:
    how = {"how_to_apply": {"ja": "待ってください。届いたら見てください。", "en": "Wait. Then read."}}
    assert _slot("ja", "how_short", how) == "待ってください。"
    assert _slot("en", "how_short", how) == "Wait."


def test_a_fact_that_is_missing_is_no_slot() -> None:
    assert _slot("ja", "deadline", {}) is None
    assert _slot("ja", "documents", {"documents": []}) is None


def test_facts_that_cannot_be_read_are_named_without_their_value() -> None:
    with pytest.raises(WordingError, match=r"deadline\.value") as refused:
        read_facts(NAME | {"deadline": {"type": "date", "value": "private"}})
    assert "private" not in str(refused.value)


def test_the_seams_example_reads() -> None:
    assert read_facts(child_allowance().facts).ask[0].id == "public_servant"
