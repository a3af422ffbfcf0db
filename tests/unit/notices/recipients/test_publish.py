from collections.abc import Callable
from datetime import date, timedelta

import pytest

from engine.core.errors import SafetyStop
from notices.recipients.models import Block, Contact, SafetyPublication
from notices.recipients.publish import publish_safety
from tests.support.approvals import AT, CITY, FRIDAY, Town

pytestmark = pytest.mark.django_db
NEXT = FRIDAY + timedelta(days=1)


def blocked(town: Town, on: date = FRIDAY) -> dict[str, str]:
    publish_safety(town.night(on))
    return {block.resident_id: block.reason for block in Block.objects.order_by("reason")}


def protected(town: Town) -> None:
    town.measure("M1")


def joint(town: Town) -> None:
    town.measure("M1", role="JOINT")


def provisional(town: Town) -> None:
    town.measure("M1", kind="2")


def ended_yesterday(town: Town) -> None:
    town.measure("M1", to_on=FRIDAY - timedelta(days=1))


def lifted_in_another_case(town: Town) -> None:
    town.measure("M1", case="1")
    town.measure("M1", case="2", hist_no=2, kind="3")


def renewed_after_its_end(town: Town) -> None:
    town.measure("M1", hist_no=1, kind="3")
    town.measure("M1", hist_no=2, kind="1")


@pytest.mark.parametrize(
    "measure",
    [
        pytest.param(protected, id="protected"),
        pytest.param(joint, id="asks for it together"),
        pytest.param(provisional, id="provisional"),
        pytest.param(ended_yesterday, id="L2 its end date passed yesterday"),
        pytest.param(lifted_in_another_case, id="only another case has ended"),
        pytest.param(renewed_after_its_end, id="renewed after an end"),
    ],
)
def test_a_measure_blocks_the_person_and_the_household(measure: Callable[[Town], None], town: Town) -> None:
    town.family("H1")
    town.family("H2")
    measure(town)
    assert blocked(town) == {"M1": "support_measure", "F1": "shares_household", "C1": "shares_household"}


def test_only_an_explicit_end_lifts_a_block(town: Town) -> None:
    town.family("H1")
    town.measure("M1")
    assert len(blocked(town)) == 3
    assert len(blocked(town, NEXT)) == 3  # the next file no longer names her
    town.measure("M1", kind="3", hist_no=2)
    assert blocked(town, NEXT + timedelta(days=1)) == {}


def test_a_perpetrator_and_the_household_are_blocked(town: Town) -> None:
    town.family("H1")
    town.measure("F1", role="PERPETRATOR")
    assert blocked(town) == {"F1": "perpetrator", "M1": "shares_household", "C1": "shares_household"}


def test_whoever_ever_shared_a_household_is_blocked(town: Town) -> None:
    town.person("X", "H1", hist_no=1)
    town.person("X", "H9", hist_no=2)
    town.person("Y", "H9")
    town.family("H1")
    town.measure("M1")
    assert blocked(town)["X"] == "shares_household"
    assert "Y" not in blocked(town)  # shares with X alone


def test_an_unread_row_holds_the_person_and_the_household(town: Town) -> None:
    town.family("H1")
    town.quarantine.append(
        {"quarantine_id": "q1", "table_name": "nhi", "resident_id": "F1", "reason": "acquired_on: not a date"}
    )
    assert set(blocked(town)) == {"F1", "M1", "C1"}
    assert set(Block.objects.values_list("reason", flat=True)) == {"quarantined"}


def unread_measure(town: Town) -> None:
    town.quarantine.append(
        {"quarantine_id": "q1", "table_name": "support_measures", "resident_id": None, "reason": "case_no: empty"}
    )


def stale_feed(town: Town) -> None:
    town.support_feed_on = FRIDAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(unread_measure, "quarantine", id="one row in quarantine"),
        pytest.param(stale_feed, "stale", id="a day too old"),
    ],
)
def test_without_a_good_support_feed_the_night_stops(spoil: Callable[[Town], None], said: str, town: Town) -> None:
    town.family("H1")
    town.measure("M1")
    spoil(town)
    Block.objects.create(municipality_code=CITY, resident_id="OLD", reason="support_measure", law="L1", since=FRIDAY)
    with pytest.raises(SafetyStop, match=said) as stopped:
        publish_safety(town.night())
    assert "\n" not in str(stopped.value)
    publication = SafetyPublication.objects.get()
    assert (publication.complete, publication.data_date) == (False, None)
    assert said in publication.reason
    assert [block.resident_id for block in Block.objects.all()] == ["OLD"]


def test_a_night_whose_feed_came_late_is_put_right(town: Town) -> None:
    stale_feed(town)
    with pytest.raises(SafetyStop):
        publish_safety(town.night())
    town.support_feed_on = None
    publish_safety(town.night())
    publication = SafetyPublication.objects.get()
    assert (publication.complete, publication.data_date) == (True, FRIDAY)


def test_on_a_closed_day_the_last_office_days_feed_is_good(town: Town) -> None:
    town.support_feed_on = FRIDAY
    town.family("H1")
    night = town.night(date(2026, 11, 22))
    town.warehouse.replace(
        "history.files",
        CITY,
        FRIDAY,
        town.warehouse.read(
            "SELECT * REPLACE (CAST('2026-11-20' AS DATE) AS night, CAST('2026-11-20' AS DATE) AS business_date) FROM history.files",
            {},
        ),
    )
    publish_safety(night)
    assert SafetyPublication.objects.get().data_date == FRIDAY


def test_an_older_night_overwrites_nothing(town: Town) -> None:
    town.family("H1")
    town.measure("M1")
    publish_safety(town.night(NEXT))
    before = list(Block.objects.order_by("resident_id").values_list("resident_id", "reason", "since"))
    older = town.night(FRIDAY)
    assert publish_safety(older).summary() == {}
    assert list(Block.objects.order_by("resident_id").values_list("resident_id", "reason", "since")) == before
    assert SafetyPublication.objects.count() == 1


def test_the_same_night_twice_writes_the_same(town: Town) -> None:
    town.family("H1")
    town.measure("M1")
    night = town.night()
    assert publish_safety(night) == publish_safety(night)
    assert Block.objects.count() == 3


def test_a_block_keeps_its_first_day_and_a_call_its_hold(town: Town) -> None:
    town.family("H1")
    town.measure("M1")
    Block.objects.create(municipality_code=CITY, resident_id="Z", reason="held_by_call", law="x", since=FRIDAY)
    publish_safety(town.night())
    publish_safety(town.night(NEXT))
    assert set(Block.objects.values_list("since", flat=True)) == {FRIDAY}
    assert Block.objects.filter(resident_id="Z", reason="held_by_call").exists()


def test_contacts_that_exist_are_brought_up_to_date(town: Town) -> None:
    town.person("A", "H1", addr_line="新町1")
    Contact.objects.create(municipality_code=CITY, resident_id="A", household_id="H0", status="RESIDENT", name="x", postal="x", address="旧町1", source="residents", data_date=FRIDAY - timedelta(days=1))  # fmt: skip
    publish_safety(town.night(at=AT))
    moved = Contact.objects.get()
    assert (moved.household_id, moved.address, moved.data_date) == ("H1", "新町1", FRIDAY)
