import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from eligibility.commands import assess, matches_app, programmes_app
from engine.core.console import Front
from engine.core.errors import InputError, RuleError
from tests.support.programmes import plain

SETTINGS = """
mode = "demo"
queue_url = "sqlite:///queue.sqlite3"
demo_now = "2026-11-24T08:30:00+09:00"

[municipality]
code = "292010"
name_ja = "奈良市"
name_en = "Nara City"

[paths]
feeds = "feeds"
records = "records.duckdb"
landing = "landing"
snapshot = "snapshot"
catalogue = "catalogue"
outbox = "outbox"
keys = "keys.json"
anchor = "audit.anchor"
scratch = "scratch"

[offices.child_benefits]
name_ja = "こども給付課"
name_en = "Child Benefits Section"
place_ja = "市役所2階"
place_en = "City Hall"
phone = "0742-00-0002"
"""


@pytest.fixture
def front(tmp_path: Path) -> Front:
    (tmp_path / "todoke.toml").write_text(SETTINGS, encoding="utf-8")
    return Front(tmp_path / "todoke.toml")


def _run(front: Front, *arguments: str) -> Result:
    return CliRunner().invoke(programmes_app, list(arguments), obj=front, catch_exceptions=False)


def _file(folder: Path, **changes: Any) -> Path:
    path = folder / "plain.yaml"
    path.write_text(yaml.safe_dump(plain(**changes), allow_unicode=True), encoding="utf-8")
    return path


def test_check_finds_nothing_in_a_good_file(front: Front, tmp_path: Path) -> None:
    assert _run(front, "check", str(_file(tmp_path)), "--json").exit_code == 0


def test_check_names_what_must_be_put_right(front: Front, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 errors in 1 programme files"):
        _run(front, "check", str(_file(tmp_path, examples=plain()["examples"][:2])))


def test_publish_writes_a_version_that_list_shows(front: Front) -> None:
    assert _run(front, "publish", "child_allowance", "--signed-off-by", "こども給付課").exit_code == 0
    (row,) = [json.loads(line) for line in _run(front, "list", "--json").output.splitlines()]
    assert (row["slug"], row["signed_off_by"], row["demonstration"]) == ("child_allowance", ["child_benefits"], True)


def test_an_office_the_settings_do_not_know_cannot_sign(front: Front) -> None:
    with pytest.raises(InputError, match="the settings know no such office"):
        _run(front, "publish", "child_allowance", "--signed-off-by", "moon")


def test_a_slug_nobody_has_is_refused(front: Front) -> None:
    with pytest.raises(InputError, match="there is no programme 'no_such_thing'"):
        _run(front, "publish", "no_such_thing", "--signed-off-by", "child_benefits")


def test_matches_need_a_snapshot(front: Front) -> None:
    with pytest.raises((InputError, RuleError)):
        CliRunner().invoke(matches_app, ["list", "--date", "2026-11-20"], obj=front, catch_exceptions=False)


def test_assess_prints_the_contracts_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({"subject": {"birth_date": "2026-11-12", "status": "RESIDENT"}}), encoding="utf-8")
    assess("child_allowance", facts, "2026-11-20")
    said = json.loads(capsys.readouterr().out)
    assert (said["programme"], said["verdict"], len(said["version"])) == ("child_allowance", "possible", 64)


def test_assess_judges_by_a_file_that_is_not_in_the_catalogue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts, file = tmp_path / "facts.json", tmp_path / "plain.yaml"
    facts.write_text(json.dumps({"subject": {"birth_date": "1990-01-01"}}), encoding="utf-8")
    file.write_text(yaml.safe_dump(plain(), allow_unicode=True), encoding="utf-8")
    assess("plain", facts, "2026-11-20", file)
    said = json.loads(capsys.readouterr().out)
    assert (said["programme"], said["verdict"]) == ("plain", "ineligible")


@pytest.mark.parametrize(
    ("content", "message"),
    [pytest.param(None, "there is no facts file", id="absent"), pytest.param("{", "is not a JSON file", id="no JSON")],
)
def test_assess_says_what_is_wrong_with_a_facts_file(content: str | None, message: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "facts.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        assess("child_allowance", tmp_path / "facts.json", "2026-11-20")
