import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from engine.core.console import Front
from engine.core.errors import InputError
from engine.records.snapshot import publish_snapshot
from events.commands import app
from tests.support.eventful import BASELINE, FIRST, SECOND, THIRD, Register, birth

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    register = Register(tmp_path)
    birth(register, FIRST, FIRST, who="a")
    register.run(BASELINE, FIRST)
    register.row("a", SECOND, "CANCEL_MINUS", status="DELETED")
    register.run(SECOND)
    publish_snapshot(register.night(SECOND))
    front = Front(None)
    front.__dict__["settings"] = register.settings
    return lambda *arguments: CliRunner().invoke(app, list(arguments), obj=front)


def listed(run: Run, on: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("list", "--date", on, "--json").stdout.splitlines()]


def test_a_night_lists_what_it_found_with_what_became_of_it(run: Run) -> None:
    (event,) = listed(run, FIRST.isoformat())
    assert (event["type"], event["subject_id"], event["status"], event["reason"]) == (
        "E01",
        "a",
        "void",
        "R2_cancelled",
    )
    assert listed(run, THIRD.isoformat()) == []


def test_an_event_is_explained_in_either_language(run: Run) -> None:
    (event,) = listed(run, FIRST.isoformat())
    assert "出生（E01）" in run("explain", str(event["id"])).stdout
    assert "Birth (E01)" in run("explain", str(event["id"]), "--lang", "en").stdout
    told = json.loads(run("explain", str(event["id"]), "--json").stdout)
    assert {entry["column"] for entry in told["evidence"]} >= {"move_reason", "birth_date"}


def test_an_entry_that_is_no_event_is_explained(run: Run) -> None:
    said = run("explain", "--person", "a", "--date", SECOND.isoformat(), "--lang", "en").stdout
    assert "Entry cancelled or corrected (E52)" in said
    assert "Birth (E01)" in run("explain", "--person", "a", "--date", FIRST.isoformat(), "--lang", "en").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain",), "name an event, or --person"),
        (("explain", "--person", "a", "--date", "2026-11-20"), "no entry about this person"),
        (("explain", "nothing"), "there is no event nothing"),
        (("explain", "x", "--lang", "fr"), "use ja or en"),
        (("list", "--date", "yesterday"), "YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_answered_is_said(arguments: tuple[str, ...], said: str, run: Run) -> None:
    done = run(*arguments)
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)
