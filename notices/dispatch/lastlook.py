"""The last look before a notice leaves: may it still, is it what was approved, and where does it go now."""

from notices.approval.hashing import LEFT_OUT, content_hash
from notices.approval.models import OutboxRow
from notices.approval.printing import FLAG, faults
from notices.approval.safety import stops_of
from notices.dispatch.channel import Parcel
from notices.recipients.checks import Stop
from notices.recipients.contacts import destination
from notices.recipients.models import Contact
from notices.recipients.ways import EMAIL, telephone


def last_look(row: OutboxRow) -> list[Stop]:
    """Every reason why this notice may not leave now (law.md L4): approvals may be days old."""
    notice = row.notice
    found = stops_of(notice)
    if not row.content_hash == notice.content_hash == content_hash(notice, notice.items.all(), notice.body.text):
        found.append(Stop("content_changed", ""))
    contact = Contact.objects.filter(
        municipality_code=notice.municipality_code, resident_id=notice.addressee_id
    ).first()
    if contact is not None and row.channel != EMAIL and faults(notice, contact):
        found.append(Stop(FLAG, ""))
    return found


def parcel_for(row: OutboxRow) -> Parcel:
    """The notice with the name and address of the newest safety tables. Only after a last look found no reason against it."""
    notice = row.notice
    contact = Contact.objects.get(municipality_code=notice.municipality_code, resident_id=notice.addressee_id)
    offices = notice.items.exclude(state__in=list(LEFT_OUT)).values_list("office", flat=True)
    to = destination(contact, set(offices))
    return Parcel(
        key=notice.key,
        number=notice.number,
        municipality=notice.municipality_code,
        language=notice.language,
        content_hash=row.content_hash,
        text=notice.body.text,
        name=to.name,
        postal=to.postal,
        address=to.address,
        email=contact.email.strip(),
        mobile=telephone(contact.mobile),
        push_endpoint=contact.push_endpoint.strip(),
        large_print=bool(contact.large_print),
    )
