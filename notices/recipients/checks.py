"""The last word on whether somebody may be written to: asked at preparation, at approval and again at sending."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.dates import last_business_day
from engine.core.errors import SafetyStop
from notices.recipients.models import Block, Contact, SafetyPublication

_STOPPABLE = frozenset({"entitlement", "information"})


@dataclass(frozen=True)
class Stop:
    """A named reason not to write, and its law."""

    reason: str
    law: str


def require_safety(municipality: str, *, now: datetime) -> SafetyPublication:
    """The newest safety publication. Raises SafetyStop unless it is complete and of the last expected business date.

    At an instant the last expected date is the newest office day before today: its night has run by now.
    """
    newest = SafetyPublication.objects.filter(municipality_code=municipality).order_by("-night").first()
    if newest is None:
        raise SafetyStop("nothing may be approved or sent: no safety facts were ever published; run the night")
    if not newest.complete or newest.data_date is None:
        raise SafetyStop(f"nothing may be approved or sent: {newest.reason or 'the safety facts are not complete'}")
    expected = last_business_day(now.date() - timedelta(days=1))
    if newest.data_date < expected:
        raise SafetyStop(
            f"nothing may be approved or sent: the safety facts are of {newest.data_date}, those of {expected} were due"
        )
    return newest


def stops(
    municipality: str,
    *,
    addressee_id: str,
    subject_ids: Sequence[str],
    household_id: str,
    programmes: Iterable[tuple[str, str]],
) -> list[Stop]:
    """Every reason not to write. programmes: (slug, kind) of the items; opt-outs do not stop a duty or an ending (L10)."""
    found = [
        Stop(block.reason, block.law)
        for block in Block.objects.filter(
            municipality_code=municipality, resident_id__in={addressee_id, *subject_ids}
        ).order_by("reason", "id")
    ]
    found += [Stop(reason, law) for reason, law in household_blocks(municipality, household_id)]
    contact = Contact.objects.filter(municipality_code=municipality, resident_id=addressee_id).first()
    if contact is None:
        found.append(Stop("no_contact", "law.md L4（宛先は最新の記録から）"))
        return list(dict.fromkeys(found))
    if contact.status == "DEAD":
        found.append(Stop("deceased", "law.md L5（亡くなった方には送らない）"))
    elif contact.status != "RESIDENT":
        found.append(Stop("moved_out", "law.md L4（宛先は最新の記録から）"))
    if contact.household_id != household_id:
        found.append(Stop("left_household", "law.md L3・L4（以前の世帯に送らない）"))
    found += _opt_outs(contact, programmes)
    return list(dict.fromkeys(found))


def household_blocks(municipality: str, household_id: str) -> list[tuple[str, str]]:
    """Blocks of anybody known to live in a household."""
    people = Contact.objects.filter(municipality_code=municipality, household_id=household_id).values("resident_id")
    rows = Block.objects.filter(municipality_code=municipality, resident_id__in=people).values_list("reason", "law")
    return sorted(set(rows))


def _opt_outs(contact: Contact, programmes: Iterable[tuple[str, str]]) -> list[Stop]:
    listed = list(programmes)
    topics = {topic.strip() for topic in contact.opted_out_topics.split(",") if topic.strip()}
    stoppable = [slug for slug, kind in listed if kind in _STOPPABLE]
    refused = [slug for slug in stoppable if contact.opted_out_all or slug in topics]
    return [Stop("opted_out", "law.md L10（本人の申出）")] if refused and len(refused) == len(listed) else []
