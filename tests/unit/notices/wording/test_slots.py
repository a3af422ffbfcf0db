import pytest

from engine.core.errors import WordingError
from notices.wording.facts import Slot
from notices.wording.slots import fill, sections_for, slots_in


def test_filling_keeps_figures_in_reading_order() -> None:
    filled = fill("{b}と{a}", {"a": Slot(text="1", figures=("number:1",)), "b": Slot(text="2", figures=("number:2",))})
    assert (filled.text, filled.figures) == ("2と1", ("number:2", "number:1"))


def test_a_line_without_its_fact_is_left_out() -> None:
    assert fill("はじめ\n{a}です", {"a": None}).text == "はじめ"


def test_a_slot_nobody_knows_is_refused() -> None:
    with pytest.raises(WordingError, match="resident"):
        fill("{resident}", {})


def test_an_opening_and_a_block_have_their_own_sections() -> None:
    assert "title" in sections_for("")
    assert "by_when" in sections_for("child_allowance")
    assert slots_in("{a}{b}") == ("a", "b")
