import json
from pathlib import Path

import pytest
from pytest_django import Settings as DjangoSettings

from engine.core.errors import Busy
from notices.approval.ledger import DjangoJobLedger
from notices.approval.models import JobRun
from notices.site import installed
from tests.support.approvals import CITY
from tests.support.office_habits import OFFICE, draw, work
from tests.unit.notices.commands.conftest import Run


@pytest.fixture(autouse=True)
def models_of_this_test(tmp_path: Path, settings: DjangoSettings) -> None:
    paths = installed().paths.model_copy(update={"models": tmp_path / "models"})
    settings.TODOKE = installed().model_copy(update={"paths": paths})


def test_what_was_learned_stands_in_the_ledger_with_why_not(run: Run) -> None:
    work(list(draw(60, nights=30, seed=1)))
    done = run("notices", "learn", "--json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)["offices"][OFFICE]
    assert (said["in_use"], said["decisions"]) == (False, 60)
    row = JobRun.objects.get(job="learn")
    assert (row.state, row.summary["offices"][OFFICE]["why"]["en"]) == ("done", said["why"]["en"])
    assert "not used: 60 decisions so far" in run("notices", "learn").stdout


def test_two_do_not_learn_at_once(run: Run) -> None:
    clock = installed().clock()
    DjangoJobLedger(clock, holder="elsewhere:1:x").start("learn", CITY, clock.now().date())
    assert isinstance(run("notices", "learn").exception, Busy)
