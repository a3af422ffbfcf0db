"""The guide is walked word for word: its programme is written as it says, and the commands say what the guide promises."""

import json
import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import notices.commands
from eligibility.catalogue import FOLDER
from eligibility.commands import assess, programmes_app
from eligibility.lint import check
from eligibility.match import match_programmes
from eligibility.mutants import judge_examples
from eligibility.programme import read_programme
from engine.core.clock import FixedClock
from engine.core.console import Front
from engine.records.snapshot import publish_snapshot
from notices.approval.ledger import DjangoJobLedger
from tests.django_settings import TODOKE_SETTINGS
from tests.support.approvals import AT, CITY
from tests.support.history import Records

GUIDE = FOLDER.parents[1] / "docs" / "guide" / "programmes.md"
SLUG = "senior_flu_vaccine"
#: what the guide has one write into a folder of one's own, by the language of the block
WRITTEN = {"yaml": f"{SLUG}.yaml", "json": "facts.json"}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (found,) = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / f"{SLUG}.yaml"
    path.write_text(found, encoding="utf-8")
    return path


def test_its_programme_is_one_the_catalogue_does_not_have() -> None:
    assert not (FOLDER / f"{SLUG}.yaml").exists()


def test_its_programme_passes_the_check(written: Path) -> None:
    assert check([written], date(2026, 11, 24)) == []


def test_its_examples_notice_every_change(written: Path) -> None:
    outcome = judge_examples(read_programme(written))
    assert [(one.place, one.change) for one in outcome.survivors] == []


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        pytest.param(
            "reaches_age_on", "reach_age_on", "line 28, column 13: .* did you mean reaches_age_on", id="a function"
        ),
        pytest.param("office:", "ofice:", "line 5, column 1: .* did you mean office", id="a field"),
        pytest.param(
            "as_of: 2026-10-01, sub", "as_off: 2026-10-01, sub", "did you mean as_of", id="a field of an example"
        ),
        pytest.param("[vaccine, vaccinated_on]", "[vacine, vaccinated_on]", "did you mean vaccine", id="a column"),
    ],
)
def test_a_slip_is_named_with_its_place_and_the_right_name(right: str, wrong: str, message: str, written: Path) -> None:
    written.write_text(written.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    (finding,) = check([written], date(2026, 11, 24))
    assert re.search(message, finding.text), finding.text


ANSWERS = "高齢者のインフルエンザワクチン\nInfluenza Vaccine from 65\n予防接種法\n5条\nhealth\nE25\n"
ON = date(2026, 11, 20)


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """A city with one night behind it, as the person who follows the guide has it."""
    names = {name: tmp_path / name for name in ("catalogue", "snapshot", "scratch")}
    paths = TODOKE_SETTINGS.paths.model_copy(update=names)
    settings = TODOKE_SETTINGS.model_copy(update={"paths": paths})
    with (records := Records(tmp_path)).warehouse:
        records.settings = settings
        records.resident("old", date(2026, 11, 9), rel1="HEAD", birth_date=date(1950, 5, 5))
        records.resident("young", date(2026, 11, 9), rel1="CHILD", birth_date=date(2000, 5, 5))
        records.resident("just65", date(2026, 11, 9), household="h2", rel1="HEAD", birth_date=date(1961, 11, 21))
        records.event("E25", ["just65"], occurred_on=ON, detected_on=ON, household_id="h2")
        night = records.night(ON)
        match_programmes(night)
        publish_snapshot(night)
    ledger = DjangoJobLedger(FixedClock(AT))
    ledger.start("night", CITY, ON)
    ledger.finish("night", CITY, ON, outcome="done", summary={})
    found = Front(None)
    found.__dict__["settings"] = settings
    yield found


@pytest.mark.django_db
def test_every_command_of_the_guide_does_what_it_says(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the guide in order, letter by letter, in a folder of one's own; the file is written where it says so."""
    app = typer.Typer()
    app.add_typer(programmes_app, name="programmes")
    app.command("assess")(assess)
    notices.commands.mount(app)
    monkeypatch.chdir(tmp_path)
    said: dict[str, str] = {}
    for language, block in re.findall(r"```(\w*)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        if language in WRITTEN:
            (tmp_path / "mine" / WRITTEN[language]).write_text(block, encoding="utf-8")
            continue
        for line in block.strip().splitlines():
            program, *arguments = shlex.split(line)
            assert program == "todoke"
            done = CliRunner().invoke(app, arguments, obj=front, input=ANSWERS, catch_exceptions=False)
            assert done.exit_code == 0, f"{line}: {done.output}"
            said[
                " ".join(arguments[1:3] if arguments[0] == "programmes" else arguments[:2])
                + ("".join(one for one in arguments if one in {"--release", "--stop", "--data"}))
            ] = done.output
    assert "100.0%" in said["check --mutants"]
    assert "3 people registered" in said[f"preview {SLUG}"]
    assert "65歳以上" in said[f"explain {SLUG}"]
    assert json.loads(said[f"assess {SLUG}"])["verdict"] == "eligible"
    assert re.search(r"2026-11-20 +1 +1 +0 +0", said[f"backtest {SLUG}"])
    assert "2 people were not told" in said[f"sweep {SLUG}--release"]
    assert "releasing" in said[f"sweep {SLUG}--release"]
    assert "stopped" in said[f"sweep {SLUG}--stop"]
    assert not (FOLDER / f"{SLUG}.yaml").exists()
