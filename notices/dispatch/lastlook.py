"""The last look before a notice leaves: may it still, is it what was approved, and where does it go now."""

from notices.approval.hashing import content_hash
from notices.approval.models import OutboxRow
from notices.dispatch.channel import Parcel
from notices.recipients.checks import Stop, stops
from notices.recipients.models import Contact


def last_look(row: OutboxRow) -> list[Stop]:
    """Every reason why this notice may not leave now (law.md L4): approvals may be days old."""
    notice = row.notice
    items = list(notice.items.all())
    found = stops(
        notice.municipality_code,
        addressee_id=notice.addressee_id,
        subject_ids=notice.subject_ids,
        household_id=notice.household_id,
        programmes=[(item.programme, item.kind) for item in items],
    )
    if not row.content_hash == notice.content_hash == content_hash(notice, items, notice.body.text):
        found.append(Stop("content_changed", ""))
    return found


def parcel_for(row: OutboxRow) -> Parcel:
    """The notice with the name and address of the newest safety tables. Only after a last look found no reason against it."""
    notice = row.notice
    contact = Contact.objects.get(municipality_code=notice.municipality_code, resident_id=notice.addressee_id)
    return Parcel(
        key=notice.key,
        number=notice.number,
        municipality=notice.municipality_code,
        language=notice.language,
        content_hash=row.content_hash,
        text=notice.body.text,
        name=contact.name,
        postal=contact.postal,
        address=contact.address,
    )
