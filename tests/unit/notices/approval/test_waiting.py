from datetime import date, datetime

import pytest

from notices.approval import queue
from notices.approval.models import NO_DEADLINE, OVERDUE, Notice
from notices.approval.states import TRANSITIONS
from notices.approval.waiting import SORTS, Filters, Place, narrowed, tally, waiting
from tests.support.approvals import officer
from tests.support.morning import NOW, Plan, make_notice

pytestmark = pytest.mark.django_db
CLERK = officer(offices=("child_benefits",))
TODAY = NOW.date()


def many(count: int = 25) -> list[Notice]:
    """Notices of which every third has the deadline of the one before, every fifth none, every seventh a flag; four share each score."""
    made = []
    for number in range(1, count + 1):
        due = None if number % 5 == 0 else date(2026, 12, 1 + number - number % 3)
        flags = ("ask",) if number % 7 == 0 else ()
        made.append(make_notice(number, Plan(event="E01" if number % 2 else "E05", programmes=("child_allowance",), due_on=due, flags=flags)))  # fmt: skip
        Notice.objects.filter(pk=made[-1].pk).update(look=number % 7 * 100)
    return made


def walk(sort: str, limit: int, *, filters: Filters | None = None) -> list[list[int]]:
    """Every page from the first to the last."""
    pages, place = [], None
    while True:
        page = queue.page(CLERK, filters=filters or Filters(), today=TODAY, sort=sort, after=place, limit=limit)
        pages.append([row.notice.pk for group in page.groups for row in group.rows])
        place = page.following
        if place is None:
            return pages


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 4, 25, 100])
def test_every_notice_stands_on_one_page_and_none_is_left_out(sort: str, limit: int) -> None:
    made = many()
    pages = walk(sort, limit)
    assert sorted(pk for page in pages for pk in page) == [one.pk for one in made]
    assert all(len(page) <= limit for page in pages)


def test_pages_follow_the_deadlines_and_go_back_the_way_they_came() -> None:
    many()
    forward, place, pages = [], None, []
    for _ in range(4):
        page = queue.page(CLERK, filters=Filters(), today=TODAY, after=place, limit=7)
        pages.append({row.notice.pk for group in page.groups for row in group.rows})
        forward.append([row.notice.due_order for group in page.groups for row in group.rows])
        place = page.following
    assert max(forward[0]) <= min(forward[1]) <= max(forward[1]) <= min(forward[2])
    back = queue.page(CLERK, filters=Filters(), today=TODAY, before=page.previous, limit=7)
    assert {row.notice.pk for group in back.groups for row in group.rows} == pages[2]
    assert (page.following, back.following is not None) == (None, True)


def test_a_decision_meanwhile_moves_nothing_past_the_reader() -> None:
    made = many()
    first = queue.page(CLERK, filters=Filters(), today=TODAY, limit=10)
    seen = {row.notice.pk for group in first.groups for row in group.rows}
    Notice.objects.filter(pk__in=list(seen)[:5]).update(state="rejected")
    rest = [row.notice.pk for page in (queue.page(CLERK, filters=Filters(), today=TODAY, after=first.following, limit=100),) for group in page.groups for row in group.rows]  # fmt: skip
    assert seen | set(rest) == {one.pk for one in made}


def test_a_filter_holds_on_every_page_and_its_counts_are_of_all_pages() -> None:
    made = many()
    pages = walk("due", 3, filters=Filters(event="E05"))
    assert sorted(pk for page in pages for pk in page) == [one.pk for one in made if one.event == "E05"]
    fits = tally(narrowed(waiting(CLERK), CLERK, Filters(event="E05"), TODAY), TODAY, CLERK.municipality)
    assert (fits.total, fits.events) == (12, {"E05": 12})
    everything = tally(waiting(CLERK), TODAY, CLERK.municipality)
    assert (everything.total, everything.flagged, everything.flags) == (25, 3, frozenset({"ask"}))


def test_large_and_small_queues_are_read_in_different_ways_with_the_same_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many()
    few = walk("due", 6)
    monkeypatch.setattr("notices.approval.waiting.FEW", 2)
    assert walk("due", 6) == few


@pytest.mark.parametrize("state", sorted(TRANSITIONS))
def test_the_database_itself_knows_what_waits(state: str) -> None:
    one = make_notice(1, Plan(event="E01", programmes=("child_allowance",), due_on=None))
    Notice.objects.filter(pk=one.pk).update(state=state)
    stored = Notice.objects.get(pk=one.pk)
    assert stored.waits == (state in {"prepared", "in_review"})
    assert waiting(CLERK).filter(pk=one.pk).exists() == bool(stored.waits)


@pytest.mark.parametrize(
    ("due_on", "urgency", "stands"),
    [
        pytest.param(date(2026, 12, 8), 0, date(2026, 12, 8), id="at its deadline"),
        pytest.param(None, 0, NO_DEADLINE, id="without one: last"),
        pytest.param(None, 2, OVERDUE, id="past it: first"),
    ],
)
def test_where_a_notice_stands(due_on: date | None, urgency: int, stands: date) -> None:
    one = make_notice(1, Plan(event="E01", programmes=("child_allowance",), due_on=due_on, urgency=urgency))
    assert Notice.objects.get(pk=one.pk).due_order == stands


def test_the_highest_score_stands_first_among_all() -> None:
    made = many()
    by_score = sorted((Notice.objects.get(pk=one.pk) for one in made), key=lambda one: (-one.look, -one.pk))
    assert [pk for page in walk("look", 1) for pk in page] == [one.pk for one in by_score]


@pytest.mark.parametrize(
    "text",
    ["", "x", "2026-12-08", "2026-13-40.1.0", "2026-12-08.x.0", "2026-12-08.-1.0", "2026-12-08.1", "2026-12-08.1.0.0"],
)
def test_what_names_no_place_is_none(text: str) -> None:
    assert Place.read(text) is None


def test_a_place_is_read_as_it_was_written() -> None:
    place = Place(date(2026, 12, 8), 4217, 413)
    assert Place.read(str(place)) == place


def test_neighbours_keep_the_filter_and_pass_over_what_a_colleague_has() -> None:
    made = many(8)
    by_order = sorted(made, key=lambda one: (Notice.objects.get(pk=one.pk).due_order, one.pk))
    Notice.objects.filter(pk=by_order[2].pk).update(claimed_by="baba", claimed_until=datetime(2026, 11, 24, 9, tzinfo=NOW.tzinfo))  # fmt: skip
    here = Notice.objects.get(pk=by_order[1].pk)

    def beside(filters: Filters) -> list[int | None]:
        return [queue.neighbour(CLERK, here, filters=filters, today=TODAY, at=NOW, back=back) for back in (True, False)]

    assert beside(Filters()) == [by_order[0].pk, by_order[3].pk]
    assert all(Notice.objects.get(pk=pk).event == here.event for pk in beside(Filters(event=here.event)) if pk)


@pytest.mark.parametrize(
    "asked",
    [{"event": "E05"}, {"language": "ja"}, {"language": "en"}, {"flag": "ask"}, {"urgency": "2"}, {"urgency": "1"}, {"urgency": "0"}, {"event": "E01", "urgency": "1"}, {}],
    ids=str,
)  # fmt: skip
def test_the_counts_of_a_filter_are_those_of_the_rows_it_leaves(asked: dict[str, str]) -> None:
    many()
    filters = Filters(**asked)
    found = narrowed(waiting(CLERK), CLERK, filters, TODAY)
    fits = tally(waiting(CLERK), TODAY, CLERK.municipality).fitting(filters)
    assert fits.total == found.count()
    assert fits == tally(found, TODAY, CLERK.municipality) or sorted(map(str, fits.groups)) == sorted(
        map(str, tally(found, TODAY, CLERK.municipality).groups)
    )
