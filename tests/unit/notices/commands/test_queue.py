import json

import polars as pl
import pytest

from engine.core.errors import InputError
from engine.core.settings import Letters
from notices.commands.queue import lacking_signs
from notices.wording.press import press_of
from tests.support.morning import MORNING, set_up_morning
from tests.unit.notices.commands.conftest import Run


def test_the_nearest_deadline_comes_first(run: Run) -> None:
    set_up_morning()
    done = run("notices", "list", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert len(rows) == len(MORNING)
    due = [row["due_on"] for row in rows if row["due_on"]]
    assert due == sorted(due)
    first = next(row for row in rows if row["due_on"] == "2026-11-27")
    assert first["items"] == ["child_allowance", "child_medical_subsidy", "infant_health_checks"]


def test_notices_are_listed_by_state(run: Run) -> None:
    notices = set_up_morning()
    notices[0].state = "withdrawn"
    notices[0].save()
    rows = [json.loads(line) for line in run("notices", "list", "--state", "withdrawn", "--json").stdout.splitlines()]
    assert [row["id"] for row in rows] == [notices[0].number]


def test_a_state_there_is_not_is_said(run: Run) -> None:
    done = run("notices", "list", "--state", "lost")
    assert isinstance(done.exception, InputError)
    assert "prepared" in str(done.exception)


def test_one_notice_reads_as_its_addressee_will_read_it_without_their_name(run: Run) -> None:
    notice = set_up_morning()[0]
    done = run("notices", "show", notice.number)
    assert "児童手当" in done.stdout
    assert "試験" not in done.stdout
    shown = json.loads(run("notices", "show", notice.number, "--json").stdout)
    assert (shown["id"], shown["state"], shown["event"]) == (notice.number, "prepared", "E01")


def test_a_number_there_is_not_is_said(run: Run) -> None:
    done = run("notices", "show", "N-0000-000000")
    assert isinstance(done.exception, InputError)
    assert "notices list" in str(done.exception)


def test_a_site_that_prints_nothing_has_no_characters_to_report(run: Run) -> None:
    set_up_morning()
    done = run("notices", "characters", "--json")
    assert (done.exit_code, done.stdout) == (0, "")


@pytest.mark.browser  # the CJK fonts come with Chromium in .ci/run
def test_signs_of_the_register_that_no_letter_can_print_are_told_with_their_code_points() -> None:
    used = pl.DataFrame({"sign": ["辻", "\ue001", "辻\U000e01ef"], "people": [9, 1, 2]})
    assert list(lacking_signs(used, press_of(Letters()))) == [
        {"sign": "\ue001", "what": "U+E001", "people": 1},
        {"sign": "辻\U000e01ef", "what": "U+8FBB U+E01EF", "people": 2},
    ]
