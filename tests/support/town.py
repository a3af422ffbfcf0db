"""A demo town built once for many tests, and its feeds as frames of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from fixtures.demo_settings import BASELINE
from fixtures.registry import Registry
from fixtures.town import TownReport, build_town
from fixtures.traps.nights import Nights, Trap
from fixtures.truth import TruthRow, read_truth


@dataclass(frozen=True)
class BuiltTown:
    """Feeds and truth of a town."""

    report: TownReport

    @cached_property
    def truth(self) -> list[TruthRow]:
        """Every row of the truth."""
        return read_truth(self.report.folder / "truth.jsonl")

    @cached_property
    def feed_days(self) -> list[date]:
        """The dates that have a folder, the baseline first."""
        return sorted(date.fromisoformat(path.name) for path in (self.report.folder / "feeds").iterdir())

    def feed(self, table: str, on: date) -> pl.DataFrame:
        """One file, every value as text."""
        path = self.report.folder / "feeds" / on.isoformat() / f"{table}.csv"
        return pl.read_csv(path, infer_schema=False)

    def rows(self, table: str) -> pl.DataFrame:
        """Every row of a table in the order it was delivered, with `fed_on`."""
        parts = [self.feed(table, on).with_columns(pl.lit(on).alias("fed_on")) for on in self.feed_days]
        return pl.concat(parts)

    def trapped(self, trap: str) -> list[TruthRow]:
        """The truth's rows of one trap."""
        return [row for row in self.truth if row.trap == trap]


def built_town(
    folder: Path, *, seed: int = 1, residents: int = 3_000, nights: int = 30, plant_traps: bool = True
) -> BuiltTown:
    """Builds a town from the demo's first day on."""
    return BuiltTown(
        build_town(
            residents=residents, seed=seed, baseline=BASELINE, nights=nights, folder=folder, plant_traps=plant_traps
        )
    )


def first_of(rows: Sequence[TruthRow]) -> TruthRow:
    """The first row; the trap must have been planted."""
    assert rows, "not planted"
    return rows[0]


@dataclass(frozen=True)
class Planted:
    """What one trap did: rows as (office day, reason), truth as (day, event, outcome, trap); days count from 1."""

    rows: list[tuple[int, str]]
    truth: list[tuple[int, str, str, str | None]]
    entries: list[tuple[int, str]]  #: NHI rows as (day, entry kind)


def planted(trap: Trap, registry: Registry, nights: Nights) -> Planted:
    """Plants one trap in a quiet town."""
    trap(registry, nights)
    day_of = {night: number for number, night in enumerate(nights, start=1)}
    delivered = [(day_of.get(day, 9), feeds) for day, feeds in sorted(registry.feeds.items())]
    return Planted(
        rows=[(day, row["move_reason"]) for day, feeds in delivered for row in feeds.get("residents", [])],
        truth=[(day_of.get(row.night, 9), row.code, row.outcome, row.trap) for row in registry.truth],
        entries=[(day, row["entry_kind"]) for day, feeds in delivered for row in feeds.get("nhi", [])],
    )
