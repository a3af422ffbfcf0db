from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import InputError
from events.detectors import COLUMNS, read_detector
from events.scaffold import scaffold
from tests.support.eventful import FIRST, Register

NEW: dict[str, Any] = {"code": "E77", "name": "first_vote", "table": "voters", "ja": "初めての選挙", "en": "First vote"}


@pytest.mark.parametrize("table", ["voters", "residents", "nhi"])
def test_a_new_event_is_a_detector_that_runs_and_a_table_to_fill_in(table: str, tmp_path: Path) -> None:
    detector, test = scaffold(tmp_path, **(NEW | {"table": table}))
    found = read_detector(detector)
    assert (found.code, found.event_class, found.table) == ("E77", "staff-only", table)
    night = Register(tmp_path / "register").night(FIRST)
    rows = night.warehouse.query(found.query, municipality=night.municipality, night=FIRST)
    assert tuple(rows.columns) == COLUMNS
    compile(test.read_text(encoding="utf-8"), str(test), "exec")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"code": "E01"}, "E01 is taken by birth"),
        ({"code": "77"}, "a code is E and two digits"),
        ({"name": "First Vote"}, "a name lower case"),
        ({"table": "people"}, "there is no table people"),
    ],
)
def test_what_cannot_be_a_new_event_is_refused(facts: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        scaffold(tmp_path, **(NEW | facts))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    scaffold(tmp_path, **NEW)
    with pytest.raises(InputError, match="is there already"):
        scaffold(tmp_path, **NEW)
