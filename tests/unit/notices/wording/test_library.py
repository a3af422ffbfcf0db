from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from django.test import override_settings

from engine.core.clock import TOKYO
from engine.core.errors import InputError, StateError
from engine.core.settings import Wordings
from notices.wording import drafting, library
from notices.wording.compose import compose
from notices.wording.draft import DraftRequest, PublicFacts, RawDraft, TemplateDrafter, recipe_of
from notices.wording.facts import Said
from notices.wording.models import Wording
from tests.django_settings import TODOKE_SETTINGS
from tests.support.wordings import BORN_ON, NARA, OFFICES, child_allowance

AT = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)
FACTS = PublicFacts(
    programme="child_allowance", kinds={"E01": "entitlement"}, name=Said(ja="児童手当", en="Child Allowance"),
    has_amount=True, has_deadline=True, has_documents=True,
)  # fmt: skip

pytestmark = pytest.mark.django_db


class Scribe:
    """Writes what it is told to."""

    name = "scribe"

    def __init__(self, **changed: str) -> None:
        self.changed = changed

    def recipe(self, request: DraftRequest) -> str:
        return recipe_of(request, self.name, *self.changed.values())

    def draft(self, request: DraftRequest) -> RawDraft:
        sections = {**TemplateDrafter().draft(request).sections, **self.changed}
        return RawDraft(sections=sections, stop_reason="end_turn")


def _ensure(languages: Sequence[str] = ("ja", "en")) -> int:
    return drafting.ensure([FACTS], languages=languages, drafter=TemplateDrafter(), at=AT)


def _request() -> DraftRequest:
    return DraftRequest(programme="child_allowance", event="E01", kind="entitlement", language="ja", has_deadline=True)


def test_only_an_approved_text_is_found() -> None:
    _ensure()
    use = ("292010", "child_allowance", "E01", "entitlement", "ja", "plain")
    assert library.approved(*use) is None
    assert library.approve_all_demo("clerk-a", AT) == 4
    found = library.approved(*use)
    assert found is not None
    assert (found.approved_by, found.approved_at) == ("clerk-a", AT)


def test_the_text_before_it_is_superseded() -> None:
    drafting.draft_all([_request()], drafter=Scribe(), at=AT)
    drafting.draft_all([_request()], drafter=Scribe(to_do="申し込む"), at=AT)
    first, second = Wording.objects.order_by("pk")
    library.approve(first.pk, officer="clerk-a", at=AT)
    library.approve(second.pk, officer="clerk-b", at=AT)
    first.refresh_from_db()
    assert first.state == "superseded"


def test_a_text_with_findings_is_kept_and_never_approved() -> None:
    drafting.draft_all([_request()], drafter=Scribe(to_do="三万円を受け取る"), at=AT)
    wording, instead = Wording.objects.order_by("pk")
    assert [finding["code"] for finding in wording.findings] == ["number_word"]
    assert wording.state == "rejected"
    assert instead.fallback == "refused: number_word"
    with pytest.raises(StateError, match="only a draft"):
        library.approve(wording.pk, officer="clerk-a", at=AT)
    assert library.approve_all_demo("clerk-a", AT) == 1


def test_whoever_wrote_it_cannot_approve_it() -> None:
    drafting.draft_all([_request()], drafter=Scribe(), at=AT)
    with pytest.raises(StateError, match="cannot approve"):
        library.approve(Wording.objects.get().pk, officer="scribe", at=AT)


def test_a_text_changed_behind_its_version_is_refused() -> None:
    drafting.draft_all([_request()], drafter=Scribe(), at=AT)
    Wording.objects.update(sections={"to_do": "別の文"})
    with pytest.raises(StateError, match="version"):
        library.approve(Wording.objects.get().pk, officer="clerk-a", at=AT)


def test_a_decided_text_is_not_decided_again() -> None:
    drafting.draft_all([_request()], drafter=Scribe(), at=AT)
    pk = Wording.objects.get().pk
    library.approve(pk, officer="clerk-a", at=AT)
    with pytest.raises(StateError, match="approved"):
        library.approve(pk, officer="clerk-a", at=AT)


def test_all_at_once_is_for_the_demo_only() -> None:
    site = TODOKE_SETTINGS.model_copy(update={"mode": "production"})
    with override_settings(TODOKE=site), pytest.raises(StateError, match="demo"):
        library.approve_all_demo("clerk-a", AT)


def test_the_module_is_the_library_a_notice_is_composed_from() -> None:
    _ensure()
    library.approve_all_demo("clerk-a", AT)
    composed = compose(
        event="E01", number="N-2026-000001", language="en", municipality=NARA, offices=OFFICES,
        items=[child_allowance()], occurred_on=BORN_ON, library=library,
    )  # fmt: skip
    assert composed.wording_versions["child_allowance"] in set(Wording.objects.values_list("version", flat=True))


def test_a_language_without_a_named_reviewer_is_drafted_and_never_approved() -> None:
    drafting.draft([replace(_request(), language="ko")], drafter=TemplateDrafter(), at=AT)
    pk = Wording.objects.get().pk
    site = TODOKE_SETTINGS.model_copy(update={"mode": "production"})
    with override_settings(TODOKE=site), pytest.raises(StateError, match="nobody is named to review ko"):
        library.approve(pk, officer="clerk-a", at=AT)
    named = site.model_copy(update={"wording": Wordings(reviewers={"ko": "reviewer"})})
    with override_settings(TODOKE=named):
        assert library.approve(pk, officer="clerk-a", at=AT).state == "approved"


def test_only_the_office_whose_programme_it_is_approves() -> None:
    drafting.draft([replace(_request(), office="child_benefits")], drafter=TemplateDrafter(), at=AT)
    other = Clerk(name="clerk-a", offices=frozenset({"tax"}))
    with pytest.raises(StateError, match="belongs to child_benefits"):
        library.approve(Wording.objects.get().pk, officer=other, at=AT)


@dataclass(frozen=True)
class Clerk:
    """Somebody of some offices."""

    name: str
    offices: frozenset[str]


def test_easy_japanese_is_a_register_of_japanese() -> None:
    drafting.draft([replace(_request(), language="ja-easy")], drafter=TemplateDrafter(), at=AT)
    wording = Wording.objects.get()
    assert (wording.language, wording.register) == ("ja", "easy")
    library.approve(wording.pk, officer="clerk-a", at=AT)
    found = library.approved(
        wording.municipality_code, wording.programme, wording.event, wording.kind, "ja-easy", "plain"
    )
    assert found == wording


def test_a_staff_edit_is_a_new_version_held_to_the_same_guard() -> None:
    drafting.draft([_request()], drafter=TemplateDrafter(), at=AT)
    first = Wording.objects.get()
    edited = library.revise(first, {**first.sections, "to_do": "三万円を受け取る"}, editor="clerk-a", at=AT)
    assert [finding["code"] for finding in edited.findings] == ["number_word"]
    good = library.revise(first, {**first.sections, "to_do": "申し込む"}, editor="clerk-a", at=AT)
    assert good.findings == []
    with pytest.raises(StateError, match="cannot approve"):
        library.approve(good.pk, officer="clerk-a", at=AT)
    assert library.diff(first.sections, good.sections)[-2:] == ["-申請する", "+申し込む"]


def test_a_draft_is_taken_given_back_and_sent_back_once() -> None:
    drafting.draft([_request()], drafter=TemplateDrafter(), at=AT)
    pk, clerk = Wording.objects.get().pk, Clerk(name="clerk-a", offices=frozenset())
    assert (library.take(pk, officer=clerk).state, library.take(pk, officer=clerk).reviewer) == ("in_review", "clerk-a")
    assert (library.give_back(pk).state, library.give_back(pk).reviewer) == ("drafted", "")
    with pytest.raises(InputError, match="reason"):
        library.reject(pk, officer=clerk, reason=" ")
    assert library.reject(pk, officer=clerk, reason=" 短く ").rejected_because == "短く"
    with pytest.raises(StateError, match="rejected already"):
        library.take(pk, officer=clerk)
    with pytest.raises(StateError, match="rejected already"):
        library.give_back(pk)


def test_a_draft_that_somebody_reads_can_be_approved() -> None:
    drafting.draft([_request()], drafter=TemplateDrafter(), at=AT)
    taken = library.take(Wording.objects.get().pk, officer=Clerk(name="clerk-a", offices=frozenset()))
    assert library.obstacle_of(taken) == library.unapprovable(taken) == ""
    assert library.approve(taken.pk, officer="clerk-b", at=AT).state == "approved"
