"""Releasing what the breaker held: an operator asks for it and says why; the next night settles the kind of that night."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.errors import InputError
from engine.core.requests import RELEASE_HOLD, RunRequest
from engine.core.settings import Settings
from engine.core.sql import load_queries
from engine.night import Night
from engine.records.snapshot import read_snapshot
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("releases.sql"))


@dataclass(frozen=True, kw_only=True)
class Releases:
    """What a night released: (code, night that held it) → how many events."""

    freed: Mapping[tuple[str, date], int]

    def summary(self) -> Mapping[str, Any]:
        """`released`: code → how many events are free from tonight on; nothing where nothing was asked for."""
        by_code: dict[str, int] = {}
        for (code, _), number in self.freed.items():
            by_code[code] = by_code.get(code, 0) + number
        return {"released": by_code} if by_code else {}


def create_releases(warehouse: Warehouse) -> None:
    """Makes the table where there is none yet."""
    warehouse.define(_SQL["create_schema"].text)
    warehouse.define(_SQL["create_releases"].text)


def release_holds(night: Night) -> Releases:
    """Does the releases that were asked for, before tonight's events are settled. The nights that held them stay as they were.

    A release of tonight's own hold, on a night that is run again, waits for the next one.
    """
    create_releases(night.warehouse)
    freed: dict[tuple[str, date], int] = {}
    for request in night.requests.waiting(RELEASE_HOLD):
        code, held_on = str(request.payload["code"]), date.fromisoformat(request.payload["night"])
        if held_on >= night.on:
            continue
        number = freed[code, held_on] = _release(night, request, code, held_on)
        night.requests.done(request, f"{number} events are free from the night of {night.on} on")
    return Releases(freed=freed)


def _release(night: Night, request: RunRequest, code: str, held_on: date) -> int:
    """Writes one release down, once; returns how many events it frees. None are held any more when records took them back."""
    about = {"municipality": night.municipality, "code": code, "night": held_on}
    held = int(night.warehouse.query(_SQL["held"], **about, before=night.on).item())
    if held and (code, held_on) not in released(night.warehouse, night.municipality, night.on):
        values = {"officer": request.asked_by, "reason": request.reason, "released_at": request.asked_at}
        night.warehouse.write(_SQL["insert"], **about, from_night=night.on, **values)
    return held


def released(warehouse: Warehouse, municipality: str, on: date) -> set[tuple[str, date]]:
    """(code, night) of what may settle on a night or has before."""
    create_releases(warehouse)
    rows: pl.DataFrame = warehouse.query(_SQL["released"], municipality=municipality, night=on)
    return set(rows.iter_rows())


def require_held(settings: Settings, code: str, night: str) -> None:
    """Raises InputError unless the newest snapshot says that events of this kind, found on that night (ISO date), are held."""
    try:
        held_on = date.fromisoformat(night)
    except ValueError:
        raise InputError(f"{night} is not a date: YYYY-MM-DD") from None
    if not _held_in_snapshot(settings, code, held_on):
        raise InputError(f"no event {code} of {night} is held; `todoke events held --date {night}` shows a night's")


def _held_in_snapshot(settings: Settings, code: str, held_on: date) -> int:
    snapshot = read_snapshot(settings)
    if not snapshot.has("events.states"):
        return 0
    mine = snapshot.table("events.events").filter(
        (pl.col("municipality_code") == settings.municipality.code)
        & (pl.col("code") == code)
        & (pl.col("night") == held_on)
    )
    states = snapshot.table("events.states").join(mine, on=["municipality_code", "event_id"], how="semi")
    newest = states.sort("night").unique("event_id", keep="last", maintain_order=True)
    return newest.filter(pl.col("state") == "held").height
