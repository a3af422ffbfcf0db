"""Whether what is known hangs together: rows against the night before, people and households that lack their other half, rows set aside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.dates import birthday
from engine.core.errors import InputError
from engine.core.sql import Query, load_queries
from engine.night import Night
from engine.records.contract import TableContract, load_contracts
from engine.records.quarantine import SQL as QUARANTINE
from engine.records.short import short_deltas
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("integrity.sql"))
_MAJORITY = 18
_FINDINGS = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "kind": pl.String,
    "table_name": pl.String,
    "detail": pl.String,
    "number": pl.Int64,
    "before": pl.Int64,
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One count of the report. kind: standing, delivered, not_registered, household_without_head, household_with_heads,
    child_without_guardian, quarantined, people_quarantined, short (rows that a delta lacks of what usually comes; `detail` its date).
    `before`: the same the night before, None when nothing was counted then.
    """

    kind: str
    number: int
    table: str = ""
    detail: str = ""
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class Integrity:
    """The report of one night."""

    night: date
    findings: tuple[Finding, ...]

    def summary(self) -> Mapping[str, Any]:
        """`integrity`: kind → number for what is amiss; `standing` rows stay in the report itself."""
        amiss: dict[str, int] = {}
        for one in self.findings:
            if one.kind not in {"standing", "delivered", "people_quarantined"} and one.number:
                amiss[one.kind] = amiss.get(one.kind, 0) + one.number
        return {"integrity": amiss}

    def of(self, kind: str) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(one for one in self.findings if one.kind == kind)


def check_integrity(night: Night) -> Integrity:
    """Counts, and keeps the night's partition of `history.integrity`. It changes nothing of the records."""
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
    before = {
        (kind, table, detail): number
        for kind, table, detail, number in warehouse.query(_SQL["findings_before"], **values).iter_rows()
    }
    found = [
        Finding(
            kind=one.kind,
            number=one.number,
            table=one.table,
            detail=one.detail,
            before=before.get((one.kind, one.table, one.detail), 0 if before else None),
        )
        for one in _counted(night, values)
    ]
    rows = [
        {
            "municipality_code": night.municipality,
            "night": night.on,
            "kind": one.kind,
            "table_name": one.table,
            "detail": one.detail,
            "number": one.number,
            "before": one.before,
        }
        for one in found
    ]
    warehouse.replace("history.integrity", night.municipality, night.on, pl.DataFrame(rows, schema=_FINDINGS))
    return Integrity(night=night.on, findings=tuple(found))


def _counted(night: Night, values: Mapping[str, Any]) -> Iterator[Finding]:
    warehouse = night.warehouse
    warehouse.write(_SQL["create_registered"], **values)
    delivered = dict(warehouse.query(_SQL["delivered"], **values).iter_rows())
    for table, contract in load_contracts().items():
        standing, strangers = warehouse.query(_rows_of(contract), **values).row(0)
        yield Finding(kind="standing", table=table, number=standing)
        yield Finding(kind="delivered", table=table, number=int(delivered.get(table, 0)))
        yield Finding(kind="not_registered", table=table, number=strangers)
    yield Finding(kind="household_without_head", number=warehouse.query(_SQL["households_without_head"]).item())
    yield Finding(kind="household_with_heads", number=warehouse.query(_SQL["households_with_heads"]).item())
    born_after = birthday(night.on, -_MAJORITY)
    minors = warehouse.query(_SQL["children_without_guardian"], **values, born_after=born_after).item()
    yield Finding(kind="child_without_guardian", number=minors)
    warehouse.write(_SQL["forget_registered"])
    for short in short_deltas(night):
        yield Finding(kind="short", table=short.table, detail=str(short.business_date), number=short.usual - short.rows)
    aside = _SQL["quarantined_by_reason"].about(open=QUARANTINE["open_quarantine"])
    for table, reason, rows, people in warehouse.query(aside, **values).iter_rows():
        yield Finding(kind="quarantined", table=table, detail=reason, number=rows)
        yield Finding(kind="people_quarantined", table=table, detail=reason, number=people)


def _rows_of(contract: TableContract) -> Query:
    history = contract.kind == "history"
    return _SQL["rows_of_table"].about(
        table=f"history.{contract.table}",
        part=listed(["h.person_id" if history else "h.source_key"]),
        newest=listed(["h.source_order" if history else "h.night"]),
    )


def read_integrity(warehouse: Warehouse, municipality: str, on: date | None = None) -> Integrity:
    """The report of a night, of the newest one unless named. Raises InputError when there is none."""
    night = on or warehouse.query(_SQL["newest_night"], municipality=municipality).item()
    rows = warehouse.query(_SQL["findings"], municipality=municipality, night=night).to_dicts() if night else []
    if not rows:
        raise InputError(f"no integrity report of {on or 'any night'}: run `todoke night --date D` first")
    return Integrity(
        night=night,
        findings=tuple(
            Finding(
                kind=row["kind"],
                number=row["number"],
                table=row["table_name"],
                detail=row["detail"],
                before=row["before"],
            )
            for row in rows
        ),
    )
