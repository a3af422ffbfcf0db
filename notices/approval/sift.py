"""Which of tonight's matches may become a notice, and to whom; all the others become a staff task or a named suppression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.core.dates import age_years
from engine.night import Night
from notices.approval.hashing import identity
from notices.approval.models import Notice
from notices.approval.safety import DEATH
from notices.approval.task_making import About, make_task, suppress
from notices.approval.tonight import Happening, Match, Tonight
from notices.recipients.addressee import Addressee, Households, Unresolved, read_households, resolve
from notices.recipients.checks import Safety, Stop, judge, opted_out, read_safety
from notices.recipients.contacts import refresh

#: never an automatic notice, whatever a programme says (law.md L6)
SENSITIVE_EVENTS = frozenset({"E03", "E04", "E32", "E42", "E51", "E54"})
SENSITIVE_OFFICES = frozenset({"public_assistance"})
_ADULT_YEARS = 18
_FIRST_ROUND = "1"


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """One notice to be: what happened, to whom it is addressed and why, and the programmes it names."""

    happening: Happening
    addressee: Addressee
    household_id: str
    matches: tuple[Match, ...]
    key: str  #: the name under which it is a notice once and for all


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """What every step of the sifting needs at hand."""

    night: Night
    tonight: Tonight
    at: datetime
    households: Households = field(repr=False)

    def about(self, happening: Happening, match: Match | None = None, **details: object) -> About:
        """What a task about an event, or about one match of it, says it is about."""
        return About(
            municipality=self.night.municipality,
            night=self.night.on,
            event=happening.code,
            event_id=happening.event_id,
            subject_id=match.subject_id if match else happening.subject_ids[0],
            programme=match.programme if match else "",
            details=details,
        )

    def task(self, kind: str, happening: Happening, match: Match, *, key: str = "", **details: object) -> None:
        """A task for the office of a match."""
        make_task(
            kind,
            self.about(happening, match, **details),
            office=match.office,
            at=self.at,
            name=match.name_ja,
            key=key,
            due_on=match.deadline_on,
        )


def sift(night: Night, tonight: Tonight, *, at: datetime) -> tuple[list[Bundle], Safety]:
    """The bundles that are not notices yet, and the safety facts they were held to."""
    settled = tonight.settled()
    pairs = {(match.subject_id, match.household_id) for one in settled for match in one.matches}
    sieve = Sieve(night=night, tonight=tonight, at=at, households=read_households(night, sorted(pairs)))
    blocks = read_safety(night.municipality, {who for one in settled for who in one.subject_ids}, households=())
    free = [one for one in settled if not _blocked(sieve, one, blocks.blocked(one.subject_ids))]
    grouped = [bundle for happening in free for bundle in _addressed(sieve, happening)]
    prepared = _prepared(night.municipality, grouped)
    grouped = [one for one in grouped if one.key not in prepared]
    blocks = read_safety(night.municipality, {one.addressee.resident_id for one in grouped}, households=())
    allowed = [
        one for one in grouped if not _blocked(sieve, one.happening, blocks.blocked([one.addressee.resident_id]))
    ]
    people = {who for one in allowed for who in (one.addressee.resident_id, *_subjects(one))}
    refresh(night, people)
    safety = read_safety(night.municipality, people, households={one.household_id for one in allowed})
    return [kept for one in allowed for kept in _reachable(sieve, one, safety)], safety


def _prepared(municipality: str, bundles: Sequence[Bundle]) -> set[str]:
    """The keys among these that are notices already: what became of them since is not asked again."""
    keys = [bundle.key for bundle in bundles]
    return set(Notice.objects.filter(municipality_code=municipality, key__in=keys).values_list("key", flat=True))


def _blocked(sieve: Sieve, happening: Happening, found: Sequence[Stop]) -> bool:
    """Nothing goes out about or to a blocked person: a task for whoever may know (L1), and a named suppression."""
    if not found:
        return False
    stop = sorted(found, key=lambda one: not one.restricted)[0]
    kind = "support_measure" if stop.restricted else stop.reason
    make_task(kind, sieve.about(happening), at=sieve.at, key="event")
    suppress(kind, stop.law, sieve.about(happening))
    return True


def _addressed(sieve: Sieve, happening: Happening) -> list[Bundle]:
    """The matches that may become a notice, by the person they are addressed to."""
    grouped: dict[tuple[Addressee, str], list[Match]] = {}
    for match in happening.matches:
        if not _may_be_told(sieve, happening, match):
            continue
        found = addressee_of(sieve, match)
        if isinstance(found, Unresolved):
            sieve.task("no_addressee", happening, match, key=match.office, why=found.reason)
            suppress("no_addressee", "law.md L7", sieve.about(happening, match))
        else:
            grouped.setdefault((found, match.household_id), []).append(match)
    merged: dict[str, Bundle] = {}
    for (addressee, household), matches in grouped.items():
        known = merged.get(addressee.resident_id)
        merged[addressee.resident_id] = Bundle(
            happening=happening,
            addressee=known.addressee if known else addressee,
            household_id=known.household_id if known else household,
            matches=(*(known.matches if known else ()), *matches),
            key=identity(sieve.night.municipality, addressee.resident_id, happening.event_id, _FIRST_ROUND),
        )
    return [merged[who] for who in sorted(merged)]


def addressee_of(sieve: Sieve, match: Match) -> Addressee | Unresolved:
    """Whom the programme's law names; a minor's own notices go to the guardian (L7)."""
    rule = match.recipient
    if rule == "self":
        born = sieve.tonight.births.get(match.subject_id)
        if born is None:
            return Unresolved("birth_date_unknown")
        if age_years(born, sieve.night.on) < _ADULT_YEARS:
            rule = "guardian"
    return resolve(sieve.households, rule=rule, subject=match.subject_id, household=match.household_id)


def _may_be_told(sieve: Sieve, happening: Happening, match: Match) -> bool:
    """Whether a match may become an item at all; what may not is a task or a suppression, or is simply not eligible."""
    about = sieve.about(happening, match)
    if match.verdict == "ineligible":
        if match.excluded:
            suppress(match.excluded, f"制度の除外（{match.programme}）", about)
        return False
    if _is_sensitive(sieve, happening, match):
        sieve.task("sensitive", happening, match)
        suppress("sensitive", "law.md L6", about)
        return False
    status = sieve.tonight.statuses.get(match.subject_id, "DELETED")
    if happening.code != DEATH and status != "RESIDENT":
        law = "law.md L5" if status == "DEAD" else "law.md L4"
        suppress("deceased" if status == "DEAD" else "moved_out", law, about)
        return False
    if match.verify:
        sieve.task(_kind_of(match.verify), happening, match, verify=_to_find_out(match))
        return False
    return True


def _to_find_out(match: Match) -> list[dict[str, Any]]:
    """The conditions staff must look into, each with its label and what to find out, as the programme's file words them."""
    asked = [one for one in match.criteria if one["id"] in match.verify]
    return [{"id": one["id"], "label": one["label"], "find_out": one["find_out"]} for one in asked]


def _is_sensitive(sieve: Sieve, happening: Happening, match: Match) -> bool:
    return (
        happening.code in SENSITIVE_EVENTS
        or match.office in SENSITIVE_OFFICES
        or any(subject in sieve.tonight.adopted for subject in happening.subject_ids)
    )


def _kind_of(reasons: Sequence[str]) -> str:
    """The task for a match that staff must verify: out of time, law out of date, or facts to find out."""
    if "too_late" in reasons:
        return "too_late"
    return "review_date_passed" if set(reasons) == {"review_date_passed"} else "verify"


def _reachable(sieve: Sieve, bundle: Bundle, safety: Safety) -> list[Bundle]:
    """The bundle without what the addressee opted out of (L10); none when nobody can or may be reached."""
    found = judge(
        safety,
        addressee_id=bundle.addressee.resident_id,
        subject_ids=_subjects(bundle),
        household_id=bundle.household_id,
        programmes=(),
        about_deceased=bundle.happening.code == DEATH,
    )
    if found:
        _unreachable(sieve, bundle, found[0])
        return []
    contact = safety.contacts[bundle.addressee.resident_id]
    refused = set(opted_out(contact, [(match.programme, match.kind) for match in bundle.matches]))
    kept = tuple(match for match in bundle.matches if (match.programme, match.kind) not in refused)
    for match in bundle.matches:
        if match not in kept:
            suppress("opted_out", "law.md L10", sieve.about(bundle.happening, match))
    if not kept:
        return []
    return [replace(bundle, matches=kept)]


def _unreachable(sieve: Sieve, bundle: Bundle, stop: Stop) -> None:
    happening, first = bundle.happening, bundle.matches[0]
    if stop.restricted or stop.passing:
        _blocked(sieve, happening, [stop])
        return
    kind = "ward_without_address" if stop.reason == "ward_without_address" else "no_addressee"
    for match in {match.office: match for match in reversed(bundle.matches)}.values():
        sieve.task(kind, happening, match, key=match.office, why=stop.reason)
    suppress(stop.reason, stop.law, sieve.about(happening, first))


def _subjects(bundle: Bundle) -> list[str]:
    return subjects_of(bundle.matches)


def subjects_of(matches: Sequence[Match]) -> list[str]:
    """Whom a notice is about."""
    return sorted({match.subject_id for match in matches})


STAFF_KINDS: Mapping[str, str] = {
    "R5_backdated": "backdated",
    "R6_unknown_date": "unknown_date",
    "unnamed": "unnamed_birth",
}


def staff_events(night: Night, tonight: Tonight, *, at: datetime) -> None:
    """Events that only a person may act on become tasks: staff state, staff-only class, and one per kind held for its volume."""
    waiting = [one for one in tonight.in_state("staff") if one.event_class in {"automatic", "staff-only"}]
    waiting += [one for one in tonight.in_state("settled") if one.event_class == "staff-only"]
    sieve = Sieve(night=night, tonight=tonight, at=at, households=read_households(night, ()))
    safety = read_safety(night.municipality, {who for one in waiting for who in one.subject_ids}, households=())
    for happening in waiting:
        if _blocked(sieve, happening, safety.blocked(happening.subject_ids)):
            continue
        kind = "staff_only" if happening.state == "settled" else STAFF_KINDS.get(happening.reason, "staff_event")
        make_task(kind, sieve.about(happening, why=happening.reason), at=at)
    for code in sorted({one.code for one in tonight.in_state("held")}):
        count = sum(one.code == code for one in tonight.in_state("held"))
        about = About(
            municipality=night.municipality, night=night.on, event=code, event_id=f"held:{night.on}", subject_id="",
            details={"events": count},
        )  # fmt: skip
        make_task("held_volume", about, at=at, key=code)
