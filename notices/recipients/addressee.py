"""Who is written to: the person the programme's law names, found in the newest records. Never reads income (law.md L5, L7, L8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.core.dates import age_years
from engine.night import Night
from notices.recipients.contacts import SQL

_SPOUSES = ("HUSBAND", "WIFE", "HUSBAND_UNREGISTERED", "WIFE_UNREGISTERED")
_PARENTS = ("PARENT", "CUSTODY")
#: a child in a foster family, a facility or under a guardian is somebody's case, not a letter
_CARE = ("FOSTER", "FACILITY", "GUARDIAN")
_ADULT_YEARS = 18
_FEMALE = "2"
_PARENT_YEARS = 15
_Person = Mapping[str, Any]


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
    guardians: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict, repr=False)  #: child → (adult, kind)
    in_facility: frozenset[str] = field(default=frozenset(), repr=False)

    def living(self, household: str) -> list[dict[str, Any]]:
        """Residents of a household."""
        return [row for row in self.members.get(household, []) if row["status"] == "RESIDENT"]


def read_households(night: Night, subjects: Iterable[tuple[str, str]]) -> Households:
    """Reads the households of (subject, household) pairs."""
    pairs = list(subjects)
    values = {
        "municipality": night.municipality,
        "night": night.on,
        "households": sorted({household for _, household in pairs}),
        "people": sorted({subject for subject, _ in pairs}),
    }
    members: dict[str, list[dict[str, Any]]] = {}
    for row in night.warehouse.query(SQL["members"], **values).to_dicts():
        members.setdefault(row["household_id"], []).append(row)
    claimants: dict[str, list[str]] = {}
    in_facility: set[str] = set()
    for child, claimant, facility in night.warehouse.query(SQL["claimants"], **values).iter_rows():
        claimants.setdefault(child, []).append(claimant)
        in_facility |= {child} if facility else set()
    guardians: dict[str, list[tuple[str, str]]] = {}
    for child, adult, kind in night.warehouse.query(SQL["guardians"], **values).iter_rows():
        guardians.setdefault(child, []).append((adult, kind))
    payers = {
        resident: payer for resident, payer in night.warehouse.query(SQL["payers"], **values).iter_rows() if payer
    }
    return Households(
        on=night.on,
        members=members,
        claimants=claimants,
        payers=payers,
        guardians=guardians,
        in_facility=frozenset(in_facility),
    )


def resolve(households: Households, *, rule: str, subject: str, household: str) -> Addressee | Unresolved:
    """Whom a programme's law names for a subject."""
    if rule == "guardian":
        return _guardian(households, subject, household)
    if rule == "mother":
        return _mother(households, subject, household)
    if rule == "self_or_guardian":
        return _self_or_guardian(households, subject, household)
    if rule == "next_of_kin":
        return _next_of_kin(households, subject, household)
    if rule == "nhi_payer":
        return _payer(households, subject, household)
    return Addressee(subject, "self")


def _guardian(households: Households, child: str, household: str) -> Addressee | Unresolved:
    """The registered claimant of the child or of a brother or sister first, if they live with the child; else the parent who does."""
    living = {row["resident_id"]: row for row in households.living(household)}
    if child not in living:
        return Unresolved("child_not_in_household")
    if child in households.in_facility or any(kind in _CARE for _, kind in households.guardians.get(child, ())):
        return Unresolved("child_in_care")
    own = _claimants_at_home(households, [child], living)
    registered = own or _claimants_at_home(households, sorted(living), living)
    if registered:
        return Addressee(registered[0], "claimant") if len(registered) == 1 else Unresolved("several_claimants")
    named = sorted(
        {adult for adult, kind in households.guardians.get(child, ()) if kind in _PARENTS and adult in living}
    )
    parents = _parents(living[child], living)
    if named:  # the register of guardians says who; the chain of relations only which of two is asked
        chosen = [parent for parent in parents if parent in named] or (named if len(named) == 1 else [])
        return Addressee(chosen[0], "parent_living_with_child") if chosen else Unresolved("several_guardians")
    return Addressee(parents[0], "parent_living_with_child") if parents else Unresolved("no_parent_in_household")


def _mother(households: Households, child: str, household: str) -> Addressee | Unresolved:
    """The mother who lives with the child: what concerns a pregnancy or a birth goes to her alone (妊婦本人)."""
    living = {row["resident_id"]: row for row in households.living(household)}
    if child not in living:
        return Unresolved("child_not_in_household")
    if child in households.in_facility or any(kind in _CARE for _, kind in households.guardians.get(child, ())):
        return Unresolved("child_in_care")
    found = [parent for parent in _parents(living[child], living) if living[parent]["sex"] == _FEMALE]
    return Addressee(found[0], "mother_living_with_child") if len(found) == 1 else Unresolved("no_mother_in_household")


def _self_or_guardian(households: Households, subject: str, household: str) -> Addressee | Unresolved:
    """An adult themself; for a minor, who looks after them (law.md L7)."""
    mine = [row for row in households.living(household) if row["resident_id"] == subject]
    if mine and _is_adult(mine[0], households.on):
        return Addressee(subject, "self")
    return _guardian(households, subject, household)


def _claimants_at_home(households: Households, children: Iterable[str], living: Mapping[str, _Person]) -> list[str]:
    """The claimants of these children who live with them, each once."""
    return sorted({who for child in children for who in households.claimants.get(child, ()) if who in living})


def _parents(child: _Person, living: Mapping[str, _Person]) -> list[str]:
    """The child's parents at home by the chain of relations, the head of household first; none where the chain leaves it open."""
    heads = [resident for resident, row in living.items() if _chain(row) == ["HEAD"]]
    spouses = [
        resident for resident, row in living.items() if _chain(row)[:1] in [[s] for s in _SPOUSES] and not row["rel2"]
    ]
    if len(heads) > 1 or len(spouses) > 1:
        return []
    chain = _chain(child)
    if chain == ["CHILD"]:
        found = heads + spouses
    elif len(chain) == 2 and chain[0] in _SPOUSES and chain[1] == "CHILD":
        found = spouses
    elif chain == ["CHILD", "CHILD"]:
        found = [
            resident for resident, row in living.items() if _chain(row) == ["CHILD"] and _is_parent_age(row, child)
        ]
        found = found if len(found) == 1 else []
    elif chain in (["HEAD"], ["SIBLING"]):
        found = [resident for resident, row in living.items() if _chain(row) in (["FATHER"], ["MOTHER"])]
        found = found if len(found) == 1 else []
    else:
        found = []
    return [parent for parent in found if _is_parent_age(living[parent], child)]


def _chain(row: _Person) -> list[str]:
    return [row[name] for name in ("rel1", "rel2", "rel3", "rel4") if row[name]]


def _is_parent_age(row: _Person, child: _Person) -> bool:
    return (
        row["birth_date"] is not None
        and child["birth_date"] is not None
        and age_years(row["birth_date"], child["birth_date"]) >= _PARENT_YEARS
    )


def _next_of_kin(households: Households, deceased: str, household: str) -> Addressee | Unresolved:
    """An adult of the same household: husband or wife, else the head, else the only one there is. Never the deceased (L5)."""
    adults = [
        row for row in households.living(household) if row["resident_id"] != deceased and _is_adult(row, households.on)
    ]
    if not adults:
        return Unresolved("no_next_of_kin_in_household")
    for closest in (_SPOUSES, ("HEAD",)):
        found = [row for row in adults if row["rel1"] in closest and not row["rel2"]]
        if len(found) == 1:
            return Addressee(found[0]["resident_id"], "next_of_kin")
    return Addressee(adults[0]["resident_id"], "next_of_kin") if len(adults) == 1 else Unresolved("several_survivors")


def _payer(households: Households, subject: str, household: str) -> Addressee | Unresolved:
    """Whoever owes the premium by law; where no payer is recorded, the subject."""
    payer = households.payers.get(subject, subject)
    living = {row["resident_id"]: row for row in households.living(household)}
    if payer not in living:
        return Unresolved("payer_not_in_household")
    if not _is_adult(living[payer], households.on):
        return Unresolved("payer_is_a_minor")
    return Addressee(payer, "nhi_payer" if payer != subject else "self")


def _is_adult(row: _Person, on: date) -> bool:
    return row["birth_date"] is not None and age_years(row["birth_date"], on) >= _ADULT_YEARS
