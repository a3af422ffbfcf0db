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


def test_preview_of_a_day_before_the_programme_says_which_day_to_ask_about(front: Front, tmp_path: Path) -> None:
    file = _file(tmp_path)
    said = _run(front, "preview", "plain", "--file", file, "--date", "2026-03-31").output
    assert "2026-03-31 には制度がありません（2026-04-01 から）" in said
    assert "制度がありません" not in _run(front, "preview", "plain", "--file", file).output


@pytest.mark.parametrize("command", ["preview", "diff", "backtest"])
def test_nothing_is_tried_on_records_that_it_may_not_read(front: Front, tmp_path: Path, command: str) -> None:
    file = _file(tmp_path, reads={"residents": {"basis": "法", "columns": ["birth_date", "nationality"]}})
    with pytest.raises(RuleError, match=r"台帳で許されていません.* / plain may not read residents\.nationality"):
        _run(front, command, "plain", "--file", file)


def test_a_file_of_another_programme_is_refused(front: Front, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"plain\.yaml の slug は plain です"):
        _run(front, "preview", "plane", "--file", _file(tmp_path))


def test_a_broken_file_is_refused_in_both_languages(front: Front, tmp_path: Path) -> None:
    with pytest.raises(
        RuleError, match=r"level: 「市」は使えません.* / plain\.yaml, line 44, column 1: level: '市' is not allowed"
    ):
        _run(front, "preview", "plain", "--file", _file(tmp_path, level="市"))


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


NEW = (
    "--ja",
    "敬老カード",
    "--en",
    "Travel Card",
    "--law",
    "市要綱",
    "--articles",
    "3条",
    "--office",
    "child_benefits",
)


def test_new_writes_a_file_that_can_be_checked(front: Front, tmp_path: Path) -> None:
    done = _run(front, "new", "travel_card", *NEW, "--event", "E46", "--into", str(tmp_path))
    assert "programmes check --mutants" in done.output
    file = str(tmp_path / "travel_card.yaml")
    assert _run(front, "check", file).exit_code == 0
    with pytest.raises(RuleError, match=r"ひな形の文のまま：gives, to_be_asked, to_be_asked\.ask"):
        _run(front, "publish", "travel_card", "--file", file, "--signed-off-by", "child_benefits")


def test_new_leaves_nothing_behind_when_an_answer_cannot_be(front: Front, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="slug"):
        _run(front, "new", "Travel", *NEW, "--event", "E46", "--into", str(tmp_path))
    assert not (tmp_path / "Travel.yaml").exists()


@pytest.mark.parametrize("event", ["birth", "E60", "Ｅ25"])
def test_new_takes_an_event_there_is(front: Front, tmp_path: Path, event: str) -> None:
    with pytest.raises(InputError, match=f"出来事 {event} はありません.* they are E01 to E54"):
        _run(front, "new", "travel_card", *NEW, "--event", event, "--into", str(tmp_path))
    assert not (tmp_path / "travel_card.yaml").exists()


def test_new_takes_an_office_by_its_key_or_its_name(front: Front, tmp_path: Path) -> None:
    for place, named in enumerate(("child_benefits", "こども給付課")):
        folder = tmp_path / str(place)
        _run(front, "new", "card", *NEW[:-1], named, "--event", "E46", "--into", str(folder))
        assert "\noffice: child_benefits " in (folder / "card.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="課 moon は設定にありません。あるのは child_benefits（こども給付課）"):
        _run(front, "new", "card", *NEW[:-1], "moon", "--event", "E46", "--into", str(tmp_path))


def test_register_and_schema_are_printed(front: Front, tmp_path: Path) -> None:
    _run(front, "register", "--out", str(tmp_path / "register.md"))
    assert (tmp_path / "register.md").read_text(encoding="utf-8") == _run(front, "register").output.removesuffix("\n")
    assert "triggers" in json.loads(_run(front, "schema").output)["properties"]


def test_check_tells_what_the_examples_do_not_notice(front: Front, tmp_path: Path) -> None:
    done = CliRunner().invoke(programmes_app, ["check", "--mutants", _file(tmp_path)], obj=front)
    assert "例が気づく変更が95%より少ない" in str(done.exception)
    assert "the examples of plain notice fewer than 95%" in str(done.exception)
    assert "  plain  values.age_limit.values: 2027-04-01 → 2027-03-31\n" in done.output


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
