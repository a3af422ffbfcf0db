"""A small register written by hand, night after night, with the events each night finds in it (real history, changes and detection)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from engine.changes.derive import derive_changes
from engine.core.dates import days
from engine.records.contract import load_contracts
from events.detect import STAGE, Events, detect, known_events
from events.rules import RULES, Rule
from tests.support.history import CITY, Records

BASELINE = date(2026, 11, 9)  #: a Monday
FIRST, SECOND, THIRD = (BASELINE + timedelta(days=number) for number in (1, 2, 3))
#: an event as a test names it: code, subjects, occurred on, state, reason
Told = tuple[str, tuple[str, ...], date | None, str, str]


class Register(Records):
    """History of a few people. A row says only what changes; all other items are carried along, as the register does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._rows: dict[tuple[str, str], dict[str, Any]] = {}
        self._former: dict[tuple[str, str], dict[str, Any]] = {}  #: what a key said before its newest row
        self._delivered: set[tuple[str, date]] = set()
        for table in load_contracts():
            self._deliver(table, BASELINE)

    def lives(self, resident_id: str, **facts: Any) -> None:
        """Somebody who has lived here since before the baseline."""
        said = {"status": "RESIDENT", "household_id": "h1", "name": "奈良 花子", "birth_date": date(1990, 5, 5)}
        said |= {"addr_code": "001", "addr_line": "1-1", "effective_date": date(2020, 4, 1)}
        self._append("residents", resident_id, BASELINE, said | {"move_reason": "DOMESTIC_IN"} | facts)

    def knows(self, resident_id: str) -> bool:
        """Whether somebody is in the register."""
        return ("residents", resident_id) in self._rows

    def row(self, resident_id: str, night: date, reason: str, on: date | None = None, **facts: Any) -> None:
        """A new row of the resident register with its 異動事由 and 異動日 (the night itself unless told)."""
        dated = {"move_reason": reason, "effective_date": on or night, "processed_date": night, "notified_date": night}
        fresh: dict[str, Any] = {
            "status": "RESIDENT",
            "household_id": "h1",
            "name": "奈良 花子",
            "birth_date": date(1990, 5, 5),
        }
        self._append("residents", resident_id, night, ({} if self.knows(resident_id) else fresh) | dated | facts)

    def entry(self, resident_id: str, night: date, kind: str = "ENTRY", **facts: Any) -> None:
        """A new row of the NHI."""
        self._append("nhi", resident_id, night, {"entry_kind": kind, "processed_date": night} | facts)

    def certificate(self, resident_id: str, night: date, **facts: Any) -> None:
        """A version of somebody's physical disability certificate."""
        said = {"handbook_kind": "PHYSICAL", "holder_status": "ACTIVE", "issue_reason": "NEW", "grade": "2"}
        self._append("disability", resident_id, night, said | facts)

    def measure(self, resident_id: str, night: date, kind: str = "1", **facts: Any) -> None:
        """A row of the support measures."""
        said = {"measure_kind": kind, "role": "PROTECTED", "case_no": "c1"}
        self._append("support_measures", resident_id, night, said | facts)

    def holds(self, table: str, night: date, **facts: Any) -> None:
        """A row of a system that keeps one row a key. It says only what changes."""
        key = "|".join(str(facts[name]) for name in load_contracts()[table].key)
        before = self._rows.get((table, key), {})
        self._write_state(table, key, night, before | facts)
        self._former[table, key] = before

    def takes_back(self, table: str, person: str, night: date) -> None:
        """What such a system last wrote about somebody is taken back: the row says again what it said, or is there no more."""
        key = next(key for of, key in self._former if of == table and self._rows[table, key]["resident_id"] == person)
        former = self._former[table, key]
        self._write_state(table, key, night, former or self._rows[table, key] | {"gone": True})

    def _write_state(self, table: str, key: str, night: date, row: dict[str, Any]) -> None:
        self._rows[table, key] = row
        self.put(table, night, **{name: value for name, value in row.items() if value is not None})
        self._deliver(table, night)

    def child_of(self, child: str, *parents: str) -> None:
        """Who has raised a child since before the baseline."""
        for parent in parents:
            self.holds("guardianship", BASELINE, child_id=child, adult_id=parent, guardian_kind="PARENT")

    def run(self, first: date, last: date | None = None, *, rules: Sequence[Rule] = RULES) -> Events:
        """Derives and detects every night from one to another; returns the last report."""
        for on in days(first, last or first):
            night = self.night(on)
            derive_changes(night)
            report = detect(night, rules)
            self.warehouse.mark(STAGE, CITY, on, dict(report.summary()))
        return report

    def told(self, *codes: str) -> list[Told]:
        """Every automatic event found so far with its newest state, or the events of the codes asked for."""
        frame = known_events(self.warehouse, CITY, date(2099, 1, 1))
        wanted = pl.col("code").is_in(list(codes)) if codes else pl.col("class") == "automatic"
        rows = frame.filter(wanted).sort("night", "code", "subject_ids", "occurred_on").iter_rows(named=True)
        return [
            (row["code"], tuple(row["subject_ids"]), row["occurred_on"], row["state"], row["reason"]) for row in rows
        ]

    def _append(self, table: str, person: str, night: date, said: Mapping[str, Any]) -> None:
        row = self._rows.get((table, person), {}) | {"resident_id": person} | dict(said)
        if load_contracts()[table].kind == "history":
            row["hist_no"] = row.get("hist_no", 0) + 1
        if table == "residents":
            row["hist_sub"] = 0
        self._rows[table, person] = row
        self.put(table, night, **{name: value for name, value in row.items() if value is not None})
        self._deliver(table, night)

    def _deliver(self, table: str, night: date) -> None:
        if (table, night) in self._delivered:
            return
        self._delivered.add((table, night))
        file = {"file_id": f"{table}-{night}", "file_name": f"{table}.csv", "table_name": table, "business_date": night}
        counted = {"kind": "delta", "rows": 1, "quarantined": 0, "state": "accepted", "reason": ""}
        place = {"municipality_code": CITY, "night": night, "baseline": night == BASELINE}
        self._insert("history.files", [place | file | counted])


#: makes one thing happen to person `p`: (register, the night it is entered, the day it happened, more facts of its row)
Happening = Callable[..., None]


def birth(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A birth in household h1."""
    register.row(who, night, "BIRTH", on, **({"birth_date": on} | more))


def move_in(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A move from another city into household h9."""
    register.row(
        who, night, "DOMESTIC_IN", on, **({"household_id": "h9", "resident_since": on, "status": "RESIDENT"} | more)
    )


def move_within(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A move inside the city of somebody who lives here."""
    if not register.knows(who):
        register.lives(who)
    register.row(who, night, "MOVE_WITHIN", on, **({"household_id": "h9", "addr_line": "9-9"} | more))


def death(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """The death of somebody who lives here."""
    if not register.knows(who):
        register.lives(who)
    register.row(who, night, "DEATH", on, **({"status": "DEAD"} | more))


def move_out(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A move to another city."""
    register.lives(who)
    register.row(who, night, "DOMESTIC_OUT", on, **({"status": "MOVED_OUT"} | more))


def insurance_loss(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """Somebody who lives here joins the NHI because an employer's insurance ended."""
    register.lives(who)
    facts: dict[str, Any] = {"acquired_on": on, "acquired_reason": "EMPLOYEE_INSURANCE_LOSS"} | more
    register.entry(
        who, night, **{name.replace("effective_date", "acquired_on"): value for name, value in facts.items()}
    )


def certificate(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A first disability certificate of somebody who lives here."""
    register.lives(who)
    register.certificate(who, night, issued_on=on, **more)


def from_abroad(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A move from another country into household h9."""
    facts = {"household_id": "h9", "resident_since": on, "status": "RESIDENT"} | more
    register.row(who, night, "FOREIGN_IN", on, **facts)


def care_level(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A first care level of somebody insured since before the baseline."""
    register.lives(who, birth_date=date(1945, 5, 5))
    register.holds("ltc", BASELINE, resident_id=who, category="1", cert_status="NONE")
    said = {"cert_status": "CERTIFIED", "care_level": "21", "cert_from": on} | more
    register.holds("ltc", night, resident_id=who, **said)


def vehicle(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A light vehicle of somebody who holds a certificate since before the baseline."""
    register.lives(who)
    register.certificate(who, BASELINE, issued_on=date(2020, 4, 1))
    said = {"vehicle_id": f"v{who}", "resident_id": who, "acquired_on": on, "relief_kind": "NONE"} | more
    register.holds("light_vehicle_tax", night, **said)


def house(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """A new house."""
    register.lives(who)
    said = {
        "property_id": f"b{who}",
        "resident_id": who,
        "representative": True,
        "changed_on": on,
        "change_reason": "NEW",
    }
    register.holds("property_tax", night, **(said | more))


def pension_with_baby(register: Register, night: date, on: date, who: str = "p", **more: Any) -> None:
    """The parent of a child of four months becomes a first-category member."""
    register.lives(who)
    register.lives(f"{who}-child", birth_date=on - timedelta(days=100), rel1="CHILD")
    register.child_of(f"{who}-child", who)
    register.holds("pension", night, **({"resident_id": who, "pension_kind": "1", "kind_changed_on": on} | more))


#: events that a record of tonight shows
HAPPENINGS: Mapping[str, Happening] = {
    "E01": birth,
    "E05": move_in,
    "E06": from_abroad,
    "E09": move_within,
    "E10": death,
    "E28": insurance_loss,
    "E30": certificate,
    "E31": care_level,
    "E35": vehicle,
    "E36": house,
    "E38": pension_with_baby,
}
#: events that time alone brings: the birth date of whoever has one on a day, and the day
CALENDAR: Mapping[str, tuple[date, date]] = {
    "E22": (date(2022, 1, 15), date(2027, 10, 1)),
    "E23": (date(2024, 1, 15), date(2027, 2, 1)),
    "E24": (date(2008, 5, 5), date(2027, 2, 1)),
    "E25": (date(1961, 11, 13), date(2026, 11, 12)),
    "E26": (date(1951, 11, 12), date(2026, 11, 12)),
    "E37": (date(2004, 5, 5), date(2027, 2, 1)),
    "E39": (date(2026, 7, 12), date(2026, 11, 12)),
    "E40": (date(2008, 5, 5), date(2027, 3, 1)),
    "E44": (date(1957, 5, 5), date(2027, 4, 1)),
    "E45": (date(2006, 5, 5), date(2027, 4, 1)),
    "E46": (date(1956, 11, 13), date(2026, 11, 12)),
    "E47": (date(2006, 11, 13), date(2026, 11, 12)),
    "E48": (date(2008, 11, 13), date(2026, 11, 12)),
}
