"""The last word on whether somebody may be written to: asked at preparation, at approval and again at sending."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.core.clock import TOKYO
from engine.core.dates import last_business_day
from engine.core.errors import SafetyStop
from notices.many import Among
from notices.recipients.models import Block, Contact, SafetyPublication

_FEW = 1_000
_STOPPABLE = frozenset({"entitlement", "information"})
#: blocks that rest on a support measure: only the named role may learn of them
RESTRICTED = frozenset({"support_measure", "perpetrator", "shares_household"})
#: blocks that end when a row is repaired or a call is over: they hold a notice, they do not take it away
PASSING = frozenset({"quarantined", "held_by_call"})
_STATUS = {
    "DEAD": ("deceased", "law.md L5（亡くなった方には送らない）"),
    "MOVED_OUT": ("moved_out", "law.md L4（宛先は最新の記録から）"),
    "DELETED": ("moved_out", "law.md L4（宛先は最新の記録から）"),
}


@dataclass(frozen=True)
class Stop:
    """A named reason not to write, and its law."""

    reason: str
    law: str

    @property
    def restricted(self) -> bool:
        """Whether it rests on a support measure."""
        return self.reason in RESTRICTED

    @property
    def passing(self) -> bool:
        """Whether it ends by itself, so that a notice waits instead of being taken away."""
        return self.reason in PASSING


@dataclass(frozen=True, kw_only=True)
class Safety:
    """What the safety tables say of some people: read once, asked often."""

    blocks: Mapping[str, Sequence[Stop]] = field(repr=False)
    contacts: Mapping[str, Contact] = field(repr=False)
    households: Mapping[str, Sequence[str]] = field(repr=False)  #: household → its people among the contacts

    def blocked(self, people: Iterable[str]) -> list[Stop]:
        """The blocks that stand against any of these people, each once."""
        return list(dict.fromkeys(stop for person in people for stop in self.blocks.get(person, ())))


def require_safety(municipality: str, *, now: datetime) -> SafetyPublication:
    """The newest safety publication. Raises SafetyStop unless it is complete and of the last expected business date.

    At an instant the last expected date is the newest office day before today in Tokyo: its night has run by now.
    """
    newest = SafetyPublication.objects.filter(municipality_code=municipality).order_by("-night").first()
    if newest is None:
        raise SafetyStop("nothing may be approved or sent: no safety facts were ever published; run the night")
    if not newest.complete or newest.data_date is None:
        raise SafetyStop(f"nothing may be approved or sent: {newest.reason or 'the safety facts are not complete'}")
    expected = last_business_day(now.astimezone(TOKYO).date() - timedelta(days=1))
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
    about_deceased: bool = False,
) -> list[Stop]:
    """Every reason not to write. programmes: (slug, kind) of the items; opt-outs do not stop a duty or an ending (L10).

    household_id: where the addressee lived when the notice was prepared. about_deceased: the subjects are dead and the
    notice is about that (E10).
    """
    safety = read_safety(municipality, {addressee_id, *subject_ids}, households={household_id})
    return judge(
        safety,
        addressee_id=addressee_id,
        subject_ids=subject_ids,
        household_id=household_id,
        programmes=programmes,
        about_deceased=about_deceased,
    )


def read_safety(municipality: str, people: Iterable[str], *, households: Iterable[str]) -> Safety:
    """Blocks and contacts of these people and of everybody known to live in these households."""
    people = set(people)
    known = Contact.objects.filter(municipality_code=municipality).defer("postal", "large_print")
    # nobody twice: every personal column of a row that is read is decrypted
    others = known.filter(household_id__in=Among(set(households))).exclude(resident_id__in=Among(people))
    contacts = {
        one.resident_id: one for found in (known.filter(resident_id__in=Among(people)), others) for one in found
    }
    at_home: dict[str, list[str]] = {}
    for contact in contacts.values():
        at_home.setdefault(contact.household_id, []).append(contact.resident_id)
    blocks: dict[str, list[Stop]] = {}
    everybody = {*people, *contacts}
    rows = Block.objects.filter(municipality_code=municipality).order_by("reason", "id")
    if len(everybody) <= _FEW:  # of many people, all blocks are read: they are fewer
        rows = rows.filter(resident_id__in=everybody)
    for resident, reason, law in rows.values_list("resident_id", "reason", "law"):
        if resident in everybody:
            blocks.setdefault(resident, []).append(Stop(reason, law))
    return Safety(blocks=blocks, contacts=contacts, households=at_home)


def judge(
    safety: Safety,
    *,
    addressee_id: str,
    subject_ids: Sequence[str],
    household_id: str,
    programmes: Iterable[tuple[str, str]],
    about_deceased: bool = False,
) -> list[Stop]:
    """The same as `stops`, on safety facts that were read already."""
    found = safety.blocked([addressee_id, *subject_ids, *safety.households.get(household_id, ())])
    contact = safety.contacts.get(addressee_id)
    if contact is None or not contact.name or not contact.address:
        found.append(Stop("no_contact", "law.md L4（宛先は最新の記録から）"))
    if contact is not None:
        found += _about(contact)
        if contact.household_id != household_id and addressee_id not in subject_ids:
            found.append(Stop("left_household", "law.md L3・L4（以前の世帯に送らない）"))
        listed = list(programmes)
        refused = opted_out(contact, listed)
        found += [Stop("opted_out", "law.md L10（本人の申出）")] if refused and len(refused) == len(listed) else []
    for subject in () if about_deceased else subject_ids:
        status = safety.contacts[subject].status if subject in safety.contacts else ""
        if subject != addressee_id and status in _STATUS:
            reason, law = _STATUS[status]
            found.append(Stop(f"subject_{reason}", law))
    return list(dict.fromkeys(found))


def _about(contact: Contact) -> list[Stop]:
    """What the addressee's own row says: dead, gone, or a ward nobody can be reached for."""
    found = [Stop(*_STATUS[contact.status])] if contact.status in _STATUS else []
    if contact.ward and "ALL" not in contact.destinations:
        found.append(Stop("ward_without_address", "law.md L8（成年後見）"))
    return found


def opted_out(contact: Contact, programmes: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The (slug, kind) pairs the person does not want to hear of; what the law requires is never among them (L10)."""
    topics = {topic.strip() for topic in contact.opted_out_topics.split(",") if topic.strip()}
    return [
        (slug, kind) for slug, kind in programmes if kind in _STOPPABLE and (contact.opted_out_all or slug in topics)
    ]
