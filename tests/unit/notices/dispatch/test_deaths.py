"""Dispatchers killed with SIGKILL at every boundary, and three at the same time, on a real queue store."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.dispatch_deaths import CROWD_NOTICES, NOTICES
from tests.support.program import in_program

WORK = "tests.support.dispatch_deaths"


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = in_program(WORK, tmp_path_factory.mktemp("deaths"), "deaths")
    return found


def test_dispatchers_died_at_every_place(deaths: list[dict[str, Any]]) -> None:
    assert [one["killed"] for one in deaths[:-1]] == [-9] * (len(deaths) - 1)
    assert deaths[-1]["killed"] == 0, "the last clock lives to the end of the run"
    assert len(deaths) > 4 + 4 * NOTICES


def test_after_any_death_each_notice_is_out_exactly_once(deaths: list[dict[str, Any]]) -> None:
    numbers = [f"N-2026-{4200 + number:06d}" for number in range(1, 1 + NOTICES)]
    files = sorted(f"{number}.{ending}" for number in numbers for ending in ("html", "json"))
    for one in deaths:
        assert one["rerun"] == [0, 0], one["place"]
        assert one["files"] == files, one["place"]
        assert one["states"] == ["accepted"] * NOTICES, one["place"]
        assert one["faults"] == [], one["place"]
        assert one["audit"], one["place"]


def test_three_dispatchers_at_the_same_time_never_double(tmp_path: Path) -> None:
    found = in_program(WORK, tmp_path, "crowd")
    assert found["ended"] == [0, 0, 0]
    assert len(found["calls"]) == len(set(found["calls"])) == CROWD_NOTICES
    assert (found["files"], found["attempts"]) == (CROWD_NOTICES, CROWD_NOTICES)
    assert found["states"] == ["accepted"]
    assert found["faults"] == []
    assert found["audit"]
