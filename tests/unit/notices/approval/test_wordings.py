from datetime import timedelta

import pytest
from django.test import override_settings

from engine.core.errors import InputError, StateError
from engine.core.settings import Wordings
from notices.approval import wordings
from notices.approval.models import AuditRow
from notices.approval.officer import Officer
from notices.approval.refusals import NotAllowed
from notices.approval.wordings import Wanted
from notices.wording.models import Wording
from tests.django_settings import TODOKE_SETTINGS
from tests.support.approvals import AT, Town, approve_wordings, officer, run
from tests.support.morning import draft_wordings

pytestmark = pytest.mark.django_db
AOKI, BABA = officer(), officer("baba")
INSURANCE = officer("chiba", offices=("insurance",))
READER = officer("doi", roles=("viewer",))


@pytest.fixture
def drafts() -> list[Wording]:
    return draft_wordings()


def uses(who: Officer, wanted: Wanted | None = None) -> set[tuple[str, str]]:
    return {(one.programme, one.language) for one in wordings.texts(who, wanted)}


def approve(wording: Wording, who: Officer = AOKI) -> Wording:
    return wordings.approve(wording.pk, officer=who, at=AT, seen=wording.version)


def test_an_office_sees_its_own_programmes_and_the_openings(drafts: list[Wording]) -> None:
    assert uses(INSURANCE) == {("", "ja"), ("nhi_funeral_grant", "ja")}
    assert uses(AOKI, Wanted(language="zh")) == {("child_allowance", "zh")}
    assert uses(AOKI, Wanted(programme="child_allowance", event="E01")) == {("child_allowance", code) for code in ("ja", "zh", "en")}  # fmt: skip
    assert uses(AOKI, Wanted(language="ja-easy")) == set()


def test_an_approval_is_in_the_chain_with_the_version_and_who_read_it(drafts: list[Wording]) -> None:
    assert approve(drafts[0]).state == "approved"
    assert uses(AOKI, Wanted(state="approved")) == {("child_allowance", "ja")}
    named = TODOKE_SETTINGS.model_copy(update={"wording": Wordings(reviewers={"zh": "王"}), "mode": "production"})
    with override_settings(TODOKE=named):
        approve(drafts[1])
    rows = AuditRow.objects.order_by("sequence")
    assert [(row.actor, row.action, row.subject) for row in rows] == [
        ("aoki", "wording_approved", f"wording:{one.pk}") for one in drafts[:2]
    ]
    assert [row.details for row in rows] == [
        {"version": drafts[0].version, "read_by": "aoki"}, {"version": drafts[1].version, "read_by": "王"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "which", "why"),
    [
        pytest.param(AOKI, 0, "", id="a colleague's office"),
        pytest.param(READER, 0, "role", id="who reads only"),
        pytest.param(BABA, 2, "own", id="who wrote it"),
        pytest.param(AOKI, 4, "findings", id="with findings"),
        pytest.param(AOKI, 5, "", id="an opening, of any office"),
    ],
)
def test_who_cannot_approve_is_told_why_and_is_refused(
    who: Officer, which: int, why: str, drafts: list[Wording]
) -> None:
    assert wordings.why_not(drafts[which], who) == why
    if why:
        with pytest.raises(StateError):
            approve(drafts[which], who)
        assert not AuditRow.objects.exists()
    else:
        assert approve(drafts[which], who).approved_by == who.name


def test_a_language_nobody_is_named_to_read_cannot_be_approved_in_production(drafts: list[Wording]) -> None:
    with override_settings(TODOKE=TODOKE_SETTINGS.model_copy(update={"mode": "production"})):
        assert wordings.why_not(drafts[1], AOKI) == wordings.unread("zh") == "no_reviewer"
        with pytest.raises(StateError, match="nobody is named to review zh"):
            approve(drafts[1])


def test_another_offices_text_is_not_there(drafts: list[Wording]) -> None:
    for refused in (
        lambda: approve(drafts[0], INSURANCE),
        lambda: wordings.take(drafts[0].pk, officer=INSURANCE, at=AT),
        lambda: wordings.give_back(drafts[0].pk, officer=INSURANCE, at=AT),
        lambda: wordings.reject(drafts[0].pk, officer=INSURANCE, at=AT, reason="x"),
    ):
        with pytest.raises(Wording.DoesNotExist):
            refused()
    assert not AuditRow.objects.exists()


def test_what_was_shown_is_what_is_approved(drafts: list[Wording]) -> None:
    with pytest.raises(NotAllowed, match="not the version that was shown"):
        wordings.approve(drafts[0].pk, officer=AOKI, at=AT, seen=drafts[1].version)


def test_a_draft_is_sent_back_once_with_its_reason(drafts: list[Wording]) -> None:
    with pytest.raises(InputError, match="reason"):
        wordings.reject(drafts[0].pk, officer=AOKI, at=AT, reason="  ")
    done = wordings.reject(drafts[0].pk, officer=AOKI, at=AT, reason=" 期限の書き方を直す ")
    assert (done.state, done.reviewer, done.rejected_because) == ("rejected", "aoki", "期限の書き方を直す")
    assert AuditRow.objects.get().details["reason"] == "期限の書き方を直す"
    with pytest.raises(StateError, match="rejected already"):
        wordings.reject(drafts[0].pk, officer=BABA, at=AT, reason="x")
    with pytest.raises(StateError, match="only a draft"):
        approve(drafts[0], BABA)


def test_who_reads_a_draft_is_seen_and_locks_nobody_out(drafts: list[Wording]) -> None:
    taken = wordings.take(drafts[0].pk, officer=AOKI, at=AT)
    assert (taken.state, taken.reviewer) == ("in_review", "aoki")
    with pytest.raises(NotAllowed, match="by a colleague"):
        wordings.give_back(drafts[0].pk, officer=BABA, at=AT)
    assert wordings.give_back(drafts[0].pk, officer=AOKI, at=AT).state == "drafted"
    wordings.take(drafts[0].pk, officer=AOKI, at=AT)
    assert approve(drafts[0], BABA).approved_by == "baba"
    assert list(AuditRow.objects.order_by("sequence").values_list("action", flat=True)) == [
        "wording_taken", "wording_given_back", "wording_taken", "wording_approved",
    ]  # fmt: skip


def test_how_many_waiting_notices_a_new_text_makes_wait_is_known(town: Town) -> None:
    approve_wordings()
    town.birth()
    run(town)
    force = Wording.objects.get(programme="child_allowance", event="E01", language="ja", state="approved")
    force.pk, force.state, force.version, force.created_at = None, "drafted", "c" * 64, AT + timedelta(days=1)
    assert wordings.unsent_with(force) == 1
    force.language = "zh"
    assert wordings.unsent_with(force) == 0
