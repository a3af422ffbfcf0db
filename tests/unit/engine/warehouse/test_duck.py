"""Partitions are replaced whole or not at all; marks are a stage's last word; one process holds the file."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from engine.core.errors import Busy
from engine.core.sql import Query
from engine.warehouse.duck import Warehouse, open_warehouse

CITY, OTHER = "292010", "131016"
ON = date(2026, 11, 20)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = open_warehouse(tmp_path / "records.duckdb", memory_limit_mb=256, scratch=tmp_path / "scratch")
    made.define(
        "CREATE TABLE facts (municipality_code VARCHAR NOT NULL, night DATE NOT NULL, n INTEGER CHECK (n < 100))"
    )
    yield made
    made.close()


def rows(*numbers: int, city: str = CITY, on: date = ON) -> pl.DataFrame:
    return pl.DataFrame(
        {"n": list(numbers), "night": [on] * len(numbers), "municipality_code": [city] * len(numbers)},
        schema={"n": pl.Int32, "night": pl.Date, "municipality_code": pl.String},
    )


def held(warehouse: Warehouse) -> list[tuple[str, date, int]]:
    return warehouse.read("SELECT municipality_code, night, n FROM facts ORDER BY ALL", {}).rows()


def test_a_partition_is_replaced_and_its_neighbours_are_left_alone(warehouse: Warehouse) -> None:
    earlier = ON - timedelta(days=1)
    warehouse.replace("facts", CITY, earlier, rows(7, on=earlier))
    warehouse.replace("facts", OTHER, ON, rows(8, city=OTHER))
    assert warehouse.replace("facts", CITY, ON, rows(1, 2, 3)) == 3
    assert warehouse.replace("facts", CITY, ON, rows(4)) == 1
    assert held(warehouse) == [(OTHER, ON, 8), (CITY, earlier, 7), (CITY, ON, 4)]


def test_statements_run_beside_each_other(warehouse: Warehouse) -> None:
    warehouse.define_beside([f"CREATE TABLE made{n} AS SELECT {n} AS n" for n in range(8)])
    found = [warehouse.read(f"SELECT n FROM made{n}", {}).item() for n in range(8)]
    assert found == [*range(8)]


def test_one_that_fails_beside_others_is_raised(warehouse: Warehouse) -> None:
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        warehouse.define_beside(["CREATE TABLE made AS SELECT 1 AS n", "SELECT * FROM nowhere"])
    assert warehouse.read("SELECT n FROM made", {}).item() == 1


def test_nothing_runs_beside_a_transaction_that_is_open(warehouse: Warehouse) -> None:
    with pytest.raises(AssertionError, match="does not see what it wrote"), warehouse.transaction():
        warehouse.define_beside(["CREATE TABLE made AS SELECT 1 AS n"])
    warehouse.define_beside(["CREATE TABLE made AS SELECT 1 AS n"])
    assert warehouse.read("SELECT n FROM made", {}).item() == 1


def test_rows_of_a_query_take_the_values_they_ask_for(warehouse: Warehouse) -> None:
    query = Query(
        name="q", text="SELECT $city AS municipality_code, CAST($on AS DATE) AS night, CAST($n AS INTEGER) AS n"
    )
    assert warehouse.replace("facts", CITY, ON, query, city=CITY, on=ON, n=5, unasked="x") == 1
    assert held(warehouse) == [(CITY, ON, 5)]


def test_rows_are_told_by_name_in_pythons_own_values(warehouse: Warehouse) -> None:
    query = Query(name="said", text="SELECT 'a' AS who, $on AS seen, CAST([] AS VARCHAR[]) AS moved WHERE $n > 1")
    assert warehouse.rows(query, on=ON, n=2, other=3) == [{"who": "a", "seen": ON, "moved": []}]
    assert warehouse.rows(query, on=ON, n=1) == []


def test_rows_that_cannot_be_written_leave_the_partition_as_it_was(warehouse: Warehouse) -> None:
    warehouse.replace("facts", CITY, ON, rows(1))
    with pytest.raises(duckdb.ConstraintException):
        warehouse.replace("facts", CITY, ON, rows(2, 100))
    assert held(warehouse) == [(CITY, ON, 1)]
    assert warehouse.replace("facts", CITY, ON, rows(3)) == 1  # the file is still usable


def test_a_frame_can_be_read_only_while_its_block_lasts(warehouse: Warehouse) -> None:
    with warehouse.frame("people", pl.DataFrame({"n": [1, 2]})):
        assert warehouse.read("SELECT sum(n) AS n FROM people", {}).item() == 3
    with pytest.raises(duckdb.CatalogException):
        warehouse.read("SELECT * FROM people", {})


def test_a_mark_is_the_stages_own_and_can_be_taken_back(warehouse: Warehouse) -> None:
    earlier = ON - timedelta(days=1)
    assert warehouse.marked("load", CITY, ON) is None
    warehouse.mark("load", CITY, earlier, {"rows": 1})
    warehouse.mark("load", CITY, ON, {"rows": 2, "file": "児童手当"})
    warehouse.mark("load", CITY, ON, {"rows": 3})
    warehouse.mark("detect", CITY, ON, {})
    assert warehouse.marked("load", CITY, ON) == {"rows": 3}
    assert warehouse.last_marked("load", CITY, ON) == earlier
    assert warehouse.last_marked("load", OTHER, ON) is None
    warehouse.unmark(CITY, ON, stages=("load",))
    assert warehouse.marked("load", CITY, ON) is None
    assert warehouse.marked("detect", CITY, ON) == {}
    assert warehouse.marked("load", CITY, earlier) == {"rows": 1}


def test_a_transaction_keeps_all_or_nothing(warehouse: Warehouse) -> None:
    insert = Query(name="i", text="INSERT INTO facts VALUES ($city, $on, $n)")
    with pytest.raises(KeyError), warehouse.transaction():
        warehouse.write(insert, city=CITY, on=ON, n=1)
        raise KeyError
    assert held(warehouse) == []
    with warehouse.transaction():
        warehouse.write(insert, city=CITY, on=ON, n=2)
    assert held(warehouse) == [(CITY, ON, 2)]


def test_a_table_is_exported_as_parquet(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.replace("facts", CITY, ON, rows(1, 2))
    warehouse.export("facts", tmp_path / "facts.parquet")
    assert sorted(pl.read_parquet(tmp_path / "facts.parquet")["n"].to_list()) == [1, 2]


def test_a_second_process_is_told_that_the_file_is_held(warehouse: Warehouse, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from engine.core.errors import Busy
from engine.warehouse.duck import open_warehouse
folder = Path(sys.argv[1])
try:
    open_warehouse(folder / "records.duckdb", memory_limit_mb=256, scratch=folder / "scratch")
except Busy as busy:
    print(busy)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "records.duckdb is held by another process" in done.stdout
    assert Busy.exit_code == 2


def test_leaving_the_block_closes_the_file_for_the_next_one(tmp_path: Path) -> None:
    for _ in range(2):
        with open_warehouse(tmp_path / "r.duckdb", memory_limit_mb=256, scratch=tmp_path / "s") as one:
            one.define("CREATE TABLE IF NOT EXISTS t (n INTEGER)")
