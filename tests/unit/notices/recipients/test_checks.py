from datetime import date, datetime

import pytest

from engine.core.clock import TOKYO
from engine.core.errors import SafetyStop
from notices.recipients.checks import Stop, opted_out, require_safety, stops
from notices.recipients.models import Block, Contact, SafetyPublication
from tests.support.approvals import AT, CITY, FRIDAY

pytestmark = pytest.mark.django_db


def publish(night: date, data_date: date | None, *, complete: bool = True, reason: str = "") -> None:
    SafetyPublication.objects.create(
        municipality_code=CITY, night=night, data_date=data_date, complete=complete, reason=reason, published_at=AT
    )


def contact(resident: str, **values: object) -> Contact:
    given = {"household_id": "H1", "status": "RESIDENT", "name": "奈良 花子", "postal": "630-8580", "address": "二条大路南1-1",
             "source": "residents", "data_date": FRIDAY} | values  # fmt: skip
    return Contact.objects.create(municipality_code=CITY, resident_id=resident, **given)


def found(**values: object) -> list[str]:
    asked = {
        "addressee_id": "A",
        "subject_ids": ["C"],
        "household_id": "H1",
        "programmes": [("child_allowance", "entitlement")],
    }
    return [stop.reason for stop in stops(CITY, **(asked | values))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO), id="Tuesday after a long weekend needs Friday's"),
        pytest.param(datetime(2026, 11, 22, 12, 0, tzinfo=TOKYO), id="on Sunday too"),
        pytest.param(datetime(2026, 11, 20, 16, 0, tzinfo=TOKYO).replace(hour=23), id="Friday night needs Thursday's"),
    ],
)
def test_safety_facts_of_the_last_office_day_are_good(now: datetime) -> None:
    publish(date(2026, 11, 23), FRIDAY)
    assert require_safety(CITY, now=now).data_date == FRIDAY


@pytest.mark.parametrize(
    ("data_date", "complete", "said"),
    [
        pytest.param(date(2026, 11, 19), True, "2026-11-19", id="a day too old"),
        pytest.param(None, False, "rejected", id="not complete"),
        pytest.param(None, True, "not complete", id="without a date"),
    ],
)
def test_without_good_safety_facts_everything_stops(data_date: date | None, complete: bool, said: str) -> None:
    publish(FRIDAY, date(2026, 11, 20))
    publish(date(2026, 11, 23), data_date, complete=complete, reason="" if complete else "the feed was rejected")
    with pytest.raises(SafetyStop, match=said):
        require_safety(CITY, now=AT)


def test_a_town_that_never_published_stops() -> None:
    with pytest.raises(SafetyStop, match="ever published"):
        require_safety(CITY, now=AT)


def test_another_towns_facts_do_not_count() -> None:
    SafetyPublication.objects.create(
        municipality_code="292028", night=FRIDAY, data_date=FRIDAY, complete=True, published_at=AT
    )
    with pytest.raises(SafetyStop):
        require_safety(CITY, now=AT)


@pytest.mark.parametrize(
    ("addressee", "subject", "expected"),
    [
        pytest.param({}, {}, [], id="nothing stands against it"),
        pytest.param({"status": "DEAD"}, {}, ["deceased"], id="L5 the addressee died"),
        pytest.param({"status": "MOVED_OUT"}, {}, ["moved_out"], id="L4 the addressee moved out"),
        pytest.param({"status": "DELETED"}, {}, ["moved_out"], id="L4 the addressee is no longer on record"),
        pytest.param({"household_id": "H2"}, {}, ["left_household"], id="L3 the addressee lives elsewhere now"),
        pytest.param({"address": ""}, {}, ["no_contact"], id="L4 no address"),
        pytest.param({"ward": True}, {}, ["ward_without_address"], id="L8 a ward without a destination"),
        pytest.param({"ward": True, "destinations": {"ALL": {}}}, {}, [], id="L8 a ward with one"),
        pytest.param({"opted_out_all": True}, {}, ["opted_out"], id="L10 opted out of everything"),
        pytest.param({"opted_out_topics": "x, child_allowance"}, {}, ["opted_out"], id="L10 opted out of the topic"),
        pytest.param({"opted_out_topics": "tax"}, {}, [], id="L10 opted out of another topic"),
        pytest.param({}, {"status": "DEAD"}, ["subject_deceased"], id="L5 the child died"),
        pytest.param({}, {"status": "MOVED_OUT"}, ["subject_moved_out"], id="the child moved out"),
    ],
)
def test_what_stands_against_writing(
    addressee: dict[str, object], subject: dict[str, object], expected: list[str]
) -> None:
    contact("A", **addressee)
    contact("C", **subject)
    assert found() == expected


def test_an_unknown_addressee_cannot_be_written_to() -> None:
    assert found() == ["no_contact"]


@pytest.mark.parametrize("whom", ["A", "C", "S"])
def test_a_block_on_addressee_subject_or_anybody_at_home_stops(whom: str) -> None:
    for resident in "ACS":
        contact(resident)
    Block.objects.create(municipality_code=CITY, resident_id=whom, reason="support_measure", law="L1", since=FRIDAY)
    assert found() == ["support_measure"]


def test_a_death_is_written_about() -> None:
    contact("A")
    contact("C", status="DEAD")
    assert found(about_deceased=True) == []


def test_what_the_law_requires_cannot_be_opted_out_of() -> None:
    someone = contact("A", opted_out_all=True)
    listed = [("a", "entitlement"), ("b", "duty"), ("c", "ending"), ("d", "information")]
    assert opted_out(someone, listed) == [("a", "entitlement"), ("d", "information")]
    contact("C")
    assert found(programmes=[("b", "duty")]) == []


@pytest.mark.parametrize(
    ("reason", "restricted", "passing"),
    [
        pytest.param("support_measure", True, False, id="protected"),
        pytest.param("perpetrator", True, False, id="perpetrator"),
        pytest.param("shares_household", True, False, id="household"),
        pytest.param("quarantined", False, True, id="unread row"),
        pytest.param("held_by_call", False, True, id="call"),
        pytest.param("deceased", False, False, id="death"),
    ],
)
def test_a_stop_says_who_may_know_and_whether_it_passes(reason: str, restricted: bool, passing: bool) -> None:
    stop = Stop(reason, "law")
    assert (stop.restricted, stop.passing) == (restricted, passing)
