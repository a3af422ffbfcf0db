"""Detection of a night beside its floor, as JSON lines: the register's columns it reads, scanned by DuckDB into Arrow once."""

import argparse
import json
import resource
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from engine.changes.derive import derive_changes
from engine.core.sql import Query
from engine.records.asof import bind_night
from engine.records.contract import load_contracts
from engine.records.tables import create_tables
from engine.warehouse.duck import Warehouse
from events.detect import STAGE, detect_events
from fixtures.demo_settings import BASELINE
from tests.django_settings import settings_in
from tests.support.truth import night_of, opened

#: a register of invented people: ages 0 to 99, two to a household, one in fifty from abroad
_PEOPLE = """
INSERT INTO history.residents BY NAME
SELECT '292010' AS municipality_code, $night AS night, 'f' AS file_id, $night AS business_date, CAST(i AS VARCHAR) AS person_id,
       CAST(i AS VARCHAR) AS source_key, 1 AS source_order, CAST(i AS VARCHAR) AS row_hash, FALSE AS gone, CAST(i AS VARCHAR) AS resident_id,
       1 AS hist_no, 0 AS hist_sub, CAST(i // 2 AS VARCHAR) AS household_id, 'RESIDENT' AS status, 'DOMESTIC_IN' AS move_reason,
       CAST(1 + i % 2 AS VARCHAR) AS sex, CAST($night - CAST(hash(i) % 36000 AS INTEGER) AS DATE) AS birth_date,
       CAST($night - CAST(hash(i + 7) % 9000 AS INTEGER) AS DATE) AS resident_since,
       CASE WHEN i % 50 = 0 THEN CAST($night + CAST(hash(i) % 1000 AS INTEGER) AS DATE) END AS visa_until
FROM range($count) AS people (i)
"""
#: every 700th moves tonight
_MOVES = """
INSERT INTO history.residents BY NAME
SELECT h.* REPLACE ($night AS night, 2 AS hist_no, 2 AS source_order, 'moved' || h.row_hash AS row_hash, 'MOVE_WITHIN' AS move_reason),
       'new' AS addr_line, $night AS effective_date, $night AS processed_date
FROM (SELECT * EXCLUDE (addr_line, effective_date, processed_date) FROM history.residents) AS h WHERE CAST(h.resident_id AS INTEGER) % 700 = 0
"""
_FILE = """
INSERT INTO history.files BY NAME
SELECT '292010' AS municipality_code, $night AS night, CAST($night AS VARCHAR) AS file_id, 'residents.csv' AS file_name, 'residents' AS table_name,
       $night AS business_date, 'delta' AS kind, 1 AS rows, 0 AS quarantined, 'accepted' AS state, '' AS reason, $baseline AS baseline
"""
_FLOOR = """
SELECT resident_id, person_id, household_id, status, sex, birth_date, birth_date_unknown, resident_since, visa_until, source_order, night, gone
FROM history.residents
"""


def filled(warehouse: Warehouse, residents: int) -> None:
    """A baseline and one night of moves."""
    create_tables(warehouse, load_contracts())
    tonight = BASELINE + timedelta(days=1)
    warehouse.write(Query(name="people", text=_PEOPLE), night=BASELINE, count=residents)
    warehouse.write(Query(name="moves", text=_MOVES), night=tonight)
    for night in (BASELINE, tonight):
        warehouse.write(Query(name="file", text=_FILE), night=night, baseline=night == BASELINE)


def main() -> None:
    """One JSON line: seconds of a night's detection, of its floor, and how many times the floor that is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=350_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todoke-detect-") as folder:
        settings = settings_in(Path(folder))
        with opened(settings) as warehouse:
            filled(warehouse, asked.residents)
            night = night_of(settings, warehouse, BASELINE + timedelta(days=1))
            bind_night(warehouse, night.municipality, night.on)
            derive_changes(night)
            warehouse.mark(STAGE, night.municipality, BASELINE, {})
            floor, spent = [], []
            for _ in range(asked.runs):
                begin = perf_counter()
                warehouse.read(_FLOOR, {})
                floor.append(perf_counter() - begin)
                begin = perf_counter()
                found = detect_events(night).found
                spent.append(perf_counter() - begin)
    seconds, of_floor = median(spent), median(floor)
    line: dict[str, Any] = {"what": "detect_events", "residents": asked.residents, "events": sum(found.values())}
    line |= {"runs": asked.runs, "seconds": round(seconds, 3), "floor_seconds": round(of_floor, 3)}
    line |= {
        "times_floor": round(seconds / of_floor, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
