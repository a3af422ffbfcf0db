import json
from pathlib import Path

import pytest
import yaml

from engine.core.errors import InputError, RuleError
from tests.support.programmes import plain
from tests.unit.notices.commands.conftest import Run


def test_a_file_that_is_not_published_is_only_counted(run: Run, tmp_path: Path) -> None:
    done = run("programmes", "sweep", "x", "--file", str(tmp_path / "x.yaml"), "--release", "5")
    assert isinstance(done.exception, InputError)
    assert "--file only counts" in str(done.exception)


def test_a_file_that_may_not_read_what_it_reads_is_not_counted(run: Run, tmp_path: Path) -> None:
    reads = {"residents": {"basis": "法", "columns": ["birth_date", "nationality"]}}
    file = tmp_path / "plain.yaml"
    file.write_text(yaml.safe_dump(plain(reads=reads), allow_unicode=True), encoding="utf-8")
    done = run("programmes", "sweep", "plain", "--file", str(file))
    assert isinstance(done.exception, RuleError)
    assert "may not read residents.nationality" in str(done.exception)


def test_stopping_needs_a_sweep_that_goes_on(run: Run) -> None:
    done = run("programmes", "sweep", "x", "--stop", "--by", "aoki", "--reason", "r")
    assert "no sweep of x is being released" in str(done.exception)


@pytest.mark.parametrize("arguments", [("--release", "5"), ()])
def test_what_was_never_published_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("programmes", "sweep", "never_published", *arguments)
    assert "was never published here" in str(done.exception)


def test_without_published_programmes_there_is_nothing_to_propose(run: Run) -> None:
    done = run("programmes", "sweeps", "--json")
    assert [json.loads(line) for line in done.stdout.splitlines()] == []
