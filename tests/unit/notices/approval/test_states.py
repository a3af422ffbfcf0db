import itertools
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from engine.core.errors import StateError
from notices.approval.models import Notice, NoticeState
from notices.approval.states import OPEN, SENT, TRANSITIONS, UNSENT, move, move_all
from tests.support.approvals import AT, CITY, FRIDAY

_numbers = itertools.count(1)


def notice(state: NoticeState = NoticeState.PREPARED) -> Notice:
    number = next(_numbers)
    return Notice.objects.create(
        municipality_code=CITY, key=f"{number:064d}", number=f"N-{number}", event="E01", event_id="e", occurred_on=FRIDAY,
        night=FRIDAY, addressee_id="A", addressee_reason="self", subject_ids=["A"], household_id="H", language="ja",
        content_hash="", state=state, prepared_at=AT, changed_at=AT,
    )  # fmt: skip


def reachable(without: NoticeState) -> set[NoticeState]:
    """Every state that `prepared` can become when one state is never passed."""
    seen, waiting = set(), [NoticeState.PREPARED]
    while waiting:
        state = waiting.pop()
        if state not in seen and state is not without:
            seen.add(state)
            waiting.extend(TRANSITIONS[state])
    return seen


@pytest.mark.parametrize(
    "state",
    [
        NoticeState.QUEUED,
        NoticeState.SENDING,
        NoticeState.RETRY_WAIT,
        NoticeState.UNKNOWN,
        NoticeState.ACCEPTED,
        NoticeState.DELIVERED,
    ],
)
def test_without_approval_nothing_is_sent(state: NoticeState) -> None:
    assert state not in reachable(without=NoticeState.APPROVED)
    assert state in reachable(without=NoticeState.FAILED)


def test_every_state_stands_in_the_table_and_every_end_is_an_end() -> None:
    assert set(TRANSITIONS) == set(NoticeState)
    ends = {state for state, following in TRANSITIONS.items() if not following}
    assert ends == {"rejected", "withdrawn", "expired", "suppressed", "bounced", "failed"}


def test_whatever_is_not_sent_can_be_withdrawn_and_what_is_sent_cannot() -> None:
    assert all(NoticeState.WITHDRAWN in TRANSITIONS[state] for state in UNSENT)
    assert not any(NoticeState.PREPARED in TRANSITIONS[state] for state in SENT)
    assert set(OPEN) < set(UNSENT)


class TestPaths(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.sampled_from(list(NoticeState)), max_size=25))
    def test_no_path_reaches_sending_without_an_approval(self, wished: list[NoticeState]) -> None:
        """Random wishes against the real rows: what the table refuses leaves the row as it was."""
        one, passed = notice(), {NoticeState.PREPARED}
        for to in wished:
            before = (one.state, one.version)
            try:
                move(one, to, at=AT)
            except StateError:
                assert (one.state, one.version) == before
                continue
            passed.add(to)
            assert one.version == before[1] + 1
            if to in {NoticeState.QUEUED, NoticeState.SENDING, NoticeState.ACCEPTED, NoticeState.DELIVERED}:
                assert NoticeState.APPROVED in passed
        stored = Notice.objects.get(pk=one.pk)
        assert (stored.state, stored.version) == (one.state, one.version)


@pytest.mark.django_db
def test_only_one_of_two_moves_on_the_same_version_counts() -> None:
    one = notice()
    other = Notice.objects.get(pk=one.pk)
    move(one, NoticeState.IN_REVIEW, at=AT)
    with pytest.raises(StateError, match="somebody else"):
        move(other, NoticeState.WITHDRAWN, at=AT)
    assert Notice.objects.get(pk=one.pk).state == "in_review"


@pytest.mark.django_db
def test_a_move_says_when_and_why() -> None:
    one = move(notice(), NoticeState.WITHDRAWN, at=AT + timedelta(hours=1), reason="R2_cancelled")
    stored = Notice.objects.get(pk=one.pk)
    assert (stored.state_reason, stored.changed_at, stored.night) == (
        "R2_cancelled",
        AT + timedelta(hours=1),
        date(2026, 11, 20),
    )


@pytest.mark.django_db
def test_many_move_together_or_not_at_all() -> None:
    several = [notice(), notice(NoticeState.IN_REVIEW), notice()]
    move_all(several, NoticeState.HELD, at=AT, reason="x")
    assert {(one.state, one.version, one.state_reason) for one in Notice.objects.all()} == {("held", 2, "x")}
    assert {(one.state, one.version, one.state_reason) for one in several} == {(NoticeState.HELD, 2, "x")}
    several.append(notice(NoticeState.ACCEPTED))
    with pytest.raises(StateError, match="accepted"):
        move_all(several, NoticeState.PREPARED, at=AT)
    assert set(Notice.objects.values_list("state", flat=True)) == {"held", "accepted"}


@pytest.mark.django_db
def test_many_do_not_move_when_one_was_changed_meanwhile() -> None:
    several = [notice(), notice()]
    move(Notice.objects.get(pk=several[1].pk), NoticeState.WITHDRAWN, at=AT)
    with pytest.raises(StateError, match="somebody else"), transaction.atomic():
        move_all(several, NoticeState.IN_REVIEW, at=AT)
    assert [Notice.objects.get(pk=one.pk).state for one in several] == ["prepared", "withdrawn"]


@pytest.mark.django_db
def test_many_go_a_path_whose_every_step_is_in_the_table() -> None:
    several = [notice(), notice()]
    with pytest.raises(StateError, match="in_review and cannot become queued"):
        move_all(several, NoticeState.IN_REVIEW, NoticeState.QUEUED, at=AT)
    assert {(one.state, one.version) for one in Notice.objects.all()} == {("prepared", 1)}
    move_all(several, NoticeState.IN_REVIEW, NoticeState.APPROVED, NoticeState.QUEUED, at=AT, claimed_by="aoki")
    assert {(one.state, one.version, one.claimed_by) for one in Notice.objects.all()} == {("queued", 4, "aoki")}
    assert {(one.state, one.version, one.claimed_by) for one in several} == {(NoticeState.QUEUED, 4, "aoki")}
