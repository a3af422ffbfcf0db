"""The cheap question is answered with yes by every row with a fault, and what a value means is told once."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engine.core.sql import Query, quoted
from engine.records import values
from engine.records.contract import TableContract, load_contracts
from engine.records.forbidden import know_individual_numbers
from engine.records.profiles import read_profile
from engine.warehouse.duck import open_warehouse

#: texts that are wrong in one kind of column or another
ODD = (
    "",
    "x",
    "-",
    "1.5",
    "９",
    "2026-02-30",
    "2026-02-28",
    "true",
    "0",
    "1",
    "a\tb",
    "\x00",
    "\x1f",
    "\x1e",
    "山" * 1_001,
    "123456789018",
)


def asked(contract: TableContract, rows: list[dict[str, Any]], folder: Path, **columns: Query) -> pl.DataFrame:
    """Answers of SQL over texts of a table, a column each."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(contract.physical_columns(), pl.String))
    wanted = ", ".join(f"{query.text} AS {quoted(name)}" for name, query in columns.items())
    with open_warehouse(folder / "r.duckdb", memory_limit_mb=256, scratch=folder) as warehouse:
        know_individual_numbers(warehouse)
        with warehouse.frame("given", frame):
            return warehouse.read(f"SELECT {wanted} FROM given AS f", {})


@pytest.mark.parametrize("table", list(load_contracts()))
def test_every_row_with_a_fault_is_doubtful(table: str, tmp_path: Path) -> None:
    contract, profile = load_contracts()[table], read_profile("canonical")
    rows = [{name: odd or None} for name in contract.physical_columns() for odd in ODD]
    found = asked(
        contract, rows, tmp_path, doubt=values.doubt(contract, profile), reason=values.reason(contract, profile)
    )
    missed = [
        row for row, answer in zip(rows, found.to_dicts(), strict=True) if answer["reason"] and not answer["doubt"]
    ]
    assert missed == []
    assert found["reason"].is_not_null().any()


def test_a_codes_meaning_is_the_profiles(tmp_path: Path) -> None:
    contract, profile = load_contracts()["residents"], read_profile("standard")
    row = {
        "resident_id": "10000000017",
        "hist_no": "2",
        "hist_sub": "1",
        "status": "3",
        "is_latest": "1",
        "move_reason": "23",
    }
    with open_warehouse(tmp_path / "r.duckdb", memory_limit_mb=256, scratch=tmp_path) as warehouse:
        frame = pl.DataFrame([row], schema=dict.fromkeys(contract.physical_columns(), pl.String))
        with warehouse.frame("given", frame):
            text = f"SELECT {values.typed_columns(contract, profile).text} FROM given AS f"
            found = warehouse.read(text, {}).row(0, named=True)
    assert (found["status"], found["move_reason"], found["is_latest"], found["hist_no"]) == ("DEAD", "DEATH", True, 2)


def test_key_and_order_are_those_of_the_contract(tmp_path: Path) -> None:
    contract = load_contracts()["residents"]
    row = {"resident_id": "10000000017", "hist_no": "2", "hist_sub": "1"}
    found = asked(contract, [row, {}], tmp_path, key=values.source_key(contract), place=values.source_order(contract))
    assert found.rows() == [("10000000017|2|1", 2_001), (None, None)]


def test_an_empty_value_is_another_text_than_a_missing_neighbour(tmp_path: Path) -> None:
    contract = load_contracts()["nhi"]
    first, second = list(contract.physical_columns())[:2]
    found = asked(contract, [{first: "1"}, {second: "1"}], tmp_path, text=values.row_text(contract))
    assert found["text"].n_unique() == 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("か\u3099", "が", id="a voicing mark joins its kana"),
        pytest.param("葛\U000e0100城", "葛\U000e0100城", id="a variation selector stays"),
        pytest.param("\ufa19", "\ufa19", id="a compatibility ideograph stays"),
        pytest.param("\ufa19か\u3099", "\ufa19か\u3099", id="so does all of such a name"),
        pytest.param("𠮷野", "𠮷野", id="beyond the basic plane"),
    ],
)
def test_names_are_kept_as_they_are_written(given: str, kept: str, tmp_path: Path) -> None:
    contract, profile = load_contracts()["residents"], read_profile("canonical")
    frame = pl.DataFrame([{"name": given}], schema=dict.fromkeys(contract.physical_columns(), pl.String))
    with (
        open_warehouse(tmp_path / "r.duckdb", memory_limit_mb=256, scratch=tmp_path) as warehouse,
        warehouse.frame("given", frame),
    ):
        found = warehouse.read(f"SELECT {values.typed_columns(contract, profile).text} FROM given AS f", {})
    assert found["name"].to_list() == [kept]
