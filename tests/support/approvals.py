"""Small towns for the tests of recipients and approval: real history tables, events and matches, on a real DuckDB."""

import json
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

import eligibility.match
import events.detect
from eligibility.parts import SWEEP
from engine.core.clock import TOKYO, FixedClock
from engine.core.settings import Settings
from engine.core.sql import load_queries
from engine.night import Night
from engine.records.asof import bind_night
from engine.records.contract import load_contracts
from engine.records.tables import create_tables
from engine.warehouse.duck import Warehouse, open_warehouse
from notices.approval.models import Item, Notice
from notices.approval.officer import Officer
from notices.approval.prepare import Prepared, prepare_notices
from notices.recipients.publish import publish_safety
from notices.site import installed
from notices.wording import drafting, library
from notices.wording.draft import PublicFacts, TemplateDrafter
from notices.wording.facts import Said
from notices.wording.models import Wording
from tests.django_settings import TODOKE_SETTINGS

CITY = "292010"
FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 24)  #: the first office day after the holiday of the 23rd
AT = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)
BIRTH = date(2026, 11, 18)
_EVENTS = load_queries(Path(events.detect.__file__).with_name("tables.sql"))
_MATCHES = load_queries(Path(eligibility.match.__file__).with_name("match.sql"))

#: programme → (ja, en, office, recipient, event → kind, sensitivity)
PROGRAMMES: dict[str, tuple[str, str, str, str, dict[str, Any], str]] = {
    "child_allowance": ("児童手当", "Child Allowance", "child_benefits", "guardian", {"E01": "entitlement", "E05": "entitlement", "SWEEP": "entitlement"}, "normal"),
    "infant_health_checks": ("乳幼児健康診査", "Infant Health Checks", "maternal_health", "guardian", {"E01": "information", "E39": "information"}, "normal"),
    "nhi_funeral_grant": ("葬祭費", "Funeral Grant", "insurance", "next_of_kin", {"E10": "entitlement"}, "normal"),
    "nhi_job_loss_reduction": ("国保料の軽減", "NHI Reduction", "insurance", "nhi_payer", {"E28": "entitlement"}, "normal"),
    "ltc_at_65": ("介護保険", "Long-term Care", "long_term_care", "self", {"E25": "information"}, "normal"),
    "elderly_medical_at_75": ("後期高齢者医療", "Elderly Medical", "elderly_medical", "self", {"E26": "duty"}, "normal"),
    "light_vehicle_tax_relief": ("軽自動車税の減免", "Light Vehicle Tax Relief", "tax", "self", {"E30": "entitlement"}, "sensitive"),
}  # fmt: skip

#: the condition a match of these towns hangs on when staff must find something out
WAS_INSURED = {
    "id": "was_insured",
    "label": {"ja": "国民健康保険に入っていた", "en": "was insured"},
    "find_out": {"ja": "国保の資格を確かめてください。", "en": "Find out whether the person was insured."},
}
CRITERIA = [
    {"id": "within_age", "label": {"ja": "18歳の年度末まで", "en": "within age"}, "find_out": None, "result": "met"},
    {**WAS_INSURED, "result": "unknown"},
]


def officer(
    name: str = "aoki",
    *,
    offices: tuple[str, ...] = ("child_benefits",),
    roles: tuple[str, ...] = ("reviewer", "approver"),
) -> Officer:
    """An officer; no account is needed to decide."""
    return Officer(name=name, display_name=name, municipality=CITY, offices=frozenset(offices), roles=frozenset(roles))


#: languages, programmes left out and municipality → the library's rows, drafted and approved once in this process
_APPROVED: dict[tuple[object, ...], list[dict[str, Any]]] = {}
EVERY_OFFICE = tuple(sorted({programme[2] for programme in PROGRAMMES.values()}))


def approve_wordings(*, languages: tuple[str, ...] = ("ja", "en"), leave_out: tuple[str, ...] = ()) -> None:
    """Drafts and approves the wording of every programme but those left out. Into an empty library go the rows of the first time."""
    key = (languages, leave_out, installed().municipality.code)
    empty = not Wording.objects.exists()
    if key in _APPROVED and empty:
        Wording.objects.bulk_create(Wording(**row) for row in _APPROVED[key])
        return
    facts = [
        PublicFacts(programme=slug, kinds=kinds, name=Said(ja=ja, en=en), has_amount=False, has_deadline=True, has_documents=True)
        for slug, (ja, en, _, _, kinds, _) in PROGRAMMES.items()
        if slug not in leave_out
    ]  # fmt: skip
    drafting.ensure(facts, languages=languages, drafter=TemplateDrafter(), at=AT)
    library.approve_all_demo("clerk-w", AT)
    if empty:
        _APPROVED[key] = [
            {name: value for name, value in row.items() if name != "id"} for row in Wording.objects.values()
        ]


@dataclass
class Town:
    """A records file that a test fills row by row; `night` writes what is new and hands out a night on it."""

    folder: Path
    support_feed_on: date | None = None  #: business date of the newest support-measure file; the night's own when None
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    states: list[tuple[str, str, str]] = field(default_factory=list)
    matches: list[dict[str, Any]] = field(default_factory=list)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    warehouse: Warehouse = field(init=False)
    settings: Settings = TODOKE_SETTINGS

    def __post_init__(self) -> None:
        """Opens a copy of a records file that has every table."""
        shutil.copy(_empty_records(), self.folder / "records.duckdb")
        self.warehouse = _open(self.folder)

    def add(self, table: str, **values: Any) -> None:
        """A row of a contract table, to be loaded with the next night."""
        self.rows.setdefault(table, []).append(values)

    def person(
        self, resident_id: str, household_id: str, *, rel: str = "HEAD", born: date = date(1990, 1, 1), **values: Any
    ) -> str:
        """A resident. `rel` is a chain like CHILD or CHILD/CHILD."""
        chain = rel.split("/")
        values.setdefault(
            "hist_no", 1 + sum(row["resident_id"] == resident_id for row in self.rows.get("residents", []))
        )
        self.add(
            "residents",
            resident_id=resident_id, household_id=household_id, status=values.pop("status", "RESIDENT"), birth_date=born,
            name=values.pop("name", f"奈良 {resident_id}"), addr_line=values.pop("addr_line", "二条大路南1-1"), addr_postal="630-8580",
            **{f"rel{place}": name for place, name in enumerate(chain, start=1)}, **values,
        )  # fmt: skip
        return resident_id

    def family(self, household: str = "H1") -> tuple[str, str, str]:
        """Father (head), mother and a newborn: F, M and C with the household's digit."""
        digit = household[1:]
        self.person(f"F{digit}", household, sex="1")
        self.person(f"M{digit}", household, rel="WIFE", sex="2")
        self.person(f"C{digit}", household, rel="CHILD", born=BIRTH)
        return f"F{digit}", f"M{digit}", f"C{digit}"

    def measure(
        self,
        resident_id: str,
        *,
        kind: str = "1",
        role: str = "PROTECTED",
        hist_no: int = 1,
        case: str = "77",
        to_on: date | None = None,
    ) -> None:
        """A support measure."""
        self.add(
            "support_measures",
            resident_id=resident_id,
            hist_no=hist_no,
            measure_kind=kind,
            role=role,
            case_no=case,
            from_on=date(2026, 1, 1),
            to_on=to_on,
        )

    def event(
        self,
        event_id: str,
        code: str,
        subjects: tuple[str, ...],
        household: str,
        *,
        state: str = "settled",
        reason: str = "",
        on: date | None = BIRTH,
        event_class: str = "automatic",
    ) -> None:
        """An event decided on the next night."""
        if all(event["event_id"] != event_id for event in self.events):
            self.events.append(
                {
                    "event_id": event_id,
                    "code": code,
                    "subject_ids": sorted(subjects),
                    "household_id": household,
                    "occurred_on": on,
                    "class": event_class,
                }
            )
        self.states.append((event_id, state, reason))

    def match(
        self, event_id: str, programme: str, subject: str, household: str, *, swept: bool = False, **values: Any
    ) -> None:
        """A match of the next night, eligible unless told otherwise. swept: a sweep brings it."""
        ja, en, office, recipient, kinds, sensitivity = PROGRAMMES[programme]
        code = SWEEP if swept else next(event["code"] for event in self.events if event["event_id"] == event_id)
        due = values.pop("deadline_on", None)
        late = values.pop("late", False)
        facts = {
            "name": {"ja": ja, "en": en}, "gives": {"ja": "制度の説明です。", "en": "What it is."}, "office": office,
            "how_to_apply": {"ja": "窓口に申請書を出してください。", "en": "Hand in the form at City Hall."},
            "documents": [{"ja": "本人確認の書類", "en": "proof of identity"}], "amount": None, "late": late,
            "deadline": {"type": "date", "value": due.isoformat()} if due else None, "ask": values.pop("ask", []),
        }  # fmt: skip
        self.matches.append({
            "match_id": f"{event_id}-{programme}-{subject}", "event_id": event_id, "event_code": code, "programme": programme,
            "version": "a" * 64, "subject_id": subject, "household_id": household, "verdict": "eligible", "excluded": "",
            "kind": kinds.get(code, "entitlement"), "office": office, "recipient": recipient, "sensitivity": sensitivity,
            "criteria": json.dumps(CRITERIA, ensure_ascii=False), "amount": "", "deadline_on": due,
            "last_loss_free_on": due, "late": late, "facts": json.dumps(facts, ensure_ascii=False), "occurred_on": BIRTH, "verify": [], **values,
        })  # fmt: skip

    def birth(self, household: str = "H1", **values: Any) -> tuple[str, str, str]:
        """A family whose child was born: event B<digit> with the allowance and the health checks."""
        father, mother, child = self.family(household)
        event = f"B{household[1:]}"
        self.event(event, "E01", (child,), household)
        self.match(
            event,
            "child_allowance",
            child,
            household,
            deadline_on=values.pop("deadline_on", date(2026, 12, 8)),
            **values,
        )
        self.match(event, "infant_health_checks", child, household)
        return father, mother, child

    def night(self, on: date = FRIDAY, *, at: datetime = AT) -> Night:
        """Writes everything added since the last night as this night's partitions."""
        for name, contract in load_contracts().items():
            rows = [_history_row(name, row, on) for row in self.rows.get(name, [])]
            if rows:
                columns = {
                    "municipality_code": pl.String,
                    "night": pl.Date,
                    "file_id": pl.String,
                    "business_date": pl.Date,
                    "person_id": pl.String,
                    "source_key": pl.String,
                    "source_order": pl.Int64,
                    "row_hash": pl.String,
                    "gone": pl.Boolean,
                }
                kinds = {
                    "VARCHAR": pl.String,
                    "DATE": pl.Date,
                    "INTEGER": pl.Int32,
                    "BIGINT": pl.Int64,
                    "BOOLEAN": pl.Boolean,
                }
                columns |= {column: kinds[kind] for column, kind in contract.physical_columns().items()}
                self.warehouse.replace(f"history.{name}", CITY, on, pl.DataFrame(rows, schema=columns, orient="row"))
        self._files(on)
        self._found(on)
        self.rows, self.states, self.matches = {}, [], []
        bind_night(self.warehouse, CITY, on)
        return Night(on=on, municipality=CITY, warehouse=self.warehouse, settings=self.settings, clock=FixedClock(at))

    def _files(self, on: date) -> None:
        dates = {"residents": on, "support_measures": self.support_feed_on or on}
        rows = [
            {"municipality_code": CITY, "night": on, "file_id": name, "file_name": f"{name}.csv", "table_name": name, "business_date": day,
             "kind": "full", "rows": 1, "quarantined": 0, "state": "accepted", "reason": "", "baseline": False}
            for name, day in dates.items()
        ]  # fmt: skip
        self.warehouse.replace("history.files", CITY, on, pl.DataFrame(rows))
        unread = [
            {
                "municipality_code": CITY,
                "night": on,
                "file_id": "q",
                "business_date": on,
                "row_number": 1,
                "source_key": None,
                "resident_id": None,
                **row,
            }
            for row in self.quarantine
        ]
        if unread:
            self.warehouse.replace("history.quarantine", CITY, on, pl.DataFrame(unread))
            self.quarantine = []

    def _found(self, on: date) -> None:
        fresh = [event for event in self.events if "night" not in event]
        for event in fresh:
            event |= {"municipality_code": CITY, "night": on, "name": "x", "detail": "", "notified_on": on, "processed_on": on,
                      "detected_on": on, "change_ids": [], "evidence": json.dumps([{"table": "residents", "column": "status", "ja": "住民状態", "before": None, "after": "RESIDENT", "file_date": str(on)}]), "urgency": 0}  # fmt: skip
        if fresh:
            self.warehouse.replace("events.events", CITY, on, pl.DataFrame(fresh))
        if self.states:
            rows = [
                {"municipality_code": CITY, "night": on, "event_id": event, "state": state, "reason": reason}
                for event, state, reason in self.states
            ]
            self.warehouse.replace("events.states", CITY, on, pl.DataFrame(rows))
        if self.matches:
            frame = pl.DataFrame(
                [{"municipality_code": CITY, "night": on, **row} for row in self.matches],
                schema_overrides={"verify": pl.List(pl.String), "deadline_on": pl.Date, "last_loss_free_on": pl.Date},
            )
            self.warehouse.replace("matches.matches", CITY, on, frame)


def _open(folder: Path) -> Warehouse:
    return open_warehouse(folder / "records.duckdb", memory_limit_mb=512, scratch=folder / "scratch")


@cache
def _empty_records() -> Path:
    """A records file with every table and no row, made once: making it takes longer than most tests."""
    folder = Path(tempfile.mkdtemp(prefix="todoke-empty-records-"))
    with _open(folder) as warehouse:
        create_tables(warehouse, load_contracts())
        for name in ("create_schema", "create_events", "create_states"):
            warehouse.define(_EVENTS[name].text)
        for name in ("create_schema", "create_matches"):
            warehouse.define(_MATCHES[name].text)
    return folder / "records.duckdb"


def _history_row(table: str, row: dict[str, Any], on: date) -> dict[str, Any]:
    contract = load_contracts()[table]
    defaults: dict[str, Any] = {
        "hist_no": 1,
        "hist_sub": 0,
        "is_latest": True,
        "is_deleted": False,
        "move_reason": "DOMESTIC_IN",
    }
    row = {name: defaults.get(name) for name in contract.physical_columns()} | row
    key = "|".join(str(row[name]) for name in contract.key)
    return {
        "municipality_code": CITY, "night": on, "file_id": "f", "business_date": on, "person_id": row[contract.person], "source_key": key,
        "source_order": row.get("hist_no") or 0, "row_hash": key, "gone": False, **row,
    }  # fmt: skip


def run(town: Town, on: date = FRIDAY, *, at: datetime = AT) -> Prepared:
    """Publishes the safety facts of a night and prepares its notices."""
    night = town.night(on, at=at)
    publish_safety(night)
    return prepare_notices(night)


def items_of(notice: Notice) -> list[Item]:
    """A notice's items in the order of the text."""
    return list(notice.items.order_by("position"))


def later(hours: float) -> datetime:
    """Some hours after AT."""
    return AT + timedelta(hours=hours)
