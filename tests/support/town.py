"""A demo town built once for many tests, and its feeds as frames of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from fixtures.demo_settings import BASELINE
from fixtures.town import TownReport, build_town
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
