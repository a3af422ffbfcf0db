"""The leaks that happened to others (law.md L3), from the records to the outbox: nothing reaches the wrong person at any stage.

Each incident is played at every stage its block can arrive: before anything is prepared, in the night after, when only the safety
tables are new at the approval of one or of many, and in the minute between the approval and the sending.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.core.clock import FixedClock
from engine.core.errors import SafetyStop
from engine.core.settings import Settings
from notices.approval import queue
from notices.approval.bulk import approve_selection, select
from notices.approval.decide import approve
from notices.approval.models import Notice, OutboxRow, StaffTask
from notices.approval.refusals import Stopped
from notices.approval.tasks import open_tasks
from notices.approval.waiting import Filters
from notices.dispatch.run import dispatch
from notices.recipients.publish import publish_safety
from notices.site import installed
from tests.support.approvals import AT, EVERY_OFFICE, FRIDAY, Town, approve_wordings, later, officer, run

pytestmark = pytest.mark.django_db
ALL = officer("all", offices=EVERY_OFFICE)
NAMED = officer("fujii", offices=("citizen",), roles=("support_measures",))
NEXT = FRIDAY + timedelta(days=1)
Incident = tuple[Callable[[Town], None], Callable[[Town], None]]


def fled_with_the_child(town: Town) -> None:
    """The mother has fled with the child to another household; the head of the old one is still on record as the claimant."""
    town.person("F1", "H1", sex="1")
    town.person("M1", "H1", rel="WIFE", sex="2", hist_no=1)
    town.person("M1", "H2", rel="HEAD", sex="2", hist_no=2)
    town.person("C1", "H2", rel="CHILD", born=date(2026, 11, 18))
    town.event("B1", "E01", ("C1",), "H2")
    town.match("B1", "child_allowance", "C1", "H2", deadline_on=date(2026, 12, 8))


def the_head_is_the_abuser(town: Town) -> None:
    town.measure("M1", role="PROTECTED", case="1")
    town.measure("F1", role="PERPETRATOR", case="1")


def child_at_home(town: Town) -> None:
    """Mother and child at home; a former husband who has moved out of the household."""
    town.person("X", "H1", sex="1", hist_no=1)
    town.person("X", "H9", sex="1", hist_no=2)
    town.person("M1", "H1", sex="2")
    town.person("C1", "H1", rel="CHILD", born=date(2026, 11, 18))
    town.event("B1", "E01", ("C1",), "H1")
    town.match("B1", "infant_health_checks", "C1", "H1")


def the_mother_is_protected(town: Town) -> None:
    town.measure("M1")


def once_in_that_household(town: Town) -> None:
    """Somebody turns 65 who years ago was a member of the household of a woman who is protected today."""
    town.person("X", "H1", born=date(1961, 11, 21), hist_no=1)
    town.person("X", "H9", born=date(1961, 11, 21), hist_no=2)
    town.person("M1", "H1", sex="2")
    town.event("T1", "E25", ("X",), "H9")
    town.match("T1", "ltc_at_65", "X", "H9")


def only_the_child_is_named(town: Town) -> None:
    town.measure("C1", kind="2")  # a provisional measure counts


INCIDENTS = [
    pytest.param((fled_with_the_child, the_head_is_the_abuser), id="Tokushima: the head of household is the abuser"),
    pytest.param((child_at_home, the_mother_is_protected), id="Nichinan: a former husband is told of the child"),
    pytest.param((child_at_home, only_the_child_is_named), id="a provisional measure names the child alone"),
    pytest.param((once_in_that_household, the_mother_is_protected), id="Chiba: a past household"),
]


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    """The site with an outbox folder of this test."""
    settings = installed()
    return settings.model_copy(update={"paths": settings.paths.model_copy(update={"outbox": tmp_path / "outbox"})})


def send(site: Settings) -> int:
    """Dispatches when every wait is over; returns how many files left the house."""
    dispatch(settings=site, clock=FixedClock(later(1)))
    return len([path for path in site.paths.outbox.rglob("*") if path.is_file()])


def nothing_left_but_a_task_for_the_named_role(site: Settings) -> None:
    assert send(site) == 0
    assert not Notice.objects.filter(
        state__in=["sending", "accepted", "delivered", "unknown", "approved", "queued"]
    ).exists()
    assert [task.kind for task in open_tasks(NAMED)] == ["support_measure"]
    assert all(task.kind != "support_measure" for task in open_tasks(ALL))
    assert all("支援" not in f"{one.state_reason}{one.flags}" for one in Notice.objects.all())
    assert not OutboxRow.objects.filter(attempts__isnull=True).exists()


def test_without_the_block_there_is_something_to_send(site: Settings, town: Town) -> None:
    """The incidents are real ones: each would send."""
    approve_wordings()
    child_at_home(town)
    run(town)
    approve(Notice.objects.get().pk, officer=ALL, at=AT)
    assert send(site) > 0


@pytest.mark.parametrize("incident", INCIDENTS)
def test_known_before_the_night(incident: Incident, site: Settings, town: Town) -> None:
    happens, block = incident
    approve_wordings()
    happens(town)
    block(town)
    run(town)
    assert Notice.objects.count() == 0
    nothing_left_but_a_task_for_the_named_role(site)


@pytest.mark.parametrize("incident", INCIDENTS)
def test_known_the_night_after(incident: Incident, site: Settings, town: Town) -> None:
    happens, block = incident
    approve_wordings()
    happens(town)
    run(town)
    block(town)
    run(town, NEXT)
    assert {one.state for one in Notice.objects.all()} <= {"withdrawn"}
    nothing_left_but_a_task_for_the_named_role(site)


@pytest.mark.parametrize("incident", INCIDENTS)
def test_published_while_the_notice_lies_before_the_clerk(incident: Incident, site: Settings, town: Town) -> None:
    happens, block = incident
    approve_wordings()
    happens(town)
    run(town)
    block(town)
    publish_safety(town.night(NEXT))
    for notice in [Notice.objects.get()]:
        assert [name for name, _, ok, _ in queue.checks(notice, notice.items.all()) if not ok] == ["blocked"]
        with pytest.raises(Stopped) as refused:
            approve(notice.pk, officer=ALL, at=AT)
        assert "support" not in str(refused.value)
    nothing_left_but_a_task_for_the_named_role(site)


@pytest.mark.parametrize("incident", INCIDENTS)
def test_published_between_choosing_many_and_approving_them(incident: Incident, site: Settings, town: Town) -> None:
    happens, block = incident
    approve_wordings()
    happens(town)
    run(town)
    Notice.objects.update(flags=[])
    chosen = select(ALL, filters=Filters(), picked=None, today=AT.date(), at=AT)
    block(town)
    publish_safety(town.night(NEXT))
    done = approve_selection(chosen.pk, officer=ALL, at=AT)
    assert (done.outcome["approved"], set(done.outcome["not_approved"].values()) <= {"stopped"}) == ([], True)
    nothing_left_but_a_task_for_the_named_role(site)


@pytest.mark.parametrize("incident", INCIDENTS)
def test_published_after_the_approval(incident: Incident, site: Settings, town: Town) -> None:
    happens, block = incident
    approve_wordings()
    happens(town)
    run(town)
    approve(Notice.objects.get().pk, officer=ALL, at=AT)
    block(town)
    publish_safety(town.night(NEXT))
    nothing_left_but_a_task_for_the_named_role(site)


def test_a_household_left_after_the_approval_is_not_written_to(site: Settings, town: Town) -> None:
    """Chiba: the label was printed from a past household. The address is looked up when it leaves, and the household compared."""
    approve_wordings()
    town.birth()
    run(town)
    approve(Notice.objects.get().pk, officer=ALL, at=AT)
    town.person("F1", "H9", hist_no=2, addr_line="別の町2-2")
    run(town, NEXT)
    assert send(site) == 0
    assert Notice.objects.get(addressee_id="F1", event_id="B1").state == "withdrawn"


@pytest.mark.parametrize("stage", ["prepare", "approve", "dispatch"])
def test_a_stale_block_list_stops_everything(stage: str, site: Settings, town: Town) -> None:
    """Meguro: a list that was not brought up to date lifted a fresh block. Here an old list sends nothing at all."""
    approve_wordings()
    town.birth()
    if stage == "prepare":
        town.support_feed_on = FRIDAY - timedelta(days=1)
        with pytest.raises(SafetyStop):
            run(town)
        assert Notice.objects.count() == 0
        return
    run(town)
    notice = Notice.objects.get()
    a_day_on = AT + timedelta(days=1)
    if stage == "dispatch":
        approve(notice.pk, officer=ALL, at=AT)
        with pytest.raises(SafetyStop):
            dispatch(settings=site, clock=FixedClock(a_day_on))
        assert not site.paths.outbox.exists() or list(site.paths.outbox.rglob("*.json")) == []
    else:
        with pytest.raises(SafetyStop):
            approve(notice.pk, officer=ALL, at=a_day_on)
    assert OutboxRow.objects.count() == (stage == "dispatch")


def test_a_name_missing_from_todays_list_lifts_nothing(site: Settings, town: Town) -> None:
    approve_wordings()
    child_at_home(town)
    the_mother_is_protected(town)
    run(town)
    town.event("T8", "E39", ("C1",), "H1", on=NEXT)
    town.match("T8", "infant_health_checks", "C1", "H1")
    run(town, NEXT)  # the support-measure file of this night no longer names her
    assert Notice.objects.count() == 0
    assert StaffTask.objects.filter(kind="support_measure").count() == 2
    assert send(site) == 0
