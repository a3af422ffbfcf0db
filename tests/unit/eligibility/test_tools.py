import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from eligibility.commands import programmes_app
from engine.core.console import Front
from engine.core.errors import InputError, RuleError
from engine.records.reader import SnapshotReader
from tests.support.programmes import plain
from tests.unit.eligibility.test_commands import front as settings_front
from tests.unit.eligibility.test_population import reader

__all__ = ["reader", "settings_front"]


@pytest.fixture
def front(settings_front: Front, reader: SnapshotReader) -> Front:
    """Settings whose snapshot holds a household of two and a person of unknown birth."""
    home = settings_front.settings.paths.snapshot
    (home / "2026-11-20").mkdir(parents=True)
    for path in reader.folder.glob("*.parquet"):
        path.rename(home / "2026-11-20" / path.name)
    (home / "current").write_text("2026-11-20", encoding="utf-8")
    return settings_front


def _file(folder: Path, **changes: Any) -> str:
    path = folder / "plain.yaml"
    path.write_text(yaml.safe_dump(plain(**changes), allow_unicode=True), encoding="utf-8")
    return str(path)


def _run(front: Front, *arguments: str) -> Result:
    return CliRunner().invoke(programmes_app, list(arguments), obj=front, catch_exceptions=False)


def test_preview_counts_and_draws(front: Front, tmp_path: Path) -> None:
    file = _file(tmp_path)
    said = json.loads(_run(front, "preview", "plain", "--file", file, "--json").output)
    assert (said["on"], said["people"], said["verdicts"]["possible"]) == ("2026-11-20", 3, 2)
    shown = _run(front, "preview", "plain", "--file", file).output
    assert "3 people registered" in shown
    assert "█" in shown


def test_diff_compares_with_another_file(front: Front, tmp_path: Path) -> None:
    file = _file(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    limit = plain()["values"]["age_limit"] | {"values": {"2026-04-01": 60}}
    against = _file(other, values=plain()["values"] | {"age_limit": limit}, examples=None)
    said = json.loads(_run(front, "diff", "plain", "--file", file, "--against", against, "--json").output)
    assert said["changes"] == {"possible → ineligible": 1}
    assert "nobody's verdict changes" in _run(front, "diff", "plain", "--file", file, "--against", file).output


def test_diff_needs_something_to_compare_with(front: Front, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="plain was never published here"):
        _run(front, "diff", "plain", "--file", _file(tmp_path))


@pytest.mark.parametrize(("language", "words"), [("ja", "本人に確かめる"), ("en", "ask the reader")])
def test_explain_speaks_two_languages(front: Front, language: str, words: str) -> None:
    assert words in _run(front, "explain", "child_allowance", "--language", language).output
    with pytest.raises(InputError, match="speaks ja and en"):
        _run(front, "explain", "child_allowance", "--language", "fr")


def test_explain_as_json_names_rules_and_values(front: Front) -> None:
    said = json.loads(_run(front, "explain", "child_allowance", "--json").output)
    assert {"within_age", "already_receiving"} <= {rule["id"] for rule in said["rules"]}
    assert said["values"][0]["values"] == {"2024-10-01": 15000}


NEW = ("--ja", "敬老カード", "--en", "Travel Card", "--law", "市要綱", "--articles", "3条", "--office", "citizen")


def test_new_writes_a_file_that_can_be_checked(front: Front, tmp_path: Path) -> None:
    done = _run(front, "new", "travel_card", *NEW, "--event", "E46", "--into", str(tmp_path))
    assert "programmes check --mutants" in done.output
    assert _run(front, "check", str(tmp_path / "travel_card.yaml")).exit_code == 0


def test_new_leaves_nothing_behind_when_an_answer_cannot_be(front: Front, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="triggers"):
        _run(front, "new", "travel_card", *NEW, "--event", "birth", "--into", str(tmp_path))
    assert not (tmp_path / "travel_card.yaml").exists()


def test_register_and_schema_are_printed(front: Front, tmp_path: Path) -> None:
    _run(front, "register", "--out", str(tmp_path / "register.md"))
    assert (tmp_path / "register.md").read_text(encoding="utf-8") == _run(front, "register").output.removesuffix("\n")
    assert "triggers" in json.loads(_run(front, "schema").output)["properties"]


def test_check_tells_what_the_examples_do_not_notice(front: Front, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the examples of plain notice fewer than 95%"):
        _run(front, "check", "--mutants", _file(tmp_path))


def test_check_finds_with_the_data_what_everybody_or_nobody_meets(front: Front, tmp_path: Path) -> None:
    file = _file(tmp_path)
    assert _run(front, "check", "--data", "--json", file).output == ""
    young, asked = plain()["criteria"]["all"]
    sure = young | {"id": "sure", "expr": "as_of >= event.occurred_on"}
    file = _file(tmp_path, criteria={"all": [young, sure, asked]})
    (found,) = (json.loads(line) for line in _run(front, "check", "--data", "--json", file).output.splitlines())
    assert (found["severity"], found["finding"][:18]) == ("warning", "sure is always met")
    assert "全員が満たします" in found["ja"]
    assert found["line"]
