from datetime import date

import pytest

from notices.approval.composing import Shelf, nearest, order, rewrite, urgency_of
from notices.approval.models import Item, ItemState, Notice
from tests.support.approvals import AT, CITY, FRIDAY, Town, approve_wordings, run


def item(programme: str, *, due_on: date | None = None, late: bool = False, kind: str = "entitlement") -> Item:
    return Item(programme=programme, due_on=due_on, late=late, kind=kind, subject_id="C", municipality_code=CITY)


def test_items_stand_most_urgent_first() -> None:
    items = [
        item("f", kind="information"),
        item("e"),
        item("d", kind="duty"),
        item("c", due_on=date(2026, 12, 9)),
        item("b", due_on=date(2026, 12, 8)),
        item("a", late=True),
    ]
    assert [one.programme for one in sorted(items, key=order)] == ["a", "b", "c", "d", "e", "f"]


def test_the_nearest_deadline_is_one_that_can_still_be_met() -> None:
    items = [item("a", due_on=date(2026, 12, 1), late=True), item("b", due_on=date(2026, 12, 8)), item("c")]
    assert nearest(items) == date(2026, 12, 8)
    assert urgency_of(items[1:], FRIDAY) == 0
    assert nearest([item("c")]) is None


@pytest.mark.django_db
def test_the_shelf_looks_a_text_up_once(django_assert_num_queries: object) -> None:
    approve_wordings()
    shelf, one = Shelf(), item("child_allowance")
    assert shelf.has(one, "E01", "ja")
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert shelf.has(one, "E01", "ja")
    assert not shelf.has(one, "E01", "ko")
    assert not shelf.has(one, "E10", "ja")
    assert shelf.opens(CITY, "E01", "en")


@pytest.mark.django_db
def test_a_text_written_anew_binds_the_notice_to_itself(town: Town) -> None:
    approve_wordings()
    town.birth()
    run(town)
    notice = Notice.objects.get()
    before = (notice.content_hash, notice.due_on)
    notice.items.filter(programme="child_allowance").update(state=ItemState.WITHDRAWN)
    rewrite(notice, at=AT)
    stored = Notice.objects.select_related("body").get()
    assert (stored.content_hash, stored.due_on) != before
    assert (stored.due_on, list(stored.body.wording_versions)) == (
        None,
        ["opening:E01", "clauses:ja", "infant_health_checks"],
    )
