"""The runner of a night: order, marks, resuming, what comes in late, halts, and the ledger's row. On a real DuckDB."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engine.core.clock import TOKYO, FixedClock
from engine.core.errors import Busy, InputError, SafetyStop
from engine.night import JOB, Night, Stage, Summary, deep_add, run_night
from engine.warehouse.duck import Warehouse, open_warehouse
from tests.support.ledger import MemoryLedger
from tests.support.small_site import CODE, small_settings

ON = date(2026, 11, 10)
KEY = (JOB, CODE, ON)
CLOCK = FixedClock(datetime(2026, 11, 11, 2, 0, tzinfo=TOKYO))


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a small stage reports."""

    part: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = False

    def summary(self) -> Mapping[str, Any]:
        return self.part


@dataclass
class Steps:
    """Small stages that write their name to a table and remember in which order they ran."""

    ran: list[str] = field(default_factory=list)
    fresh: bool = False

    def stage(self, name: str, *, always: bool = False, part: Mapping[str, Any] | None = None) -> Stage:
        def run(night: Night) -> Done:
            self.ran.append(name)
            row = pl.DataFrame({"municipality_code": [CODE], "night": [night.on], "name": [name]})
            night.warehouse.define(
                f"CREATE TABLE IF NOT EXISTS {name} (municipality_code VARCHAR, night DATE, name VARCHAR)"
            )
            night.warehouse.replace(f"main.{name}", CODE, night.on, row)
            return Done(part=part or {}, fresh=always and self.fresh)

        return Stage(name=name, run=run, always=always)

    def night(self) -> tuple[Stage, ...]:
        return (
            self.stage("load", always=True, part={"rows": {"loaded": 3}, "feeds": {"accepted": ["a"]}}),
            self.stage("safety", always=True),
            self.stage("derive", part={"changes": {"changed": 2}, "tasks": {"verify": 1}}),
            self.stage("prepare", part={"notices": {"prepared": 1}, "tasks": {"verify": 2, "unnamed": 1}}),
        )


def failing(name: str, error: Exception) -> Stage:
    def run(night: Night) -> Done:
        raise error

    return Stage(name=name, run=run)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(tmp_path / "records.duckdb", memory_limit_mb=256, scratch=tmp_path / "scratch") as opened:
        yield opened


@pytest.fixture
def night(warehouse: Warehouse, tmp_path: Path) -> Night:
    return night_of(ON, warehouse, tmp_path)


def night_of(on: date, warehouse: Warehouse, folder: Path) -> Night:
    return Night(on=on, municipality=CODE, warehouse=warehouse, settings=small_settings(folder), clock=CLOCK)


def test_stages_run_in_order_and_their_reports_are_added_up(night: Night) -> None:
    steps, ledger = Steps(), MemoryLedger()
    found = run_night(steps.night(), night, ledger)
    assert steps.ran == ["load", "safety", "derive", "prepare"]
    assert found.parts["tasks"] == {"verify": 3, "unnamed": 1}
    assert (found.resumed, found.halted) == (False, None)
    assert list(found.seconds) == steps.ran
    assert found.as_json()["matches"] == {"eligible": 0, "possible": 0, "ineligible": 0}
    assert ledger.states[KEY] == "done"
    assert ledger.summaries[KEY] == found.as_json()
    assert [(one["stage"], one["done"], one["of"]) for one in ledger.done] == [
        (name, place, 4) for place, name in enumerate(steps.ran)
    ]


def test_a_repeated_night_runs_only_what_always_runs_and_tells_the_same(night: Night) -> None:
    steps, ledger = Steps(), MemoryLedger()
    first = run_night(steps.night(), night, ledger)
    second = run_night(steps.night(), night, ledger)
    assert steps.ran[4:] == ["load", "safety"]
    assert (second.resumed, second.parts) == (True, first.parts)


def test_a_done_night_that_is_not_to_run_again_is_only_told(night: Night) -> None:
    steps, ledger = Steps(), MemoryLedger()
    first = run_night(steps.night(), night, ledger)
    second = run_night(steps.night(), night, ledger, again=False)
    assert len(steps.ran) == 4
    assert (second.resumed, second.parts) == (True, first.parts)


def test_what_comes_in_late_makes_the_later_stages_run_again(night: Night) -> None:
    steps, ledger = Steps(), MemoryLedger()
    run_night(steps.night(), night, ledger)
    steps.fresh = True
    found = run_night(steps.night(), night, ledger)
    assert steps.ran[4:] == ["load", "safety", "derive", "prepare"]
    assert found.parts["tasks"] == {"verify": 3, "unnamed": 1}


def test_after_a_failure_it_goes_on_where_it_stopped(night: Night) -> None:
    steps, ledger = Steps(), MemoryLedger()
    load, safety, derive, prepare = steps.night()
    with pytest.raises(InputError, match="broken"):
        run_night((load, safety, derive, failing("prepare", InputError("broken"))), night, ledger)
    assert ledger.states[KEY] == "failed"
    found = run_night((load, safety, derive, prepare), night, ledger)
    assert steps.ran == ["load", "safety", "derive", "load", "safety", "prepare"]
    assert found.resumed
    assert ledger.states[KEY] == "done"


def test_a_safety_stop_halts_in_one_line_and_nothing_after_it_runs(night: Night) -> None:
    steps, ledger = Steps(), MemoryLedger()
    load, _, derive, prepare = steps.night()
    found = run_night(
        (load, failing("safety", SafetyStop("no feed\nof support measures")), derive, prepare), night, ledger
    )
    assert found.halted == "no feed of support measures"
    assert found.as_json()["rows"] == {"loaded": 3}
    assert steps.ran == ["load"]
    assert ledger.states[KEY] == "halted"
    assert ledger.summaries[KEY]["halted"] == found.halted


def test_a_safety_stop_on_a_repeated_night_makes_everything_after_it_run_again(night: Night) -> None:
    """What was derived while the facts were good may not be trusted once they were not."""
    steps, ledger = Steps(), MemoryLedger()
    load, safety, derive, prepare = steps.night()
    run_night((load, safety, derive, prepare), night, ledger)
    run_night(
        (load, Stage(name="safety", run=failing("safety", SafetyStop("stale")).run, always=True), derive, prepare),
        night,
        ledger,
    )
    run_night((load, safety, derive, prepare), night, ledger)
    assert steps.ran[-4:] == ["load", "safety", "derive", "prepare"]


def test_a_night_another_process_holds_is_refused(night: Night) -> None:
    with pytest.raises(Busy, match=f"the night of {ON} is already running"):
        run_night(Steps().night(), night, MemoryLedger(held={ON}))


@pytest.mark.parametrize(
    ("done", "asked", "allowed"),
    [
        pytest.param([9], 10, True, id="the next one"),
        pytest.param([2], 10, True, id="after a gap of missed nights"),
        pytest.param([10, 11], 10, True, id="an older one that was done"),
        pytest.param([11], 10, False, id="an older one that never was"),
        pytest.param([11], 11, True, id="the newest once more"),
    ],
)
def test_nights_run_in_order(done: list[int], asked: int, allowed: bool, warehouse: Warehouse, tmp_path: Path) -> None:
    ledger = MemoryLedger()
    for day in done:
        ledger.finish(JOB, CODE, date(2026, 11, day), outcome="done", summary={})
    night = night_of(date(2026, 11, asked), warehouse, tmp_path)
    if allowed:
        assert run_night(Steps().night(), night, ledger).halted is None
        return
    with pytest.raises(InputError, match=r"2026-11-10 cannot run.*2026-11-11 is done"):
        run_night(Steps().night(), night, ledger)
    assert (JOB, CODE, date(2026, 11, asked)) not in ledger.states


def test_an_error_nobody_foresaw_ends_the_ledgers_row_too(night: Night) -> None:
    ledger = MemoryLedger()
    with pytest.raises(ZeroDivisionError):
        run_night((failing("load", ZeroDivisionError()),), night, ledger)
    assert ledger.states[KEY] == "failed"


def test_progress_is_told_before_and_after_each_stage(night: Night) -> None:
    told: list[tuple[str, int, int]] = []
    run_night(Steps().night()[:2], night, MemoryLedger(), progress=lambda *now: told.append(now))
    assert told == [("load", 0, 2), ("load", 1, 2), ("safety", 1, 2), ("safety", 2, 2)]


@pytest.mark.parametrize(
    ("total", "part", "expected"),
    [
        pytest.param({}, {"n": 1}, {"n": 1}, id="first"),
        pytest.param({"n": 1}, {"n": 2.5}, {"n": 3.5}, id="numbers are added"),
        pytest.param({"a": {"n": 1}}, {"a": {"n": 1, "m": 2}}, {"a": {"n": 2, "m": 2}}, id="mappings key by key"),
        pytest.param({"l": [1]}, {"l": (2,)}, {"l": [1, 2]}, id="lists are joined"),
        pytest.param({"b": True}, {"b": True}, {"b": True}, id="a truth is no number"),
        pytest.param({"s": "a"}, {"s": None}, {"s": None}, id="all else is replaced"),
    ],
)
def test_deep_add(total: dict[str, Any], part: Mapping[str, Any], expected: dict[str, Any]) -> None:
    deep_add(total, part)
    assert total == expected


def test_adding_up_leaves_a_stages_own_report_alone() -> None:
    part = {"a": {"n": 1}}
    total: dict[str, Any] = {}
    deep_add(total, part)
    deep_add(total, part)
    assert (total, part) == ({"a": {"n": 2}}, {"a": {"n": 1}})


#: a late file is loaded (fresh), then the process dies: inside the loading stage, or in the one after it
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.unit.engine.test_night import Steps, night_of, ON
from engine.night import Stage, run_night
from engine.warehouse.duck import open_warehouse
from tests.support.ledger import MemoryLedger

folder, place = Path(sys.argv[1]), sys.argv[2]
steps = Steps(fresh=True)

def dies(stage):
    def run(night):
        stage.run(night)
        os.kill(os.getpid(), signal.SIGKILL)
    return Stage(name=stage.name, run=run, always=stage.always)

with open_warehouse(folder / "records.duckdb", memory_limit_mb=256, scratch=folder / "scratch") as warehouse:
    stages = [dies(stage) if stage.name == place else stage for stage in steps.night()]
    run_night(stages, night_of(ON, warehouse, folder), MemoryLedger())
"""


@pytest.mark.parametrize("first", [pytest.param(True, id="first run"), pytest.param(False, id="late file")])
@pytest.mark.parametrize("place", ["load", "safety", "derive", "prepare"])
def test_killed_inside_a_stage_everything_after_it_runs_again(place: str, first: bool, tmp_path: Path) -> None:
    """Even when the next run of the loading stage finds nothing new any more."""

    def again() -> tuple[list[str], Summary]:
        steps = Steps()
        with open_warehouse(
            tmp_path / "records.duckdb", memory_limit_mb=256, scratch=tmp_path / "scratch"
        ) as warehouse:
            return steps.ran, run_night(steps.night(), night_of(ON, warehouse, tmp_path), MemoryLedger())

    expected = None if first else again()[1].parts
    root = Path(__file__).resolve().parents[3]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), place], cwd=root, check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]
    ran, found = again()
    names = ["load", "safety", "derive", "prepare"]
    assert ran == [
        *[name for name in ("load", "safety") if names.index(name) < names.index(place)],
        *names[names.index(place) :],
    ]
    assert expected is None or found.parts == expected
