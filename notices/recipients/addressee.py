"""Who is written to: the person the programme's law names, found in the newest records. Never reads income (law.md L5, L7, L8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.core.dates import age_years
from engine.night import Night
from notices.recipients.contacts import SQL

_SPOUSES = ("HUSBAND", "WIFE", "HUSBAND_UNREGISTERED", "WIFE_UNREGISTERED")


@dataclass(frozen=True)
class Addressee:
    """The person to write to, and by which rule."""

    resident_id: str
    reason: str


@dataclass(frozen=True)
class Unresolved:
    """Nobody can be named without a person looking; `reason` is a code a staff task says in words."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Households:
    """The people around tonight's matches, read at once."""

    on: date
    members: Mapping[str, list[dict[str, Any]]] = field(repr=False)
    claimants: Mapping[str, list[str]] = field(repr=False)  #: child → claimants
    payers: Mapping[str, str] = field(repr=False)

    def living(self, household: str) -> list[dict[str, Any]]:
        """Residents of a household."""
        return [row for row in self.members.get(household, []) if row["status"] == "RESIDENT"]


def read_households(night: Night, subjects: Iterable[tuple[str, str]]) -> Households:
    """Reads the households of (subject, household) pairs."""
    pairs = list(subjects)
    values = {
        "municipality": night.municipality,
        "households": sorted({household for _, household in pairs}),
        "people": sorted({subject for subject, _ in pairs}),
    }
    members: dict[str, list[dict[str, Any]]] = {}
    for row in night.warehouse.query(SQL["members"], **values).to_dicts():
        members.setdefault(row["household_id"], []).append(row)
    claimants: dict[str, list[str]] = {}
    for child, claimant in night.warehouse.query(SQL["claimants"], **values).iter_rows():
        claimants.setdefault(child, []).append(claimant)
    payers = {
        resident: payer for resident, payer in night.warehouse.query(SQL["payers"], **values).iter_rows() if payer
    }
    return Households(on=night.on, members=members, claimants=claimants, payers=payers)


def resolve(households: Households, *, rule: str, subject: str, household: str) -> Addressee | Unresolved:
    """Whom a programme's law names for a subject."""
    if rule == "guardian":
        return _guardian(households, subject, household)
    if rule == "next_of_kin":
        return _next_of_kin(households, subject, household)
    if rule == "nhi_payer":
        return _payer(households, subject, household)
    return Addressee(subject, "self")


def _guardian(households: Households, child: str, household: str) -> Addressee | Unresolved:
    """The registered claimant of the child or of a brother or sister first, if they live with the child; else the parent who does."""
    living = {row["resident_id"]: row for row in households.living(household)}
    registered = {
        claimant
        for sibling in (child, *sorted(living))
        for claimant in households.claimants.get(sibling, ())
        if claimant in living
    }
    own = [claimant for claimant in households.claimants.get(child, ()) if claimant in living]
    if own or len(registered) == 1:
        return Addressee(own[0] if own else next(iter(registered)), "claimant")
    if len(registered) > 1:
        return Unresolved("several_claimants")
    me = living.get(child)
    if me is None:
        return Unresolved("child_not_in_household")
    parents = _parents(me, living)
    return Addressee(parents[0], "parent_living_with_child") if parents else Unresolved("no_parent_in_household")


def _parents(child: Mapping[str, Any], living: Mapping[str, dict[str, Any]]) -> list[str]:
    """The child's parents at home by the chain of relations, the head of household first; none where the chain leaves it open."""
    chain = [child[name] for name in ("rel1", "rel2", "rel3", "rel4") if child[name]]
    if chain == ["CHILD"]:
        heads = [resident for resident, row in living.items() if row["rel1"] == "HEAD"]
        spouses = [resident for resident, row in living.items() if row["rel1"] in _SPOUSES and not row["rel2"]]
        return heads + spouses if len(heads) == 1 else []
    if chain == ["CHILD", "CHILD"]:
        children = [
            resident
            for resident, row in living.items()
            if row["rel1"] == "CHILD" and not row["rel2"] and _is_parent_age(row, child)
        ]
        return children if len(children) == 1 else []
    return []


def _is_parent_age(row: Mapping[str, Any], child: Mapping[str, Any]) -> bool:
    return (
        row["birth_date"] is not None
        and child["birth_date"] is not None
        and age_years(row["birth_date"], child["birth_date"]) >= 15
    )


def _next_of_kin(households: Households, deceased: str, household: str) -> Addressee | Unresolved:
    """An adult of the same household: husband or wife first, then the head, then the oldest. Never the deceased (L5)."""
    adults = [
        row
        for row in households.living(household)
        if row["resident_id"] != deceased
        and row["birth_date"] is not None
        and age_years(row["birth_date"], households.on) >= 18
    ]
    if not adults:
        return Unresolved("no_next_of_kin_in_household")
    adults.sort(
        key=lambda row: (row["rel1"] not in _SPOUSES, row["rel1"] != "HEAD", row["birth_date"], row["resident_id"])
    )
    return Addressee(adults[0]["resident_id"], "next_of_kin")


def _payer(households: Households, subject: str, household: str) -> Addressee | Unresolved:
    """Whoever owes the premium, if they live with the subject; else the subject."""
    payer = households.payers.get(subject, subject)
    at_home = {row["resident_id"] for row in households.living(household)}
    return Addressee(payer, "nhi_payer") if payer in at_home else Addressee(subject, "self")
