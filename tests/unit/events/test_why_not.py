from datetime import date
from typing import Any

import pytest

from events.why_not import why_not

NIGHT = date(2026, 11, 20)
MOVED = {"code": "E09", "night": date(2026, 11, 10), "occurred_on": date(2026, 11, 8)}


@pytest.mark.parametrize(
    ("reason", "earlier", "rule"),
    [
        pytest.param("MINOR_FIX", [], "R3", id="renumbered"),
        pytest.param("EX_OFFICIO_ENTRY", [], "R3", id="entered ex officio"),
        pytest.param("HEAD_CHANGE", [], "R3", id="a new head is a control event"),
        pytest.param("TYPO_FIX", [], "R2", id="corrected"),
        pytest.param("CANCEL_FIX", [], "R2", id="cancelled"),
        pytest.param("MOVE_WITHIN", [], "R1", id="nothing moved"),
        pytest.param("MOVE_WITHIN", [MOVED], "R7", id="entered before"),
        pytest.param("MOVE_WITHIN", [MOVED | {"occurred_on": date(2026, 1, 1)}], "R1", id="another move before"),
    ],
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_rule_that_says_why_a_row_is_no_event(
    reason: str, earlier: list[dict[str, Any]], rule: str, lang: str
) -> None:
    row = {"move_reason": reason, "night": NIGHT, "effective_date": date(2026, 11, 8)}
    said = why_not(row, earlier, lang)
    assert f"({rule})" in said or f"（{rule}）" in said
    assert ("は出来事ではありません" in said) == (lang == "ja")


def test_the_events_that_looked_are_named() -> None:
    row = {"move_reason": "MOVE_WITHIN", "night": NIGHT, "effective_date": NIGHT}
    assert "Move within the city (E09)" in why_not(row, [], "en")
    assert "転居（E09）" in why_not(row, [], "ja")
