"""A snapshot as all that reads outside the night finds it: Parquet files in a folder, that never change."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engine.core.errors import InputError


@dataclass(frozen=True)
class SnapshotReader:
    """The tables of the newest snapshot."""

    folder: Path

    def table(self, name: str) -> pl.DataFrame:
        """A table by `schema.name`. Raises InputError when the snapshot has none of that name."""
        return pl.read_parquet(self.path(name))

    def lazy(self, name: str) -> pl.LazyFrame:
        """A table of which only what is asked for is read. Raises InputError when the snapshot has none of that name."""
        return pl.scan_parquet(self.path(name))

    def has(self, name: str) -> bool:
        """Whether the snapshot has such a table."""
        return (self.folder / f"{name}.parquet").exists()

    def path(self, name: str) -> Path:
        """The Parquet file of a table. Raises InputError when the snapshot has none of that name."""
        if not self.has(name):
            raise InputError(f"the snapshot of {self.folder.name} has no table {name}")
        return self.folder / f"{name}.parquet"
