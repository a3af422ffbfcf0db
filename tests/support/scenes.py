"""Every event of the catalogue that a record shows, made to happen to somebody of a household of their own."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from tests.support.eventful import BASELINE, Register

#: makes an event: (register, night, the day it happened, or None where nobody knows, who, in which household); returns its subject
Scene = Callable[[Register, date, date | None, str, str], str]
_CHILD = {"birth_date": date(2020, 6, 1), "rel1": "CHILD"}


def _dated(on: date | None) -> dict[str, Any]:
    return {"effective_date": on, "effective_date_unknown": on is None}


def arrives(reason: str) -> Scene:
    """A first row of somebody nobody knew."""

    def scene(register: Register, night: date, on: date | None, who: str, household: str) -> str:
        facts = {"birth_date": on} if reason == "BIRTH" else {}
        register.row(who, night, reason, on, household_id=household, **_dated(on), **facts)
        return who

    return scene


def changes(reason: str, **facts: Any) -> Scene:
    """A later row of somebody who lives here."""

    def scene(register: Register, night: date, on: date | None, who: str, household: str) -> str:
        register.lives(who, household_id=household, rel1="WIFE")
        new = {"household_id": f"new-{household}"} if "household" in facts else {}
        said = {name: value for name, value in facts.items() if name != "household"}
        register.row(who, night, reason, on, **_dated(on), **new, **said)
        return who

    return scene


def recorded(table: str, dated: str, before: Mapping[str, Any] | None = None, **facts: Any) -> Scene:
    """A row of another system, new or changed, about somebody who lives here."""

    def scene(register: Register, night: date, on: date | None, who: str, household: str) -> str:
        register.lives(who, household_id=household)
        key = {"resident_id": who} | {name: f"{name}-{who}" for name in _KEYS.get(table, ())}
        if before is not None:
            register.holds(table, BASELINE, **key, **before)
        register.holds(table, night, **key, **({dated: on} if dated else {}), **facts)
        return who

    return scene


_KEYS = {"light_vehicle_tax": ("vehicle_id",), "property_tax": ("property_id",)}


def _vehicle(register: Register, night: date, on: date | None, who: str, household: str) -> str:
    recorded("light_vehicle_tax", "acquired_on", relief_kind="NONE")(register, night, on, who, household)
    register.holds("disability", BASELINE, resident_id=who, handbook_kind="PHYSICAL", holder_status="ACTIVE", grade="2")
    return who


def _pension(register: Register, night: date, on: date | None, who: str, household: str) -> str:
    recorded("pension", "kind_changed_on", pension_kind="1")(register, night, on, who, household)
    register.lives(f"{who}-baby", household_id=household, birth_date=night - timedelta(days=100), rel1="CHILD")
    register.child_of(f"{who}-baby", who)
    return who


def _insurance(child: bool) -> Scene:
    def scene(register: Register, night: date, on: date | None, who: str, household: str) -> str:
        register.lives(who, household_id=household, **(_CHILD if child else {}))
        reason = "OTHER" if child else "EMPLOYEE_INSURANCE_LOSS"
        register.entry(who, night, acquired_on=on, acquired_on_unknown=on is None, acquired_reason=reason)
        return who

    return scene


def _parent_leaves(reason: str, status: str, **more: Any) -> Scene:
    """A parent's row that leaves a child of theirs, and another parent, behind; the event is the child's or the other's."""

    def scene(register: Register, night: date, on: date | None, who: str, household: str) -> str:
        register.lives(f"{who}-parent", household_id=household)
        register.lives(f"{who}-other", household_id=household)
        register.lives(who, household_id=household, **_CHILD)
        register.child_of(who, f"{who}-parent", f"{who}-other")
        register.holds(
            "child_allowance", BASELINE, claimant_id=f"{who}-parent", child_id=who, benefit_status="RECEIVING"
        )
        register.row(f"{who}-parent", night, reason, on, status=status, **_dated(on))
        return f"{who}-other" if more.get("other") else who

    return scene


def _child_comes(parent_there: bool) -> Scene:
    def scene(register: Register, night: date, on: date | None, who: str, household: str) -> str:
        register.lives(who, household_id=f"old-{household}", **_CHILD)
        register.lives(f"{who}-parent", household_id=f"old-{household}")
        register.lives(f"{who}-there", household_id=household)
        register.child_of(who, f"{who}-parent", *([f"{who}-there"] if parent_there else []))
        register.row(who, night, "MOVE_WITHIN", on, household_id=household, addr_line="9-9", **_dated(on))
        return who

    return scene


def _single_parent(then: Scene) -> Scene:
    def scene(register: Register, night: date, on: date | None, who: str, household: str) -> str:
        register.lives(f"{who}-claimant", household_id=household)
        register.holds("child_rearing_allowance", BASELINE, claimant_id=f"{who}-claimant", grant_status="FULL")
        return then(register, night, on, who, household)

    return scene


def _partner(register: Register, night: date, on: date | None, who: str, household: str) -> str:
    register.row(who, night, "MOVE_WITHIN", on, household_id=household, rel1="HUSBAND_UNREGISTERED", **_dated(on))
    return who


def _visa(register: Register, night: date, on: date | None, who: str, household: str) -> str:
    register.lives(who, household_id=household, resident_type="2", visa_code="留学")
    register.row(who, night, "EX_OFFICIO_FIX", on, visa_code="技人国", **_dated(on))
    return who


def _measure(register: Register, night: date, on: date | None, who: str, household: str) -> str:
    register.lives(who, household_id=household)
    register.measure(who, night, "2")
    return who


SCENES: Mapping[str, Scene] = {
    "E01": arrives("BIRTH"),
    "E02": recorded("pregnancies", "registered_on", pregnancy_no=1, due_on=date(2027, 5, 1), fetuses=1),
    "E04": recorded("family_register", "register_event_on", {"register_event": "BIRTH"}, register_event="ADOPTION"),
    "E05": arrives("DOMESTIC_IN"),
    "E06": arrives("FOREIGN_IN"),
    "E07": changes("DOMESTIC_OUT", status="MOVED_OUT"),
    "E08": changes("FOREIGN_OUT", status="MOVED_OUT"),
    "E09": changes("MOVE_WITHIN", addr_line="9-9"),
    "E10": changes("DEATH", status="DEAD"),
    "E11": recorded("family_register", "register_event_on", {"register_event": "MARRIAGE"}, register_event="DIVORCE"),
    "E12": recorded("family_register", "register_event_on", {"register_event": "BIRTH"}, register_event="MARRIAGE"),
    "E13": changes("HH_SPLIT", household=True),
    "E14": _parent_leaves("DOMESTIC_OUT", "MOVED_OUT"),
    "E15": changes("HH_MERGE", household=True),
    "E16": changes("HEAD_CHANGE", rel1="HEAD"),
    "E17": _parent_leaves("DEATH", "DEAD", other=True),
    "E18": changes("EX_OFFICIO_DELETE", status="DELETED"),
    "E19": _child_comes(parent_there=False),
    "E20": _child_comes(parent_there=True),
    "E21": _insurance(child=True),
    "E27": _single_parent(_partner),
    "E28": _insurance(child=False),
    "E29": _single_parent(arrives("BIRTH")),
    "E30": recorded("disability", "issued_on", handbook_kind="PHYSICAL", holder_status="ACTIVE", issue_reason="NEW", grade="2"),
    "E31": recorded(
        "ltc", "cert_from", {"category": "1", "cert_status": "NONE"}, category="1", cert_status="CERTIFIED", care_level="21"
    ),
    "E32": recorded("public_assistance", "started_on"),
    "E33": _parent_leaves("FOREIGN_OUT", "MOVED_OUT"),
    "E34": recorded("resident_tax", "assessed_on", {"fiscal_year": 2026, "tax_status": "1"}, fiscal_year=2026, tax_status="0"),
    "E35": _vehicle,
    "E36": recorded("property_tax", "changed_on", change_reason="NEW"),
    "E38": _pension,
    "E41": _visa,
    "E43": recorded("ltc", "", {"category": "1", "cert_status": "NONE"}, category="1", cert_status="NONE", domicile_exception=True),
    "E49": changes("EX_OFFICIO_FIX", ward_flag=True),
    "E50": _measure,
    "E51": changes("ALIAS_ENTRY", alias="青山 花子"),
    "E52": changes("CANCEL_FIX"),
    "E53": recorded("seal_registration", "changed_on", {"seal_status": "REGISTERED"}, seal_status="ABOLISHED"),
    "E54": recorded("public_assistance", "ended_on", {"started_on": date(2020, 4, 1)}),
}  # fmt: skip
