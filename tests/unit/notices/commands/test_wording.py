import json
from pathlib import Path

from engine.core.errors import InputError
from tests.support.approvals import approve_wordings
from tests.unit.notices.commands.conftest import Run


def test_the_library_is_listed_by_version(run: Run) -> None:
    approve_wordings(languages=("ja",))
    rows = [json.loads(line) for line in run("wording", "list", "--json").stdout.splitlines()]
    assert rows
    assert {row["language"] for row in rows} == {"ja"}
    assert {row["state"] for row in rows} == {"approved"}


def test_a_draft_that_cannot_be_read_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "draft.json"
    path.write_text("not JSON", encoding="utf-8")
    done = run("wording", "check", str(path))
    assert isinstance(done.exception, InputError)
    assert "draft.json" in str(done.exception)
