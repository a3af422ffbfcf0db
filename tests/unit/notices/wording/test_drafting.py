from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from eligibility.programme import read_programme
from engine.core.clock import TOKYO
from notices.wording import drafting
from notices.wording.draft import (
    DrafterFailed,
    DraftRequest,
    PublicFacts,
    RawDraft,
    TemplateDrafter,
    recipe_of,
    requests_for,
)
from notices.wording.facts import Said
from notices.wording.models import Wording
from notices.wording.public import public_facts

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


def test_the_same_text_is_stored_once() -> None:
    assert _ensure() == 4
    assert _ensure() == 0
    assert set(Wording.objects.values_list("state", flat=True)) == {"drafted"}


class Broken(Scribe):
    """A model that does not answer."""

    name = "broken"

    def draft(self, request: DraftRequest) -> RawDraft:
        raise DrafterFailed("the model did not answer")


def test_a_model_that_fails_leaves_the_template_and_says_so_and_is_asked_again() -> None:
    for _ in range(2):
        done = drafting.draft([_request()], drafter=Broken(), at=AT)
        assert (done.calls, done.failed) == (1, 1)
    wording = Wording.objects.get()
    assert wording.fallback == "failed: the model did not answer"
    assert wording.findings == []


def test_a_model_is_not_asked_again_while_nothing_changed() -> None:
    assert drafting.draft([_request()], drafter=Scribe(), at=AT).calls == 1
    assert drafting.draft([_request()], drafter=Scribe(), at=AT).calls == 0
    assert drafting.draft([replace(_request(), gives="ほかのお金です。")], drafter=Scribe(), at=AT).calls == 1


def test_a_refused_model_is_not_asked_again_either() -> None:
    scribe = Scribe(to_do="三万円を受け取る")
    assert drafting.draft([_request()], drafter=scribe, at=AT).refused == 1
    assert drafting.draft([_request()], drafter=scribe, at=AT).calls == 0


def test_a_model_is_asked_once_for_each_text_of_the_catalogue_and_the_next_night_for_none() -> None:
    folder = Path(__file__).parents[4] / "eligibility" / "programmes"
    facts = [public_facts(read_programme(path)) for path in sorted(folder.glob("*.yaml"))]
    asked = list(requests_for(facts, languages=("ja", "en")))
    model = Scribe()
    first = drafting.draft(asked, drafter=model, at=AT)
    assert (first.calls, first.kept) == (len(asked), 0)
    second = drafting.draft(asked, drafter=model, at=AT)
    assert (second.calls, second.kept) == (0, len(asked))


def test_a_model_is_not_asked_for_what_cannot_be_said_in_the_language() -> None:
    request = replace(_request(), language="ko", untold=("窓口でご案内します。",))
    done = drafting.draft([request], drafter=Broken(), at=AT)
    assert (done.calls, done.failed, done.new) == (0, 0, 1)
    wording = Wording.objects.get()
    assert wording.fallback == "not asked: 1 of the programme's texts are not in ko"
    assert "phrase_missing" in [finding["code"] for finding in wording.findings]
    assert drafting.draft([request], drafter=Broken(), at=AT).kept == 1
