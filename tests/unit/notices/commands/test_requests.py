import json

import pytest
import typer
from typer.testing import CliRunner

import notices.commands
from engine.core.console import Front
from engine.core.errors import InputError
from engine.core.requests import RELEASE_HOLD
from notices.approval.models import RunRequest
from notices.approval.requests import ask, done
from notices.site import installed
from tests.support.approvals import AT, officer
from tests.unit.notices.commands.conftest import Run


def test_what_was_asked_is_listed_with_what_came_of_it(run: Run) -> None:
    row = ask(RELEASE_HOLD, {"code": "E09"}, officer=officer("op", roles=("operator",)), reason="団地", at=AT)
    done(row.pk, "40 events", at=AT)
    listed = run("requests", "list", "--json")
    assert listed.exit_code == 0, listed.exception
    told = json.loads(listed.stdout)
    assert (told["kind"], told["payload"], told["asked_by"], told["outcome"]) == (
        RELEASE_HOLD,
        {"code": "E09"},
        "op",
        "40 events",
    )


@pytest.mark.django_db
def test_a_landed_file_is_accepted_by_how_its_checksum_begins() -> None:
    app, front = typer.Typer(), Front(None)
    app.command("accept")(notices.commands.accept_file)
    front.__dict__["settings"] = installed()
    place = installed().paths.landing / "ab"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{'ab' * 32}.csv").write_bytes(b"")
    asked = CliRunner().invoke(app, ["abababab", "--by", "op", "--reason", "it is right"], obj=front)
    assert asked.exit_code == 0, asked.exception
    assert RunRequest.objects.get().payload == {"file_id": "ab" * 32}


@pytest.mark.django_db
def test_a_release_of_nothing_held_is_refused_before_anything_is_written() -> None:
    app, front = typer.Typer(), Front(None)
    app.command("release")(notices.commands.release_held)
    front.__dict__["settings"] = installed()
    asked = CliRunner().invoke(app, ["E09", "--date", "2026-11-10", "--by", "op", "--reason", "x"], obj=front)
    assert isinstance(asked.exception, InputError)
    assert not RunRequest.objects.exists()
