"""What every command shares."""

import json
from datetime import date
from pathlib import Path

import pytest
import typer

from engine.core.clock import SystemClock
from engine.core.console import Front, parse_date, print_json, print_rows, run_app
from engine.core.errors import InputError, SafetyStop, SettingsError

TOML = """mode = "demo"
queue_url = "sqlite:///queue.sqlite3"
demo_now = "2026-11-24T08:30:00"

[municipality]
code = "{code}"
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
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TODOKE_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, code: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TOML.format(code=code), encoding="utf-8")
    return path


def test_the_settings_named_win_over_the_variable_over_the_folder_over_the_demo(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "var" / "demo" / "todoke.toml", "000004")
    assert Front(None).settings.municipality.code == "000004"
    assert "using the demo town's settings" in capsys.readouterr().err
    write(here / "todoke.toml", "000003")
    assert Front(None).settings.municipality.code == "000003"
    monkeypatch.setenv("TODOKE_SETTINGS", str(write(here / "b.toml", "000002")))
    assert Front(None).settings.municipality.code == "000002"
    assert Front(write(here / "a.toml", "000001")).settings.municipality.code == "000001"
    assert capsys.readouterr().err == ""


def test_without_any_settings_the_way_out_is_said(here: Path) -> None:
    with pytest.raises(SettingsError, match="todoke demo"):
        _ = Front(None).settings


def test_a_command_that_needs_no_settings_uses_the_machines_clock(here: Path) -> None:
    assert isinstance(Front(None).clock, SystemClock)
    write(here / "todoke.toml", "000001")
    assert Front(None).clock.now().date() == date(2026, 11, 24)


@pytest.mark.parametrize("path", ["todoke.toml", "var/demo/todoke.toml"])
def test_settings_of_a_site_or_of_the_demo_town_are_known_of(here: Path, path: str) -> None:
    assert not Front(None).has_settings
    write(here / path, "000001")
    assert Front(None).has_settings


def test_a_date_is_read_or_refused_in_one_line() -> None:
    assert parse_date("2026-11-20") == date(2026, 11, 20)
    with pytest.raises(InputError, match="'20/11/2026' is not a date; write it as YYYY-MM-DD"):
        parse_date("20/11/2026")


def test_json_is_one_line_with_plain_dates_and_japanese(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"on": date(2026, 11, 20), "name": "出生"})
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "出生" in said
    assert json.loads(said) == {"on": "2026-11-20", "name": "出生"}
    with pytest.raises(TypeError):
        print_json({"set": {1}})


def test_a_table_has_its_heading_even_when_it_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], as_json=False, columns=("id", "state"))
    print_rows([{"id": 1, "state": None}, {"id": 20, "items": ["a", "b"]}], as_json=False, columns=("id", "items"))
    print_rows([], as_json=True, columns=("id",))
    assert capsys.readouterr().out.splitlines() == ["id  state", "id  items", "1   –", "20  a, b"]


def test_columns_stand_below_each_other_in_japanese_too(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"name": "児童手当", "n": 1}, {"name": "NHI", "n": 2}], as_json=False, columns=("name", "n"))
    assert capsys.readouterr().out.splitlines() == ["name      n", "児童手当  1", "NHI       2"]


@pytest.mark.parametrize(("error", "exit_code"), [(InputError("bad file"), 2), (SafetyStop("no feed"), 3)])
def test_our_own_errors_are_one_line_and_the_contracts_exit_code(
    error: Exception, exit_code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr("sys.argv", ["todoke"])
    with pytest.raises(SystemExit) as ended:
        run_app(app)
    assert ended.value.code == exit_code
    assert capsys.readouterr().err == f"todoke: {error}\n"
