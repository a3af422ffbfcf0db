"""Files too short to be believed: a full one without a large part of what stands, a delta far below what usually comes.

What a full file of a state table no longer holds is gone, and of whom a mandatory feed says nothing nothing is known: such a file is
refused whole, until an operator accepts it. Any other short delta is loaded, for what it says is right, and told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from engine.core.dates import is_business_day
from engine.core.requests import ACCEPT_FILE
from engine.core.settings import Feeds
from engine.core.sql import load_queries
from engine.night import Night
from engine.records.check import Checked
from engine.records.contract import TableContract
from engine.records.meeting import Met

_SQL = load_queries(Path(__file__).with_name("short.sql"))
_DAYS_BACK = 60  #: how far back what usually comes is looked for
_LEAST_DELIVERIES = 5  #: fewer tell nothing of what is usual
_DIGITS = 12  #: of a checksum, enough to tell a file by


@dataclass(frozen=True, kw_only=True)
class ShortDelta:
    """What the deltas of a table and date brought, and the median of the deliveries before."""

    table: str
    business_date: date
    rows: int
    usual: int

    def __str__(self) -> str:
        """In a line, with what to do."""
        return f"{self.business_date}/{self.table}: {self.rows} rows, usually {self.usual}; ask the office whether the file is whole"


def take_acceptances(night: Night) -> frozenset[str]:
    """Keeps what operators accept, and returns the checksums of every file accepted as it is up to tonight."""
    values = {"municipality": night.municipality, "night": night.on}
    known = set(night.warehouse.query(_SQL["accepted"], **values)["file_id"])
    for request in night.requests.waiting(ACCEPT_FILE):
        file_id = str(request.payload["file_id"])
        if file_id not in known:
            said = {"officer": request.asked_by, "reason": request.reason, "asked_at": request.asked_at}
            night.warehouse.write(_SQL["accept"], **values, file_id=file_id, **said)
            known.add(file_id)
        night.requests.done(request, f"the file is read as it is from the night of {night.on} on")
    return frozenset(known)


def refused_before(night: Night) -> list[dict[str, Any]]:
    """Files that earlier nights refused and an operator has accepted since: file_id, file_name, business_date, kind, encoding."""
    return night.warehouse.query(_SQL["refused_before"], municipality=night.municipality, night=night.on).to_dicts()


def without_short_ones(night: Night, met: Sequence[Met], accepted: frozenset[str]) -> list[Met]:
    """The files of one table that a night met, oldest first; those too short to be believed are refused for it."""
    reasons = [_reason(night, one, met) if one.file_id not in accepted else "" for one in met]
    return [replace(one, checked=None, reason=why) if why else one for one, why in zip(met, reasons, strict=True)]


def short_deltas(night: Night) -> list[ShortDelta]:
    """What tonight loaded that is far below what usually comes."""
    rows = night.warehouse.query(_SQL["deltas_tonight"], municipality=night.municipality, night=night.on)
    usual = _usual(night) if rows.height else {}
    found = (ShortDelta(table=t, business_date=day, rows=n, usual=usual.get(t, 0)) for t, day, n in rows.iter_rows())
    return [one for one in found if _is_short(one, night.settings.feeds)]


def _reason(night: Night, one: Met, met: Sequence[Met]) -> str:
    """Why a file is refused, in one line; empty when it is long enough."""
    if one.checked is None or one.contract is None or one.again:
        return ""
    if one.full:
        why = _loss(night, one.contract, one.checked)
    elif one.contract.delivery.mandatory:
        why = _shortfall(night, one.contract.table, one.file.business_date, met)
    else:
        return ""
    accept = f"todoke records accept {one.file_id[:_DIGITS]} --by NAME --reason TEXT"
    return f"{one.file.name}: {why}; have it sent whole, or if it is right: `{accept}`" if why else ""


def _loss(night: Night, contract: TableContract, checked: Checked) -> str:
    """What a full file lacks of what stands, when it is too much. A line that names no key may be any of them."""
    table, limits = f"history.{contract.table}", night.settings.feeds
    values = {"municipality": night.municipality, "night": night.on}
    kept = night.warehouse.query(_SQL["rows_kept"].about(table=table), **values).item()
    if kept - checked.known <= limits.most_lost * kept and checked.rows:
        return ""  # so many rows came again that too much cannot be missing
    query = _SQL["standing_and_met"].about(table=table, arrived=checked.arrived)
    standing, met = night.warehouse.query(query, **values).row(0)
    lost = standing - met - checked.quarantined["source_key"].null_count()
    nothing_left = contract.delivery.mandatory and lost == standing > 0
    if not nothing_left and (lost < limits.least_rows or lost <= limits.most_lost * standing):
        return ""
    return f"{checked.rows} rows, and {lost} of the {standing} that stand in {contract.table} are missing ([feeds] most_lost)"


def _shortfall(night: Night, table: str, on: date, met: Sequence[Met]) -> str:
    """How far the deltas of a date are below what usually comes, when it is too far."""
    today = [
        one.checked for one in met if one.checked and not one.full and not one.again and one.file.business_date == on
    ]
    rows = sum(checked.rows + checked.quarantined.height for checked in today)
    short = ShortDelta(table=table, business_date=on, rows=rows, usual=_usual(night).get(table, 0))
    if not _is_short(short, night.settings.feeds):
        return ""
    return f"{rows} rows, and {table} usually brings {short.usual} ([feeds] least_of_usual)"


def _is_short(delta: ShortDelta, limits: Feeds) -> bool:
    """On a day the office was closed few rows are no sign, and of a table that brings few nothing can be told."""
    enough = delta.usual >= limits.least_rows and is_business_day(delta.business_date)
    return enough and delta.rows < limits.least_of_usual * delta.usual


def _usual(night: Night) -> Mapping[str, int]:
    """Table → the median of what its deltas brought on an office day; tables with too few of them are left out."""
    since = night.on - timedelta(days=_DAYS_BACK)
    rows = night.warehouse.query(_SQL["deliveries"], municipality=night.municipality, night=night.on, since=since)
    by_table: dict[str, list[int]] = {}
    for table, day, number in rows.iter_rows():
        if is_business_day(day):
            by_table.setdefault(table, []).append(number)
    return {table: int(median(brought)) for table, brought in by_table.items() if len(brought) >= _LEAST_DELIVERIES}
