"""Whether the feeds that came are the ones that were due: delivery calendars, gaps, and the two feeds the night cannot do without."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from engine.core.sql import load_queries
from engine.records.contract import load_contracts
from engine.records.quarantine import SQL as QUARANTINE
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("feeds.sql"))
SUPPORT = "support_measures"


def data_date(warehouse: Warehouse, municipality: str, on: date, table: str = SUPPORT) -> date | None:
    """The business date of the newest accepted file of a table, as of a night; None when there is none."""
    return dict(warehouse.query(_SQL["newest_delivery"], municipality=municipality, night=on).iter_rows()).get(table)


def support_feed_fault(warehouse: Warehouse, municipality: str, on: date) -> str | None:
    """Why the support-measure feed is not good tonight, in one line; None when it is (law.md L2, reader rule 2)."""
    fault = feed_fault(warehouse, municipality, on, SUPPORT)
    if fault is not None:
        return fault
    open_rows = warehouse.query(QUARANTINE["open_quarantine"], municipality=municipality, night=on)
    spoiled = open_rows.filter(pl.col("table_name") == SUPPORT)
    if not spoiled.height:
        return None
    first = spoiled.row(0, named=True)
    where = f"row {first['row_number']} of the file of {first['business_date']}, {first['reason']}"
    return f"the {SUPPORT} feed has {spoiled.height} row(s) in quarantine, the first {where}; see `todoke records quarantine`"


def mandatory_feed_fault(warehouse: Warehouse, municipality: str, on: date) -> str | None:
    """Why a feed the night cannot do without is not good, in one line; None when all are. Support measures come first."""
    fault = support_feed_fault(warehouse, municipality, on)
    if fault is not None:
        return fault
    faults = (feed_fault(warehouse, municipality, on, name) for name in _mandatory_others())
    return next((fault for fault in faults if fault is not None), None)


def stopped_by_rejection(warehouse: Warehouse, municipality: str, on: date) -> bool:
    """Whether the support measures are good and a mandatory file of another table was refused: a fault somebody can put right."""
    if support_feed_fault(warehouse, municipality, on) is not None:
        return False
    return any(_rejection(warehouse, municipality, on, name) is not None for name in _mandatory_others())


def _mandatory_others() -> list[str]:
    return [name for name, contract in load_contracts().items() if contract.delivery.mandatory and name != SUPPORT]


def _rejection(warehouse: Warehouse, municipality: str, on: date, table: str) -> str | None:
    """Why the newest file of a table was refused; None when an accepted one is newer, or none was refused."""
    newest = data_date(warehouse, municipality, on, table)
    since = newest + timedelta(days=1) if newest else date.min
    values = {"municipality": municipality, "night": on, "table_name": table, "since": since}
    rejected = warehouse.query(_SQL["rejected_since"], **values)
    return str(rejected["reason"][0]) if rejected.height else None


def feed_fault(warehouse: Warehouse, municipality: str, on: date, table: str) -> str | None:
    """Why a mandatory feed is missing, stale or rejected tonight; None when it is as new as the last office day."""
    expected = load_contracts()[table].delivery.due_on(on)
    newest = data_date(warehouse, municipality, on, table)
    rejection = _rejection(warehouse, municipality, on, table)
    if rejection is not None:
        return f"the {table} feed was rejected: {rejection}"
    if newest is None:
        return f"the {table} feed is missing: none was ever accepted"
    if newest < expected:
        return f"the {table} feed is stale: the newest is of {newest}, but one of {expected} was due"
    return None


def gaps(warehouse: Warehouse, municipality: str, on: date) -> list[str]:
    """Tables whose newest delivery is older than their calendar allows, with how old it is."""
    newest = dict(warehouse.query(_SQL["newest_delivery"], municipality=municipality, night=on).iter_rows())
    found = []
    for name, contract in load_contracts().items():
        oldest = contract.delivery.due_on(on) - timedelta(days=contract.delivery.maximum_age_days - 1)
        if name not in newest:
            found.append(f"{name}: never delivered")
        elif newest[name] < oldest:
            found.append(f"{name}: newest of {newest[name]}")
    return found
