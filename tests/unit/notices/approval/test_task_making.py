from datetime import date

import pytest

from notices.approval.models import StaffTask, Suppression
from notices.approval.task_making import REASONS, About, make_task, suppress
from tests.support.approvals import AT, CITY, FRIDAY

pytestmark = pytest.mark.django_db


def about(**values: object) -> About:
    given: dict[str, object] = {
        "municipality": CITY,
        "night": FRIDAY,
        "event": "E01",
        "event_id": "B1",
        "subject_id": "C1",
        "programme": "child_allowance",
    }
    return About(**(given | values))  # type: ignore[arg-type]


def test_a_task_is_made_once_per_key() -> None:
    first = make_task("verify", about(), office="child_benefits", at=AT, name="児童手当")
    assert make_task("verify", about(night=date(2026, 11, 21)), at=AT, name="別").pk == first.pk
    make_task("verify", about(subject_id="D1"), at=AT)
    make_task("too_late", about(), at=AT)
    make_task("verify", about(), at=AT, key="second")
    assert StaffTask.objects.count() == 4


@pytest.mark.parametrize(
    ("kind", "deadline", "due"),
    [
        pytest.param("retraction", None, date(2026, 11, 24), id="a retraction: the next office day, over a holiday"),
        pytest.param("verify", None, date(2026, 11, 30), id="the usual five office days"),
        pytest.param("verify", date(2026, 11, 25), date(2026, 11, 25), id="not past the deadline"),
        pytest.param("verify", date(2026, 11, 1), date(2026, 11, 24), id="not before the next office day"),
    ],
)
def test_a_task_is_due_in_office_days(kind: str, deadline: date | None, due: date) -> None:
    assert make_task(kind, about(), at=AT, due_on=deadline).due_on == due


@pytest.mark.parametrize(("event", "office"), [("E01", "citizen"), ("E26", "elderly_medical"), ("E30", "disability")])
def test_a_task_without_programme_is_for_who_keeps_the_record(event: str, office: str) -> None:
    assert make_task("unknown_date", about(event=event), at=AT).office == office


def test_a_restricted_task_says_nothing_outside_its_sealed_details() -> None:
    task = make_task("support_measure", about(), at=AT)
    assert (task.restricted, task.event, task.programme) == (True, "", "")
    assert StaffTask.objects.get().details == {"event": "E01", "programme": "child_allowance"}


def test_every_reason_is_words_that_fit() -> None:
    for words in REASONS.values():
        assert len(words.format(name="長い制度の名前" * 10)) <= 300
        assert words.endswith("。")


def test_a_suppression_is_counted_once() -> None:
    for _ in range(2):
        suppress("opted_out", "law.md L10", about())
    suppress("deceased", "law.md L5", about())
    assert Suppression.objects.count() == 2
