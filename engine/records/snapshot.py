"""Last stage of the night: an immutable Parquet copy for everything that reads outside the night."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.core.errors import InputError
from engine.core.settings import Settings
from engine.core.sql import load_queries
from engine.night import Night
from engine.records.numbering import export_numbered
from engine.records.reader import SnapshotReader

_SQL = load_queries(Path(__file__).with_name("snapshot.sql"))
_CURRENT = "current"
_KEPT = 3


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What was published: how many tables, as of which night."""

    night: date
    tables: int

    def summary(self) -> Mapping[str, Any]:
        """Nothing of the contract's summary is about the snapshot."""
        return {}


def publish_snapshot(night: Night) -> Snapshot:
    """Writes every table of history, now (with numbers beside the ids), events and matches to a new folder, made current by rename."""
    root = night.settings.paths.snapshot
    folder, partial = root / night.on.isoformat(), root / f".{night.on.isoformat()}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    names = list(night.warehouse.query(_SQL["tables"]).iter_rows())
    export_numbered(night.warehouse, [name for schema, name in names if schema == "now"], partial, named_in="history")
    for schema, name in names:
        if schema != "now":
            night.warehouse.export(f"{schema}.{name}", partial / f"{schema}.{name}.parquet")
    _swap(partial, folder)
    pointer = root / f".{_CURRENT}"
    pointer.write_text(folder.name, encoding="utf-8")
    pointer.replace(root / _CURRENT)
    for old in sorted(entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))[:-_KEPT]:
        if old != folder:
            shutil.rmtree(old)
    return Snapshot(night=night.on, tables=len(names))


def _swap(partial: Path, folder: Path) -> None:
    """Puts a finished folder in place; one of the same night made earlier goes out of the way first."""
    aside = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        folder.rename(aside)
    partial.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)


def read_snapshot(settings: Settings) -> SnapshotReader:
    """The newest snapshot. Raises InputError when no night has published one."""
    pointer = settings.paths.snapshot / _CURRENT
    if not pointer.exists():
        raise InputError(f"no snapshot under {settings.paths.snapshot}: run `todoke night --date D` first")
    return SnapshotReader(settings.paths.snapshot / pointer.read_text(encoding="utf-8").strip())
