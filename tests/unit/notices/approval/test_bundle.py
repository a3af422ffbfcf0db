from datetime import date

import pytest

from notices.approval.bundle import Numbers, numbers_of
from notices.approval.models import AuditRow, Notice, StaffTask
from tests.support.approvals import CITY, FRIDAY, Town, approve_wordings, items_of, run

pytestmark = pytest.mark.django_db


def only(town: Town) -> Notice:
    run(town)
    return Notice.objects.select_related("body").get()


@pytest.mark.parametrize(
    ("wished", "written", "flags"),
    [
        pytest.param("ja", "ja", [], id="Japanese"),
        pytest.param("en", "en", [], id="English"),
        pytest.param("ko", "ja", ["language_fallback"], id="a language without texts"),
        pytest.param("ja-easy", "ja", ["language_fallback"], id="a register without texts"),
    ],
)
def test_the_wished_language_is_used_where_everything_can_be_said_in_it(
    wished: str, written: str, flags: list[str], town: Town
) -> None:
    approve_wordings()
    town.birth()
    town.add("preferences", resident_id="F1", language=wished)
    notice = only(town)
    assert (notice.language, notice.body.text["language"], notice.flags) == (written, written, flags)


@pytest.mark.parametrize(("wished", "flags"), [("LINE", ["channel_fallback"]), ("LETTER", [])])
def test_a_way_the_site_lacks_is_flagged(wished: str, flags: list[str], town: Town) -> None:
    approve_wordings()
    town.birth()
    town.add("preferences", resident_id="F1", channel=wished)
    assert only(town).flags == flags


def test_english_is_not_used_for_half_a_notice(town: Town) -> None:
    approve_wordings(languages=("ja",))
    approve_wordings(languages=("en",), leave_out=("infant_health_checks",))
    town.birth()
    town.add("preferences", resident_id="F1", language="en")
    notice = only(town)
    assert (notice.language, notice.flags, len(items_of(notice))) == ("ja", ["language_fallback"], 2)


def test_what_has_no_approved_wording_is_a_task(town: Town) -> None:
    approve_wordings(leave_out=("infant_health_checks",))
    town.birth()
    assert [item.programme for item in items_of(only(town))] == ["child_allowance"]
    task = StaffTask.objects.get()
    assert (task.kind, task.programme, task.office) == ("wording_missing", "infant_health_checks", "maternal_health")


def test_without_any_wording_there_are_tasks_and_no_number_is_used_up(town: Town) -> None:
    town.birth()
    assert run(town).tasks == {"wording_missing": 2}
    assert not Notice.objects.exists()
    assert numbers_of(CITY, 2026).following() == "N-2026-000001"


@pytest.mark.parametrize(
    ("due", "late", "urgency"),
    [
        pytest.param(date(2026, 11, 27), False, 2, id="in 7 days"),
        pytest.param(date(2026, 11, 28), False, 1, id="in 8 days"),
        pytest.param(date(2026, 12, 4), False, 1, id="in 14 days"),
        pytest.param(date(2026, 12, 5), False, 0, id="in 15 days"),
        pytest.param(None, False, 0, id="no deadline"),
        pytest.param(None, True, 2, id="past the last day without loss"),
    ],
)
def test_urgency_follows_the_nearest_deadline(due: date | None, late: bool, urgency: int, town: Town) -> None:
    approve_wordings()
    town.birth(deadline_on=due, late=late)
    notice = only(town)
    assert (notice.urgency, notice.due_on) == (urgency, due)
    assert ("late" in notice.flags) == late


@pytest.mark.parametrize(
    ("on", "flags"),
    [
        pytest.param(date(2026, 11, 6), [], id="14 days ago"),
        pytest.param(date(2026, 11, 5), ["backdated"], id="15 days ago"),
    ],
)
def test_a_late_registration_is_pointed_out(on: date, flags: list[str], town: Town) -> None:
    approve_wordings()
    town.birth()
    town.events[0]["occurred_on"] = on
    assert only(town).flags == flags


def test_a_question_to_the_reader_is_pointed_out(town: Town) -> None:
    approve_wordings()
    town.birth(
        ask=[{"id": "public_servant", "ja": "公務員ですか。", "en": "Are you a public servant?"}], verdict="possible"
    )
    assert only(town).flags == ["ask"]


def test_the_addressee_is_not_in_the_text_and_preparing_is_in_the_books(town: Town) -> None:
    approve_wordings()
    town.birth()
    notice = only(town)
    for personal in ("奈良 F1", "奈良 C1", "二条大路", "F1", "C1"):
        assert personal not in str(notice.body.text).replace(notice.number, "")
    row = AuditRow.objects.get()
    assert (row.action, row.subject, row.actor) == ("notice_prepared", f"notice:{notice.pk}", "night")


def test_numbers_go_on_where_the_year_left_off(town: Town) -> None:
    approve_wordings()
    town.birth("H1")
    run(town)
    town.birth("H2")
    run(town, FRIDAY.replace(day=21))
    town.birth("H3", deadline_on=date(2027, 2, 1))
    run(town, date(2027, 1, 4))
    assert dict(Notice.objects.values_list("addressee_id", "number")) == {
        "F1": "N-2026-000001", "F2": "N-2026-000002", "F3": "N-2027-000001",
    }  # fmt: skip


def test_numbers_are_given_in_order() -> None:
    numbers = Numbers(prefix="N-2026-", last=4216)
    assert [numbers.following(), numbers.following()] == ["N-2026-004217", "N-2026-004218"]
