from datetime import date

import pytest

from notices.approval.models import ItemState, Notice
from notices.approval.safety import stops_of
from notices.recipients.models import Contact
from tests.support.approvals import Town, approve_wordings, run

pytestmark = pytest.mark.django_db


def test_a_notice_is_asked_about_as_it_is_now(town: Town) -> None:
    approve_wordings()
    town.birth()
    run(town)
    notice = Notice.objects.get()
    assert stops_of(notice) == []
    Contact.objects.filter(resident_id="F1").update(opted_out_topics="child_allowance")
    assert stops_of(notice) == []  # the other programme may still be told
    notice.items.filter(programme="infant_health_checks").update(state=ItemState.REJECTED)
    assert [stop.reason for stop in stops_of(notice)] == ["opted_out"]


def test_a_death_may_be_about_the_dead(town: Town) -> None:
    approve_wordings()
    town.person("D1", "H1", born=date(1944, 1, 1), status="DEAD")
    town.person("W1", "H1", rel="WIFE", born=date(1948, 1, 1))
    town.event("T1", "E10", ("D1",), "H1")
    town.match("T1", "nhi_funeral_grant", "D1", "H1")
    run(town)
    assert stops_of(Notice.objects.get()) == []
