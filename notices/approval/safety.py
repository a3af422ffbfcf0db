"""The hard stops that stand against one notice now: the question approval and dispatch both ask."""

from collections.abc import Iterable

from notices.approval.hashing import LEFT_OUT
from notices.approval.models import Item, Notice
from notices.recipients.checks import Stop, stops

DEATH = "E10"


def stops_of(notice: Notice, items: Iterable[Item] | None = None) -> list[Stop]:
    """Every reason not to send this notice as it is; empty when there is none. items: its items, where they were read already."""
    listed = notice.items.all() if items is None else items
    return stops(
        notice.municipality_code,
        addressee_id=notice.addressee_id,
        subject_ids=notice.subject_ids,
        household_id=notice.household_id,
        programmes=[(item.programme, item.kind) for item in listed if item.state not in LEFT_OUT],
        about_deceased=notice.event == DEATH,
    )
