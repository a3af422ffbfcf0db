"""A feed folder written by hand, and the records file its nights make of it."""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from engine.changes.derive import Changes, derive_changes
from engine.core.settings import Settings
from engine.night import Night
from engine.records.contract import load_contracts
from engine.records.load import STAGE, Loaded, load_records
from tests.support.small_site import CODE, small_settings
from tests.support.truth import night_of, opened

PERSON, OTHER = "10000000017", "10000000025"


@dataclass(frozen=True)
class FeedFolder:
    """Feeds of the canonical profile in a folder, read night by night."""

    root: Path

    @property
    def settings(self) -> Settings:
        """Every store in the folder."""
        return small_settings(self.root)

    def write(self, on: date, table: str, rows: Sequence[Mapping[str, Any]], *, kind: str | None = None) -> Path:
        """One file of a business date, with its line in the manifest; columns not named are empty."""
        folder = self.root / "feeds" / on.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(load_contracts()[table].physical_columns()))
            writer.writeheader()
            writer.writerows(rows)
        promise = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": len(rows)}
        manifest = folder / "manifest.json"
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"] if manifest.exists() else {}
        files[path.name] = promise | ({"kind": kind} if kind else {})
        manifest.write_text(json.dumps({"files": files}), encoding="utf-8")
        return path

    def load(self, on: date) -> Loaded:
        """One night's first stage."""
        with opened(self.settings) as warehouse:
            loaded = load_records(self.night(warehouse, on))
            warehouse.mark(STAGE, CODE, on, {})
        return loaded

    def derive(self, on: date) -> Changes:
        """One night's first stage, and its changes."""
        self.load(on)
        with opened(self.settings) as warehouse:
            return derive_changes(self.night(warehouse, on))

    def night(self, warehouse: Any, on: date) -> Night:
        """A night on the folder's records file."""
        return night_of(self.settings, warehouse, on)

    def read(self, sql: str) -> list[dict[str, Any]]:
        """Rows of the records file."""
        with opened(self.settings) as warehouse:
            found: pl.DataFrame = warehouse.read(sql, {})
        return found.to_dicts()


def resident(number: str = PERSON, hist_no: int = 1, **more: Any) -> dict[str, Any]:
    """A row of the resident register."""
    return {
        "resident_id": number,
        "hist_no": hist_no,
        "hist_sub": 0,
        "is_latest": "true",
        "is_deleted": "false",
        "household_id": "50000000011",
        "resident_type": "1",
        "status": "RESIDENT",
        "move_reason": "DOMESTIC_IN",
        "effective_date": "2026-11-01",
        "processed_date": "2026-11-02",
        "birth_date": "1990-05-05",
    } | more


def measure(number: str = PERSON, hist_no: int = 1, **more: Any) -> dict[str, Any]:
    """A row of the support measures."""
    said = {"measure_kind": "1", "role": "PROTECTED", "case_no": "7700001", "from_on": "2026-01-05"}
    return {"resident_id": number, "hist_no": hist_no} | said | more


def allowance(claimant: str = PERSON, child: str = OTHER, **more: Any) -> dict[str, Any]:
    """A row of the child allowance, a state table."""
    return {
        "claimant_id": claimant,
        "child_id": child,
        "benefit_status": "RECEIVING",
        "from_month": "2026-04-01",
    } | more
