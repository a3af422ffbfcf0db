from datetime import date, timedelta
from typing import Any

import pytest

from notices.recipients.contacts import destination, refresh, sent_elsewhere
from notices.recipients.models import Contact
from tests.support.approvals import CITY, FRIDAY, Town

pytestmark = pytest.mark.django_db


def only(town: Town, **values: Any) -> Contact:
    town.person("A", "H1", name="奈良 花子", addr_line="二条大路南1-1", addr_building="101", **values)
    refresh(town.night(), ["A"])
    return Contact.objects.get(resident_id="A")


def deliver(town: Town, purpose: str, *, to_on: date | None = None) -> None:
    town.add("delivery_addresses", resident_id="A", purpose=purpose, recipient_name=f"後見人 {purpose}", addr_line=f"{purpose}町1",
             addr_postal="100-0001", from_on=date(2026, 1, 1), to_on=to_on)  # fmt: skip


def test_the_newest_row_says_where_somebody_lives(town: Town) -> None:
    found = only(town)
    assert (found.name, found.address, found.source, found.ward) == (
        "奈良 花子",
        "二条大路南1-1 101",
        "residents",
        False,
    )


def test_the_wished_name_and_language_are_used(town: Town) -> None:
    town.add("preferences", resident_id="A", language="en", opt_out_all=False, opt_out_topics="tax")
    found = only(town, alias="ナラ ハナ", name_pref="2")
    assert (found.name, found.language, found.opted_out_topics) == ("ナラ ハナ", "en", "tax")


@pytest.mark.parametrize(
    ("purposes", "offices", "expected"),
    [
        pytest.param([], {"tax"}, "二条大路南1-1 101", id="none registered"),
        pytest.param(["ALL"], {"tax"}, "ALL町1", id="one for everything"),
        pytest.param(["TAX"], {"tax"}, "TAX町1", id="one for this office"),
        pytest.param(["ALL", "TAX"], {"tax"}, "TAX町1", id="this office's before the general one"),
        pytest.param(["TAX"], {"insurance"}, "二条大路南1-1 101", id="another office's is not used"),
        pytest.param(["INSURANCE"], {"insurance", "elderly_medical"}, "INSURANCE町1", id="two offices of one purpose"),
        pytest.param(["TAX"], {"tax", "insurance"}, "二条大路南1-1 101", id="two purposes in one letter"),
    ],
)
def test_the_registered_destination_is_chosen_by_purpose(
    purposes: list[str], offices: set[str], expected: str, town: Town
) -> None:
    for purpose in purposes:
        deliver(town, purpose)
    assert destination(only(town), offices).address == expected


def test_a_destination_that_ended_is_not_used(town: Town) -> None:
    deliver(town, "ALL", to_on=FRIDAY - timedelta(days=1))
    assert destination(only(town), {"tax"}).address == "二条大路南1-1 101"


def test_somebody_no_longer_on_record_has_no_address(town: Town) -> None:
    assert only(town).status == "RESIDENT"
    town.add("residents", resident_id="A", hist_no=2, household_id="H1", status="DELETED", name="x")
    town.warehouse.replace(
        "history.residents",
        CITY,
        FRIDAY,
        town.warehouse.read("SELECT * REPLACE (TRUE AS gone) FROM history.residents", {}),
    )
    town.rows = {}
    refresh(town.night(), ["A"])
    found = Contact.objects.get()
    assert (found.status, found.name, found.address) == ("DELETED", "", "")


def test_the_wished_way_is_kept_with_where_it_leads(town: Town) -> None:
    town.add(
        "preferences",
        resident_id="A",
        channel="EMAIL",
        email="hanako@example.jp",
        mobile="09012345678",
        large_print=True,
    )
    found = only(town)
    assert (found.channel, found.email, found.mobile, found.push_endpoint) == (
        "EMAIL",
        "hanako@example.jp",
        "09012345678",
        "",
    )
    assert found.large_print


def test_nobody_said_how_means_by_letter(town: Town) -> None:
    found = only(town)
    assert (found.channel, found.email, found.large_print) == ("LETTER", "", False)


@pytest.mark.parametrize(
    ("purpose", "ward", "elsewhere"),
    [(None, False, False), ("TAX", False, True), ("LTC", False, False), ("ALL", False, True), (None, True, True)],
)
def test_what_goes_to_a_registered_place_goes_nowhere_else(
    purpose: str | None, ward: bool, elsewhere: bool, town: Town
) -> None:
    if purpose:
        deliver(town, purpose)
    assert sent_elsewhere(only(town, ward_flag=ward), {"tax"}) == elsewhere


def test_a_row_of_a_newer_night_stays(town: Town) -> None:
    only(town)
    Contact.objects.update(data_date=FRIDAY + timedelta(days=3), address="新町1")
    refresh(town.night(), ["A"])
    assert Contact.objects.get().address == "新町1"


def test_a_destination_does_not_print(town: Town) -> None:
    assert "花子" not in repr(destination(only(town), {"tax"}))
