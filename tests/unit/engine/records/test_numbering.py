"""Numbers are dense, those of a household's members lie together, and everybody whom a record names has one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from engine.records.numbering import number_people, numbered
from engine.records.reader import SnapshotReader
from engine.warehouse.duck import Warehouse
from tests.support.snapshots import publish

PEOPLE = [
    {"resident_id": "c", "household_id": "h1"},
    {"resident_id": "a", "household_id": "h2"},
    {"resident_id": "b", "household_id": "h1"},
]


@pytest.fixture
def snapshot(tmp_path: Path) -> SnapshotReader:
    tables: dict[str, list[dict[str, Any]]] = {
        "residents": PEOPLE,
        "child_allowance": [{"claimant_id": "elsewhere", "child_id": "b"}, {"claimant_id": "a", "child_id": "c"}],
        "nhi": [{"resident_id": "a", "payer_id": None, "certificate_no": "9"}],
    }
    publish({table: pl.DataFrame(rows, infer_schema_length=None) for table, rows in tables.items()}, tmp_path)
    return SnapshotReader(tmp_path)


def test_residents_stand_in_the_order_of_their_numbers_household_by_household(snapshot: SnapshotReader) -> None:
    found = snapshot.table("now.residents").select("resident_id", "household_id", "resident_number", "household_number")
    assert found.rows() == [("b", "h1", 0, 0), ("c", "h1", 1, 0), ("a", "h2", 2, 1)]
    assert found.schema["resident_number"] == found.schema["household_number"] == pl.UInt32


def test_who_is_no_resident_comes_after_them(snapshot: SnapshotReader) -> None:
    found = snapshot.table("now.child_allowance").sort("child_number").select("claimant_number", "child_number")
    assert found.rows() == [(3, 0), (2, 1)]


def test_a_table_lies_in_the_order_of_whom_its_rows_are_about(snapshot: SnapshotReader) -> None:
    assert snapshot.table("now.child_allowance")["claimant_number"].to_list() == [2, 3]


def test_what_names_nobody_has_no_number(snapshot: SnapshotReader) -> None:
    found = snapshot.table("now.nhi")
    assert found.select("resident_number", "payer_number", "certificate_no").rows() == [(2, None, "9")]
    assert "certificate_number" not in found.columns


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    with Warehouse(duckdb.connect()) as found:
        found.define("CREATE SCHEMA now")
        yield found


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param("VALUES ('a', 'h', NULL)", {"a": (0, 0)}, id="one"),
        pytest.param("VALUES ('a', NULL, NULL), ('b', 'h', NULL)", {"b": (0, 0), "a": (1, None)}, id="no household"),
        pytest.param("SELECT 'a', 'h', NULL WHERE FALSE", {}, id="nobody"),
    ],
)
def test_numbers_begin_with_0(warehouse: Warehouse, rows: str, expected: Mapping[str, Any]) -> None:
    warehouse.define(f"CREATE TABLE now.residents AS SELECT * FROM ({rows}) AS r (resident_id, household_id, name)")
    number_people(warehouse, ["residents"], named_in="now")
    found = warehouse.query(numbered("residents")).rows(named=True)
    assert {row["resident_id"]: (row["resident_number"], row["household_number"]) for row in found} == expected
