"""A new programme reaches everybody it lets in without an event: published, counted, released 50 a day, told once by the nights."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import notices.commands
from eligibility import catalogue
from eligibility.commands import programmes_app
from eligibility.match import match_programmes
from eligibility.programme import read_programme
from engine.core.clock import FixedClock
from engine.core.console import Front
from engine.night import Night, Stage, Summary, run_night
from engine.records.snapshot import publish_snapshot
from notices.approval.ledger import DjangoJobLedger
from notices.approval.models import Item, Notice, StaffTask
from notices.approval.prepare import prepare_notices
from notices.approval.sweeps import release_sweeps
from notices.recipients.publish import publish_safety
from notices.wording import drafting, library
from notices.wording.draft import TemplateDrafter
from notices.wording.public import public_facts
from tests.django_settings import TODOKE_SETTINGS
from tests.support.approvals import AT, FRIDAY, Town

pytestmark = pytest.mark.django_db
SLUG = "child_allowance"
HOMES, PROTECTED, RECEIVES = 130, 7, 8
DUE_FROM = date(2026, 11, 24)  #: an office day: 15 days after the first of the births


def _stages() -> tuple[Stage, ...]:
    return (
        Stage(name="publish_safety", run=publish_safety, always=True),
        Stage(name="match_programmes", run=match_programmes),
        Stage(name="release_sweeps", run=release_sweeps),
        Stage(name="prepare_notices", run=prepare_notices),
        Stage(name="publish_snapshot", run=publish_snapshot),
    )


def _run(night: Night) -> Summary:
    return run_night(_stages(), night, DjangoJobLedger(FixedClock(AT)))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A child in each household, born on one of ten days and found before anything was published; the last ten have no event."""
    names = {name: tmp_path / name for name in ("catalogue", "snapshot", "scratch")}
    settings = TODOKE_SETTINGS.model_copy(update={"paths": TODOKE_SETTINGS.paths.model_copy(update=names)})
    town = Town(folder=tmp_path, settings=settings)
    for number in range(HOMES):
        home, born = f"H{number}", DUE_FROM - timedelta(days=15 - number % 10)
        town.person(f"F{number}", home)
        town.person(f"C{number}", home, rel="CHILD", born=born)
        if number < HOMES - 10:
            town.event(f"B{number}", "E01", (f"C{number}",), home, on=born)
    town.measure(f"F{PROTECTED}")
    town.add("child_allowance", claimant_id=f"F{RECEIVES}", child_id=f"C{RECEIVES}", benefit_status="RECEIVING")
    _run(town.night(FRIDAY))
    assert not Notice.objects.exists()
    return town


def _todoke(town: Town, *arguments: str) -> dict[str, object]:
    app = typer.Typer()
    app.add_typer(programmes_app, name="programmes")
    notices.commands.mount(app)
    front = Front(None)
    front.__dict__["settings"] = town.settings
    done = CliRunner().invoke(app, ["programmes", *arguments, "--json"], obj=front, catch_exceptions=False)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def _publish(town: Town) -> None:
    programme = read_programme(catalogue.FOLDER / f"{SLUG}.yaml")
    catalogue.publish(
        programme, signed_off_by=["demo"], at=AT, folder=town.settings.paths.catalogue, demonstration=True
    )
    drafting.ensure([public_facts(programme)], languages=("ja",), drafter=TemplateDrafter(), at=AT)
    library.approve_all_demo("clerk", AT)


def test_everybody_is_told_once_in_portions_by_deadline_and_the_protected_never(town: Town) -> None:
    _publish(town)
    assert _todoke(town, "sweeps")["state"] == "proposed"
    counted = _todoke(town, "sweep", SLUG, "--release", "50", "--by", "aoki", "--reason", "新しい制度")
    assert (counted["people"], counted["left_out"]) == (HOMES - 2, {"may_not_be_written_to": 1})
    assert [one["people"] for one in counted["portions"]] == [50, 50, 28]  # type: ignore[attr-defined]
    assert not Notice.objects.exists()  # nothing before a night

    told: list[str] = []
    dues: list[date] = []
    for day in (1, 2, 3):
        on = FRIDAY + timedelta(days=day)
        summary = _run(town.night(on))
        assert summary.as_json()["sweeps"][SLUG]["released"] == (50, 50, 28)[day - 1]
        before = set(told)
        assert _run(town.night(on)).as_json()["notices"] == summary.as_json()["notices"]  # run again it adds nothing
        items = Item.objects.filter(notice__night=on).order_by("notice__number")
        told += [item.subject_id for item in items]
        assert not before & {item.subject_id for item in items}
        dues += [item.due_on or date.max for item in items]
    assert dues == sorted(dues)
    assert dues.count(date.max) == 10
    everybody = {f"C{number}" for number in range(HOMES)} - {f"C{PROTECTED}", f"C{RECEIVES}"}
    assert Counter(told) == Counter(everybody)
    assert set(Notice.objects.values_list("event", flat=True)) == {"SWEEP"}
    task = StaffTask.objects.get(subject_id=f"C{PROTECTED}", night=FRIDAY + timedelta(days=1))
    assert (task.kind, task.restricted, task.programme) == ("support_measure", True, "")
    assert task.details == {"subjects": [f"C{PROTECTED}"], "event": "SWEEP", "programme": SLUG}
    progress = _todoke(town, "sweep", SLUG)
    assert (progress["people"], list(progress["released"].values())) == (0, [50, 50, 28])  # type: ignore[attr-defined]
    assert [one["state"] for one in progress["requests"]] == ["done"]  # type: ignore[attr-defined]


def test_a_stopped_sweep_releases_nobody_more(town: Town) -> None:
    _publish(town)
    _todoke(town, "sweep", SLUG, "--release", "50", "--by", "aoki", "--reason", "新しい制度")
    _run(town.night(FRIDAY + timedelta(days=1)))
    said = _todoke(town, "sweep", SLUG, "--stop", "--by", "baba", "--reason", "窓口がいっぱい")
    assert said["requests"][0]["state"] == "stopped"  # type: ignore[index]
    assert "sweeps" not in _run(town.night(FRIDAY + timedelta(days=2))).as_json()
    assert Notice.objects.count() == 50
