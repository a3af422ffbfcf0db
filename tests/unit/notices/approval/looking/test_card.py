from datetime import date, timedelta

import numpy as np
import pytest

from notices.approval.looking.card import found_first, word_of
from notices.approval.looking.cases import Case

NIGHT = date(2026, 11, 20)


def case(at: int, troubled: bool, night: date = NIGHT) -> Case:
    return Case(
        notice_id=at, night=night, due_order=night, event="E01", language="ja", troubled=troubled, decided_on=None, said=None, values={}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("order", "found"),
    [
        pytest.param([9, 8, 0, 0, 0, 0, 0, 0, 0, 0], 1.0, id="both first"),
        pytest.param([9, 0, 8, 0, 0, 0, 0, 0, 0, 0], 0.5, id="one first"),
        pytest.param([0, 0, 9, 8, 0, 0, 0, 0, 0, 0], 0.0, id="none first"),
    ],
)
def test_the_first_fifth_of_a_queue_is_what_is_looked_at(order: list[float], found: float) -> None:
    cases = [case(at, at < 2) for at in range(10)]
    assert found_first(cases, order, np.array([one.troubled for one in cases])) == found


def test_each_night_is_a_queue_of_its_own() -> None:
    """The highest of a quiet night stands first there, however high other nights are."""
    nights = [NIGHT, NIGHT + timedelta(days=1)]
    cases = [case(at, at % 5 == 0, nights[at // 5]) for at in range(10)]
    order = [9.0, 8, 7, 6, 5, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert found_first(cases, order, np.array([one.troubled for one in cases])) == 1


def test_a_feature_is_said_in_words_and_a_kind_with_its_code() -> None:
    assert word_of("unknown", "ja") == "不明の条件"
    assert word_of("event:E01", "en") == "event E01"
