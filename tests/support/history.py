"""A records file with history and events written by hand, for the stages that read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

import events
from engine.core.clock import TOKYO, FixedClock
from engine.core.settings import Municipality, Paths, Settings
from engine.core.sql import Query, load_queries
from engine.night import Night
from engine.records.asof import bind_night
from engine.records.contract import load_contracts
from engine.records.tables import create_tables
from engine.warehouse.duck import Warehouse
from fixtures.demo_settings import OFFICES

CITY = "292010"
_EVENTS = load_queries(Path(events.__file__).with_name("tables.sql"))


class Records:
    """History and events of one municipality, and its nights."""

    def __init__(self, folder: Path, *, mode: str = "demo") -> None:
        self.warehouse = Warehouse(duckdb.connect())
        self.settings = settings_in(folder, mode=mode)
        create_tables(self.warehouse, load_contracts())
        for name in ("create_schema", "create_events", "create_states"):
            self.warehouse.define(_EVENTS[name].text)

    def put(self, table: str, night: date, **row: Any) -> None:
        """One row of history first seen on a night. Columns not named are NULL."""
        contract = load_contracts()[table]
        key = "|".join(str(row.get(name, "")) for name in contract.key)
        source = {
            "municipality_code": CITY,
            "night": night,
            "file_id": "f",
            "business_date": night,
            "person_id": row[contract.person],
            "source_key": key,
            "source_order": int(row.get("hist_no", 1)),
            "row_hash": repr(sorted(row.items())),
            "gone": False,
        }
        self._insert(f"history.{table}", [source | row])

    def resident(self, resident_id: str, night: date, *, household: str = "h1", hist_no: int = 1, **row: Any) -> None:
        """One row of the resident register; a resident, child of the head, unless told otherwise."""
        said = {"status": "RESIDENT", "rel1": "CHILD", "hist_sub": 0, "household_id": household}
        self.put("residents", night, resident_id=resident_id, hist_no=hist_no, **(said | row))

    def event(
        self,
        code: str,
        subjects: Sequence[str],
        *,
        occurred_on: date | None,
        detected_on: date,
        settled_on: date | None = None,
        state: str = "settled",
        **more: Any,
    ) -> str:
        """An event of a night and the state it came to, the same night unless told otherwise; returns its id."""
        event_id = f"{code}-{'-'.join(subjects)}-{occurred_on}"
        row = {
            "municipality_code": CITY,
            "night": detected_on,
            "event_id": event_id,
            "code": code,
            "name": code.lower(),
            "class": "automatic",
            "detail": "",
            "subject_ids": list(subjects),
            "household_id": "h1",
            "occurred_on": occurred_on,
            "notified_on": occurred_on,
            "processed_on": detected_on,
            "detected_on": detected_on,
            "change_ids": ["c"],
            "evidence": "[]",
            "urgency": 1,
        }
        self._insert("events.events", [row | more])
        self._insert(
            "events.states",
            [
                {
                    "municipality_code": CITY,
                    "night": settled_on or detected_on,
                    "event_id": event_id,
                    "state": state,
                    "reason": "",
                }
            ],
        )
        return event_id

    def night(self, on: date) -> Night:
        """A night with `now` and `before` bound, as load_records leaves it."""
        bind_night(self.warehouse, CITY, on)
        morning = datetime(on.year, on.month, on.day, 8, 30, tzinfo=TOKYO) + timedelta(days=1)
        return Night(
            on=on, municipality=CITY, warehouse=self.warehouse, settings=self.settings, clock=FixedClock(morning)
        )

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything a table holds."""
        return self.warehouse.query(Query(name="all", text="SELECT * FROM <table>").about(table=table)).to_dicts()

    def _insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with self.warehouse.frame("incoming", pl.DataFrame(rows, infer_schema_length=None)):
            insert = Query(name="insert", text="INSERT INTO <table> BY NAME SELECT * FROM incoming")
            self.warehouse.define(insert.about(table=table).text)


def settings_in(folder: Path, *, mode: str = "demo") -> Settings:
    """Settings whose stores are all in a folder, with the demo town's offices."""
    names = [name for name in Paths.model_fields if name != "feeds"]
    return Settings.model_validate(
        {
            "mode": mode,
            "municipality": Municipality(code=CITY, name_ja="奈良市", name_en="Nara City"),
            "paths": {"feeds": str(folder / "feeds")} | {name: folder / name for name in names},
            "queue_url": f"sqlite:///{folder}/queue.sqlite3",
            "offices": {
                slug: {"name_ja": ja, "name_en": en, "place_ja": at_ja, "place_en": at_en, "phone": f"0742-00-{digits}"}
                for slug, (ja, en, at_ja, at_en, digits) in OFFICES.items()
            },
        }
    )
