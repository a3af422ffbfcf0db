import json
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from engine.core.console import Front
from engine.core.errors import InputError
from engine.core.settings import ProbableEvents
from engine.records.contract import load_contracts
from engine.records.snapshot import publish_snapshot
from engine.records.tables import create_tables
from engine.warehouse.duck import Warehouse
from events.commands import app
from events.probable.score import score_probable
from tests.support.eventful import BASELINE, FIRST, Register
from tests.support.history import CITY
from tests.unit.events.probable.test_score import DUE, joins, night_with


def asked(register: Register, *arguments: str) -> str:
    front = Front(None)
    room = ProbableEvents(capacity={"job_loss": 3})
    front.__dict__["settings"] = register.settings.model_copy(update={"probable": room})
    done = CliRunner().invoke(app, list(arguments), obj=front, catch_exceptions=False)
    return done.stdout


@pytest.fixture
def scored(tmp_path: Path) -> Register:
    register = Register(tmp_path)
    joins(register, "a")
    register.run(BASELINE)
    night = night_with(register, DUE)
    score_probable(night)
    publish_snapshot(night)
    return register


def test_a_night_lists_its_weak_signals(scored: Register) -> None:
    [row] = [json.loads(line) for line in asked(scored, "probable", "--date", DUE.isoformat(), "--json").splitlines()]
    assert (row["subject_id"], row["code"], row["chosen"], row["probability"]) == ("a", "job_loss", True, 0.9)
    assert asked(scored, "probable", "--date", FIRST.isoformat(), "--json") == ""


def test_a_weak_signal_is_explained_and_is_in_no_list_of_events(scored: Register) -> None:
    [row] = scored.rows("events.probable")
    assert "never the ground of a notice" in asked(scored, "explain", row["probable_id"], "--lang", "en")
    assert "事実ではありません" in asked(scored, "explain", row["probable_id"])
    assert asked(scored, "list", "--date", DUE.isoformat(), "--json") == ""


def on_disk(folder: Path) -> Register:
    """A register whose records are a file, as a command opens it, with the baseline's files."""
    register = Register(folder)
    files = pl.DataFrame(register.rows("history.files"))
    register.warehouse = Warehouse(duckdb.connect(str(register.settings.paths.records)))
    create_tables(register.warehouse, load_contracts())
    with register.warehouse.frame("files_to_add", files):
        register.warehouse.define("INSERT INTO history.files BY NAME SELECT * FROM files_to_add")
    return register


def test_training_without_records_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no night has run yet"):
        asked(Register(tmp_path), "train", "job_loss", "--until", DUE.isoformat())


def test_training_needs_nights_to_learn_from(tmp_path: Path) -> None:
    register = on_disk(tmp_path)
    register.warehouse.close()
    with pytest.raises(InputError, match="outcomes in 0 cases"):
        asked(register, "train", "job_loss", "--until", DUE.isoformat())
    with pytest.raises(InputError, match="no night before"):
        asked(register, "train", "job_loss", "--until", BASELINE.isoformat())


def history_of_joiners(register: Register, *, says_something: bool) -> None:
    """900 people who joined without a reason over 450 nights; pension and lateness tell who lost a job, or tell nothing."""
    rng = np.random.default_rng(3)
    people, entries, pensions = [], [], []
    base = {"municipality_code": CITY, "file_id": "f", "gone": False, "row_hash": "x"}
    for number in range(900):
        who, night = f"p{number:04d}", FIRST + timedelta(days=number // 2)
        tells = bool(rng.random() < 0.5)
        late = bool(rng.random() < 0.5)
        chance = (0.9 if late else 0.5) if tells else 0.1
        lost = rng.random() < (chance if says_something else 0.4)
        born = night.replace(year=1985, day=1)
        mine = base | {"person_id": who, "resident_id": who}
        key = {"source_key": who, "source_order": 1}
        people.append(mine | key | {"night": BASELINE, "business_date": BASELINE, "hist_no": 1, "hist_sub": 0, "is_latest": True, "is_deleted": False,
                                    "household_id": f"h{who}", "status": "RESIDENT", "rel1": "HEAD", "birth_date": born, "sex": str(1 + number % 2),
                                    "nationality": "JPN", "resident_type": "1", "move_reason": "DOMESTIC_IN", "processed_date": BASELINE})  # fmt: skip
        entry = mine | {
            "business_date": night,
            "acquired_on": night - timedelta(days=28 * late),
            "acquired_reason": "OTHER",
            "is_deleted": False,
            "entry_kind": "ENTRY",
        }
        entries.append(
            entry
            | {
                "night": night,
                "processed_date": night,
                "source_key": f"{who}|1",
                "source_order": 1,
                "hist_no": 1,
                "involuntary_relief": False,
            }
        )
        if lost:
            later = night + timedelta(days=20)
            entries.append(
                entry
                | {
                    "night": later,
                    "processed_date": later,
                    "source_key": f"{who}|2",
                    "source_order": 2,
                    "hist_no": 2,
                    "involuntary_relief": True,
                }
            )
        if tells:
            pensions.append(
                mine | key | {"night": night, "business_date": night, "pension_kind": "1", "kind_changed_on": night}
            )
    for table, rows in (("residents", people), ("nhi", entries), ("pension", pensions)):
        with register.warehouse.frame("rows_to_add", pl.DataFrame(rows)):
            register.warehouse.define(f"INSERT INTO history.{table} BY NAME SELECT * FROM rows_to_add")


@pytest.mark.parametrize(
    "says_something",
    [pytest.param(True, id="the records say something"), pytest.param(False, id="the records say nothing")],
)
def test_a_model_is_trained_on_history_and_refused_where_it_says_nothing(says_something: bool, tmp_path: Path) -> None:
    register = on_disk(tmp_path)
    history_of_joiners(register, says_something=says_something)
    register.warehouse.close()
    models = register.settings.paths.models
    if not says_something:
        with pytest.raises(InputError, match=r"job_loss is refused: .*nothing was stored"):
            asked(register, "train", "job_loss", "--until", "2028-03-01")
        assert not models.exists()
        return
    card = json.loads(asked(register, "train", "job_loss", "--until", "2028-03-01", "--json"))
    assert card["auc"] > 0.75
    assert (models / "job_loss" / "current").read_text(encoding="utf-8") == card["digest"]
    again = json.loads(asked(register, "train", "job_loss", "--until", "2028-03-01", "--json"))
    assert again["digest"] == card["digest"]
    assert "stored as" in asked(register, "train", "job_loss", "--until", "2028-03-01")
