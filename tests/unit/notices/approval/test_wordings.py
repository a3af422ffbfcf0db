from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import override_settings

from engine.core.errors import InputError, StateError
from engine.core.settings import Wordings
from notices.approval import wordings
from notices.approval.models import AuditRow
from notices.approval.officer import Officer
from notices.approval.refusals import AlreadyDecided, NotAllowed
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
    tried: tuple[Callable[[], object], ...] = (
        lambda: approve(drafts[0], INSURANCE),
        lambda: wordings.take(drafts[0].pk, officer=INSURANCE, at=AT),
        lambda: wordings.give_back(drafts[0].pk, officer=INSURANCE, at=AT),
        lambda: wordings.reject(drafts[0].pk, officer=INSURANCE, at=AT, reason="x"),
    )
    for refused in tried:
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


MORE = "\nわからないときは、窓口で聞いてください。"


@pytest.fixture
def sent_back() -> Wording:
    """A whole text of child_allowance that Baba sent back."""
    approve_wordings(languages=("ja",))
    found = Wording.objects.filter(programme="child_allowance", language="ja", register="plain").order_by("pk").first()
    assert found
    values = {
        "state": "rejected",
        "reviewer": "baba",
        "rejected_because": "聞ける所を書く",
        "approved_by": "",
        "office": "child_benefits",
    }
    Wording.objects.filter(pk=found.pk).update(**values)
    found.refresh_from_db()
    return found


def test_a_text_that_was_sent_back_is_written_anew_and_a_colleague_approves_it(sent_back: Wording) -> None:
    office = officer(offices=(sent_back.office,))
    words = {**sent_back.sections, "whom": sent_back.sections["whom"] + MORE}
    done = wordings.write_anew(sent_back.pk, officer=office, at=AT, sections={**words, "by_when_late": ""} | words)
    assert done.findings == ()
    new = done.wording
    assert (new.state, new.drafter, new.office, new.sections["whom"]) == (
        "drafted",
        "aoki",
        sent_back.office,
        words["whom"],
    )
    row = AuditRow.objects.get(action="wording_written")
    assert (row.actor, row.subject, row.details["after"]) == ("aoki", f"wording:{new.pk}", sent_back.pk)
    assert wordings.written_after(new) == sent_back
    assert wordings.written_after(sent_back) is None
    assert wordings.why_not(new, office) == "own"
    with pytest.raises(StateError, match="who cannot approve"):
        approve(new, office)
    assert approve(new, officer("baba", offices=(sent_back.office,))).state == "approved"
    sent_back.refresh_from_db()
    assert sent_back.state == "rejected"


@pytest.mark.parametrize(
    ("section", "text", "code"),
    [
        pytest.param("to_do", "申請書を2枚出す", "number", id="a figure"),
        pytest.param("by_when", "早めに出してください。", "slot_missing", id="a fact that is lost"),
        pytest.param("how", "", "section_missing", id="a section that is lost"),
    ],
)
def test_what_the_guard_finds_in_new_words_is_told_and_nothing_is_kept(
    section: str, text: str, code: str, sent_back: Wording
) -> None:
    before = Wording.objects.count()
    office = officer(offices=(sent_back.office,))
    done = wordings.write_anew(sent_back.pk, officer=office, at=AT, sections={**sent_back.sections, section: text})
    assert code in {one.code for one in done.findings}
    assert (done.wording, Wording.objects.count(), AuditRow.objects.count()) == (sent_back, before, 0)


def test_what_cannot_be_written_anew_is_refused(sent_back: Wording) -> None:
    office = officer(offices=(sent_back.office,))
    words = {**sent_back.sections, "whom": sent_back.sections["whom"] + MORE}

    def write(wording: Wording = sent_back, who: Officer = office, sections: dict[str, str] = words) -> Wording:
        return wordings.write_anew(wording.pk, officer=who, at=AT, sections=sections).wording

    with pytest.raises(InputError, match="no word of the wording was changed"):
        write(sections=dict(sent_back.sections))
    with pytest.raises(NotAllowed, match="other sections"):
        write(sections={**words, "secret": "x"})
    with pytest.raises(NotAllowed, match="needs the role"):
        write(who=officer("doi", offices=(sent_back.office,), roles=("viewer",)))
    with pytest.raises(Wording.DoesNotExist):
        write(who=officer("x", offices=("moon",)))
    new = write()
    with pytest.raises(AlreadyDecided, match="word for word and is drafted"):
        write()
    with pytest.raises(AlreadyDecided, match="only one that was sent back"):
        write(new)
