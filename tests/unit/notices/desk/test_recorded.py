from typing import Any

import pytest

from notices.approval.models import Item
from notices.desk.catalogue import Phrases
from notices.desk.recorded import changes_behind


@pytest.mark.parametrize(
    ("entry", "column", "before", "after"),
    [
        pytest.param(
            {"table": "residents", "column": "status", "ja": "住民状態", "before": "RESIDENT", "after": "DEAD", "file_date": "2026-11-20"},
            "住民状態", "住民", "死亡", id="codes in their own words",
        ),
        pytest.param(
            {"table": "residents", "column": "birth_date", "before": None, "after": "2026-11-18", "date": "2026-11-20"},
            "生年月日", "—", "2026-11-18", id="nothing before",
        ),
        pytest.param(
            {"table": "somewhere", "column": "flag", "before": False, "after": True, "file_date": None},
            "flag", "いいえ", "はい", id="a table nobody described",
        ),
    ],
)  # fmt: skip
def test_a_change_is_said_in_the_words_of_the_records(
    entry: dict[str, Any], column: str, before: str, after: str
) -> None:
    found = changes_behind([Item(evidence=[entry]), Item(evidence=[entry])], Phrases("ja"))
    assert [(one.column, one.before, one.after) for one in found] == [(column, before, after)]
