"""The hard stops that stand against one notice now: the question approval and dispatch both ask."""

from notices.approval.hashing import LEFT_OUT
from notices.approval.models import Notice
from notices.recipients.checks import Stop, stops

DEATH = "E10"


def stops_of(notice: Notice) -> list[Stop]:
    """Every reason not to send this notice as it is; empty when there is none."""
    items = notice.items.exclude(state__in=list(LEFT_OUT))
    return stops(
        notice.municipality_code,
        addressee_id=notice.addressee_id,
        subject_ids=notice.subject_ids,
        household_id=notice.household_id,
        programmes=list(items.values_list("programme", "kind")),
        about_deceased=notice.event == DEATH,
    )
