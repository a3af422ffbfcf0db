"""Detection of a night beside its floor, as JSON lines.

Every table that a detector reads is there and brings news: one row in 700 comes again tonight with something changed. The floor is the
columns that detection reads of history, scanned by DuckDB into Arrow once; what it reads of tonight's changes alone is not in it. The
night is an ordinary one: nothing of it is held as a flood. `cpu_times_floor` is the same ratio in processor seconds, for a busy machine.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from engine.changes.derive import derive_changes
from engine.core.settings import Volume
from engine.core.sql import Query, load_queries, quoted
from engine.records.asof import bind_night
from engine.records.contract import TableContract, load_contracts
from engine.records.tables import create_tables, listed
from engine.warehouse.duck import Warehouse
from events.detect import STAGE, detect_events
from events.detectors import load_detectors
from events.people import ASKED, KIN, register
from fixtures.demo_settings import BASELINE
from tests.django_settings import settings_in
from tests.support.truth import night_of, opened

#: a city to which one row in 700 is no flood
_ORDINARY = Volume(yearly=dict.fromkeys(load_detectors(), 1e8))
_REGISTERS = load_queries(Path(__file__).with_name("registers.sql"))
#: what history adds to a table's columns, of the first night
_FIRST = """
INSERT INTO <table> BY NAME
SELECT '292010' AS municipality_code, $night AS night, 'f' AS file_id, $night AS business_date, t.<person> AS person_id,
       concat_ws('|', <key>) AS source_key, 1 AS source_order, concat_ws('|', <key>) AS row_hash, FALSE AS gone, t.*
FROM (<rows>) AS t
"""
#: one row in 700 tonight, with one column changed
_TONIGHT = """
INSERT INTO <table> BY NAME
SELECT * REPLACE ($night AS night, 'b' AS file_id, $night AS business_date, 'new' || row_hash AS row_hash, <changed>)
FROM <table> WHERE hash(source_key) % 700 = 0
"""
#: what comes again says this
_CHANGED: Mapping[str, str] = {
    "residents": "2 AS hist_no, 2 AS source_order, source_key || '|2' AS source_key, 'MOVE_WITHIN' AS move_reason, 'new' AS addr_line,"
    " CAST($night AS DATE) AS effective_date, CAST($night AS DATE) AS processed_date",
    "nhi": "2 AS hist_no, 2 AS source_order, source_key || '|2' AS source_key, 'EMPLOYEE_INSURANCE_LOSS' AS acquired_reason,"
    " CAST($night AS DATE) AS acquired_on",
    "guardianship": "CAST($night AS DATE) AS from_on",
    "child_allowance": "CAST($night AS DATE) AS from_month",
    "pregnancies": "2 AS fetuses",
    "child_rearing_allowance": "'PARTIAL' AS grant_status",
    "disability": "'GRADE_CHANGE' AS issue_reason, '1' AS grade, CAST($night AS DATE) AS issued_on",
    "light_vehicle_tax": "CAST($night AS DATE) AS acquired_on",
    "pension": "'3' AS pension_kind, CAST($night AS DATE) AS kind_changed_on",
    "screenings": "CAST($night AS DATE) AS screened_on",
    "ltc": "'25' AS care_level, CAST($night AS DATE) AS cert_from",
    "family_register": "'MARRIAGE' AS register_event, CAST($night AS DATE) AS register_event_on",
    "public_assistance": "CAST($night AS DATE) AS ended_on",
    "resident_tax": "'0' AS tax_status, CAST($night AS DATE) AS assessed_on",
    "property_tax": "'OWNER_CHANGE' AS change_reason, CAST($night AS DATE) AS changed_on",
    "seal_registration": "'ABOLISHED' AS seal_status, CAST($night AS DATE) AS changed_on",
}
_FILE = """
INSERT INTO history.files BY NAME
SELECT '292010' AS municipality_code, $night AS night, $table || CAST($night AS VARCHAR) AS file_id, $table || '.csv' AS file_name,
       $table AS table_name, $night AS business_date, 'delta' AS kind, 1 AS rows, 0 AS quarantined, 'accepted' AS state, '' AS reason,
       $baseline AS baseline
"""
#: what detection reads of every row of history beside its columns
_EVERY = ("source_order", "night", "gone")
#: every column that detection reads of history in the night, by table (screenings are read on 1 April alone)
_FLOOR: Mapping[str, Sequence[str]] = {
    "residents": [*register().columns, "name"],
    "pregnancies": ["person_id", "resident_id", "registered_on", "due_on", "outcome", "source_key"],
    **{one.table: [*one.columns, "source_key"] for one in (*KIN, *ASKED) if one.table != "screenings"},
}


def filled(warehouse: Warehouse, residents: int) -> None:
    """A baseline and one night of news in every table."""
    create_tables(warehouse, load_contracts())
    tonight = BASELINE + timedelta(days=1)
    for name, rows in _REGISTERS.items():
        contract = load_contracts()[name]
        first = Query(name=name, text=_FIRST).about(
            table=f"history.{name}", person=contract.person, key=_key(contract), rows=rows
        )
        warehouse.write(first, **({"night": BASELINE, "count": residents} if "night" in first.parameters else {}))
        changed = Query(name="changed", text=_CHANGED[name])
        warehouse.write(Query(name=name, text=_TONIGHT).about(table=f"history.{name}", changed=changed), night=tonight)
        for night in (BASELINE, tonight):
            warehouse.write(Query(name="file", text=_FILE), night=night, table=name, baseline=night == BASELINE)


def _key(contract: TableContract) -> Query:
    return Query(name="key", text=", ".join(f't."{name}"' for name in contract.key))


def scan_floor(warehouse: Warehouse) -> None:
    """One scan of every column that detection reads."""
    for table, columns in _FLOOR.items():
        text = Query(name=table, text="SELECT <columns> FROM <table>")
        asked = text.about(table=f"history.{table}", columns=listed(quoted(name) for name in (*columns, *_EVERY)))
        warehouse.read(asked.text, {})


@dataclass(frozen=True)
class Spent:
    """Seconds of one run, on the clock and of the processors."""

    clock: float
    cpu: float


def timed(work: Callable[[], object]) -> Spent:
    """What one run of some work takes."""
    begin, cpu = perf_counter(), process_time()
    work()
    return Spent(perf_counter() - begin, process_time() - cpu)


def night_at(warehouse: Warehouse, settings: Any, on: date) -> Any:
    """A night whose changes are derived."""
    night = night_of(settings, warehouse, on)
    bind_night(warehouse, night.municipality, on)
    derive_changes(night)
    return night


def main() -> None:
    """One JSON line: seconds of a night's detection, of its floor, and how many times the floor that is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=350_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todoke-detect-") as folder:
        settings = settings_in(Path(folder)).model_copy(update={"volume": _ORDINARY})
        with opened(settings) as warehouse:
            filled(warehouse, asked.residents)
            first = night_at(warehouse, settings, BASELINE)
            detect_events(first)
            warehouse.mark(STAGE, first.municipality, BASELINE, {})
            night = night_at(warehouse, settings, BASELINE + timedelta(days=1))
            floor, spent = list[Spent](), list[Spent]()
            for _ in range(asked.runs):
                floor.append(timed(lambda: scan_floor(warehouse)))
                spent.append(timed(lambda: detect_events(night)))
            report = detect_events(night)
    assert not report.held
    seconds, of_floor = median(one.clock for one in spent), median(one.clock for one in floor)
    line: dict[str, Any] = {"what": "detect_events", "residents": asked.residents, "events": sum(report.found.values())}
    line |= {"kinds": len(report.found), "tables": len(_REGISTERS), "runs": asked.runs}
    line |= {
        "seconds": round(seconds, 3),
        "floor_seconds": round(of_floor, 3),
        "times_floor": round(seconds / of_floor, 2),
    }
    line |= {"cpu_times_floor": round(median(one.cpu for one in spent) / median(one.cpu for one in floor), 2)}
    line |= {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
