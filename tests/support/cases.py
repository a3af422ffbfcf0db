"""Cases judged by SQL: a DuckDB with the contracts' tables, filled from the same facts the evaluator is given."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import polars as pl

from eligibility.cases import in_memory, judged_together, questions
from eligibility.language.compile import FOUND
from eligibility.language.evaluate import Facts
from eligibility.language.nodes import Node
from eligibility.language.sources import numbers
from engine.core.sql import Query, quoted
from engine.records.contract import load_contracts
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

POLARS: Mapping[str, type[pl.DataType]] = {
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
}

#: what a night knows of one state of its records, named as such
_KNOWN = Query(name="known", text="CREATE TABLE <known> AS SELECT t.* <keys> FROM <table> AS t")


class SqlReader:
    """Judges facts by the night's SQL. Rows are put into plain tables of a schema `now`, without history."""

    def __init__(self, warehouse: Warehouse, tables: Sequence[str]) -> None:
        self.warehouse, self.tables = warehouse, tables
        warehouse.define("CREATE SCHEMA IF NOT EXISTS now")
        for table in tables:
            columns = load_contracts()[table].physical_columns().items()
            made = Query(name="made", text="CREATE OR REPLACE TABLE <table> (<columns>)")
            text = listed(f"{quoted(name)} {kind}" for name, kind in columns)
            warehouse.define(made.about(table=f"now.{table}", columns=text).text)

    def values(self, asked: Mapping[str, Node], facts: Sequence[Facts]) -> list[dict[str, Any]]:
        """For each of the facts: name → value."""
        self.fill(facts)
        cases = self._cases(facts).with_columns(state=pl.lit(""))
        nights = cases.partition_by("as_of")  # a night asks as of itself
        with in_memory(self.warehouse):
            for table in self.tables:
                keys = listed((f", t.{quoted(key)} AS {quoted(f'known_{key}')}" for key in numbers(table)), by="")
                self.warehouse.define(_KNOWN.about(known=f"{FOUND}.{table}", keys=keys, table=f"now.{table}").text)
            found = [
                judged_together(self.warehouse, of_night, questions(asked, of_night["as_of"][0])) for of_night in nights
            ]
        return pl.concat(found, how="vertical_relaxed").sort("case_id").drop("case_id").to_dicts()

    def fill(self, facts: Sequence[Facts]) -> None:
        """Makes the tables hold the facts alone: subjects p0, p1 … of the households h0, h1 …"""
        for table, rows in self._rows(facts).items():
            self._fill(table, rows)

    def _fill(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        columns = load_contracts()[table].physical_columns()
        schema = {name: POLARS[kind] for name, kind in columns.items()}
        frame = pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=schema)
        self.warehouse.define(Query(name="empty", text="DELETE FROM <table>").about(table=f"now.{table}").text)
        with self.warehouse.frame("incoming", frame):
            self.warehouse.define(
                Query(name="fill", text="INSERT INTO <table> BY NAME SELECT * FROM incoming")
                .about(table=f"now.{table}")
                .text
            )

    def _rows(self, facts: Sequence[Facts]) -> dict[str, list[dict[str, Any]]]:
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in self.tables}
        for place, one in enumerate(facts):
            home = {"household_id": f"h{place}"}
            own = one.subject.get("resident_id")
            others = (row for row in one.household or () if row is not one.subject)
            people = [one.subject, *(row for row in others if own is None or row.get("resident_id") != own)]
            numbers: dict[Any, str] = {}
            for number, person in enumerate(people):
                me = f"p{place}" if number == 0 else f"p{place}-{number}"
                numbers |= {person["resident_id"]: me} if person.get("resident_id") is not None else {}
                rows["residents"].append({"status": "RESIDENT", **person} | home | {"resident_id": me})
            for table in (table for table in self.tables if table != "residents"):
                who = "child_id" if table == "child_allowance" else load_contracts()[table].person
                told = one.records.get(table, ())
                for row in told:
                    mine = own is None or row.get(who) is None
                    rows[table].append({**row, who: f"p{place}" if mine else numbers.get(row[who], "nobody")})
        return rows

    def _cases(self, facts: Sequence[Facts]) -> pl.DataFrame:
        rows = [
            {
                "case_id": place,
                "subject_id": f"p{place}",
                "household_id": f"h{place}",
                "occurred_on": one.occurred_on,
                "as_of": one.as_of,
                "detail": one.detail,
            }
            for place, one in enumerate(facts)
        ]
        return pl.DataFrame(rows, schema_overrides={"occurred_on": pl.Date, "as_of": pl.Date})


@contextmanager
def sql_reader(*tables: str) -> Iterator[SqlReader]:
    """A reader over an empty warehouse in memory; residents are always there."""
    with Warehouse(duckdb.connect()) as warehouse:
        yield SqlReader(warehouse, ("residents", *tables))
