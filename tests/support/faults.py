"""Faults of a night as files: what an office delivers when something went wrong, with as many rows as asked for.

Each takes the feeds of a town and a night and returns the rows to deliver that night besides the ordinary ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

Rows = pl.DataFrame


@dataclass(frozen=True)
class Feeds:
    """The text files of a town: its baseline and the office days after it."""

    folder: Path
    baseline: date
    nights: tuple[date, ...]  #: the office days

    def file(self, table: str, on: date) -> Path:
        """The file of a table and a date."""
        return self.folder / on.isoformat() / f"{table}.csv"

    def read(self, table: str, on: date) -> Rows:
        """The rows of one file, every value as text."""
        return pl.read_csv(self.file(table, on), infer_schema=False)

    @cached_property
    def touched(self) -> set[str]:
        """Everybody about whom anything was delivered since the baseline: a fault leaves them out."""
        found: set[str] = set()
        for on in self.nights:
            for table in ("residents", "nhi", "ltc"):
                found |= set(self.read(table, on)["resident_id"].to_list())
        return found

    @cached_property
    def people(self) -> int:
        """How many people lived here on the first day."""
        rows = self.read("residents", self.baseline)
        return rows.filter(pl.col("status") == "RESIDENT").height

    @cached_property
    def residents(self) -> Rows:
        """The register of the first day, without who was touched since or does not live here."""
        rows = self.read("residents", self.baseline)
        away = rows.filter(pl.col("resident_id").is_in(list(self.touched)) | (pl.col("status") != "RESIDENT"))
        return rows.filter(~pl.col("household_id").is_in(away["household_id"].unique().to_list()))

    @cached_property
    def ltc(self) -> Rows:
        """The same people's care insurance on the first day."""
        return self._of_untouched("ltc")

    @cached_property
    def nhi(self) -> Rows:
        """The same people's national health insurance on the first day."""
        return self._of_untouched("nhi")

    def _of_untouched(self, table: str) -> Rows:
        people = self.residents["resident_id"].to_list()
        return self.read(table, self.baseline).filter(pl.col("resident_id").is_in(people))


def _next_row(rows: Rows, night: date, **changed: pl.Expr) -> Rows:
    """The next history row of everybody, entered tonight."""
    on = pl.lit(night.isoformat())
    fresh = {"processed_date": on, "notified_date": on}
    number = pl.col("hist_no").cast(pl.Int64) + 1
    return rows.with_columns(hist_no=number.cast(pl.String), **(fresh | changed))


def _households(rows: Rows, size: int, rng: np.random.Generator) -> Rows:
    """All members of so many households."""
    named = rows["household_id"].unique().sort()
    taken = named.gather(rng.permutation(len(named))[:size].tolist())
    return rows.filter(pl.col("household_id").is_in(taken.to_list()))


def ward_moved(feeds: Feeds, night: date, size: int, rng: np.random.Generator) -> Rows:
    """So many households of one ward are entered as moved to one new block."""
    wards = feeds.residents["addr_code"].unique().sort()
    ward = feeds.residents.filter(pl.col("addr_code") == wards[int(rng.integers(len(wards)))])
    return _moved(night, _households(ward, size, rng), pl.lit("新町1丁目1番地"))


def renumbered(feeds: Feeds, night: date, size: int, rng: np.random.Generator) -> Rows:
    """A renumbering (住居表示) across the city, typed as 転居 instead of 軽微な修正."""
    return _moved(night, _households(feeds.residents, size, rng), pl.col("addr_line") + "の1号")


def _moved(night: date, rows: Rows, where: pl.Expr) -> Rows:
    on = pl.lit(night.isoformat())
    return _next_row(
        rows, night, move_reason=pl.lit("MOVE_WITHIN"), effective_date=on, address_since=on, addr_line=where
    )


def column_shifted(feeds: Feeds, night: date, size: int, rng: np.random.Generator) -> Rows:
    """The column of care levels slid by a row: everybody has the level of somebody else."""
    certified = feeds.ltc.filter(pl.col("care_level").is_not_null())
    rows = certified.gather(rng.permutation(certified.height).tolist())
    return rows.with_columns(pl.col("care_level").shift(1)).filter(pl.Series(_differ(rows))).head(size)


def _differ(rows: Rows) -> list[bool]:
    levels = rows["care_level"].to_list()
    return [place > 0 and level != levels[place - 1] for place, level in enumerate(levels)]


def wrong_code(feeds: Feeds, night: date, size: int, rng: np.random.Generator) -> Rows:
    """A reissue of insurance rows whose reasons are mapped to the code of 社保離脱."""
    rows = feeds.nhi.filter(pl.col("acquired_reason") != "EMPLOYEE_INSURANCE_LOSS")
    rows = rows.gather(rng.permutation(rows.height)[:size].tolist())
    return _next_row(rows, night, acquired_reason=pl.lit("EMPLOYEE_INSURANCE_LOSS"))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault, the table it comes in, the event it floods, and the column the cause must name."""

    name: str
    table: str
    code: str
    column: str
    rows: Callable[[Feeds, date, int, np.random.Generator], Rows]


FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(name="column shifted", table="ltc", code="E31", column="care_level", rows=column_shifted),
        Fault(name="ward moved", table="residents", code="E09", column="addr_code", rows=ward_moved),
        Fault(name="renumbering typed as moves", table="residents", code="E09", column="move_reason", rows=renumbered),
        Fault(name="reasons mapped to a wrong code", table="nhi", code="E28", column="acquired_reason", rows=wrong_code),
    )
}  # fmt: skip


def deliver(
    feeds: Feeds, night: date, sizes: Mapping[Fault, int], rng: np.random.Generator, into: Path
) -> Mapping[Fault, int]:
    """Writes a night's files with each fault's rows below the ordinary ones into a folder; returns how many rows each added.

    One fault a table: two of one table would tell two things of the same people.
    """
    added = {fault: fault.rows(feeds, night, size, rng) for fault, size in sizes.items()}
    by_table = {fault.table: rows for fault, rows in added.items()}
    assert len(by_table) == len(added)
    (into / night.isoformat()).mkdir(parents=True)
    for path in sorted((feeds.folder / night.isoformat()).glob("*.csv")):
        rows = pl.read_csv(path, infer_schema=False)
        if path.stem in by_table:
            rows = pl.concat([rows, by_table[path.stem].select(rows.columns).cast(pl.String)])
        rows.write_csv(into / night.isoformat() / path.name)
    return {fault: rows.height for fault, rows in added.items()}
