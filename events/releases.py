"""Releasing what the breaker held: an operator says which kind of which night was real, and why; the next night settles it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from engine.core.errors import InputError
from engine.core.sql import load_queries
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("releases.sql"))


@dataclass(frozen=True, kw_only=True)
class Release:
    """One kind of event of one night, by whom and why."""

    municipality: str
    code: str
    night: date
    officer: str
    reason: str


def create_releases(warehouse: Warehouse) -> None:
    """Makes the table where there is none yet."""
    warehouse.define(_SQL["create_schema"].text)
    warehouse.define(_SQL["create_releases"].text)


def release_held(warehouse: Warehouse, release: Release, *, at: datetime) -> int:
    """Writes a release down and returns how many events it frees, from the next night on.

    Raises InputError when none is held, or nobody says who decided or why.
    The last finished night stays as it was: run again it still holds them.
    """
    if not release.reason.strip() or not release.officer.strip():
        raise InputError("a release names who decided (--by) and why (--reason)")
    create_releases(warehouse)
    about = {"municipality": release.municipality, "code": release.code, "night": release.night}
    held = int(warehouse.query(_SQL["held"], **about).item())
    if not held:
        raise InputError(
            f"no event {release.code} of {release.night} is held; `todoke events list --date D` shows a night's"
        )
    last = warehouse.query(_SQL["last_night"], municipality=release.municipality).item()
    values = {
        "from_night": last + timedelta(days=1),
        "officer": release.officer,
        "reason": release.reason,
        "released_at": at,
    }
    warehouse.write(_SQL["insert"], **about, **values)
    return held


def released(warehouse: Warehouse, municipality: str, on: date) -> set[tuple[str, date]]:
    """(code, night) of what may settle on a night or has before."""
    create_releases(warehouse)
    rows: pl.DataFrame = warehouse.query(_SQL["released"], municipality=municipality, night=on)
    return set(rows.iter_rows())
