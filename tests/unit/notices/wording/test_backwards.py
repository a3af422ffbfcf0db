"""What a text says is told back in Japanese where a model is configured; else the reason stands in its place."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from engine.core.settings import LocalModel
from notices.wording import drafting, library
from notices.wording.backwards import IN_JAPANESE, NO_MODEL, NOT_YET, translate_back, why_none
from notices.wording.draft import DrafterFailed, RawDraft, TemplateDrafter
from notices.wording.drafting import Drafted
from notices.wording.local import LocalDrafter
from notices.wording.models import Wording
from tests.support.approvals import AT, CITY
from tests.support.models import OPENING, REQUEST

pytestmark = pytest.mark.django_db


class Interpreter(TemplateDrafter):
    """Answers as told, an exception is raised."""

    def __init__(self, *answers: RawDraft | Exception) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[tuple[Mapping[str, str], str]] = []

    def translate(self, sections: Mapping[str, str], language: str) -> RawDraft:
        self.asked.append((sections, language))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def stored(language: str = "en") -> Wording:
    drafting.draft([replace(REQUEST, language=language)], drafter=TemplateDrafter(), at=AT)
    return Wording.objects.latest("pk")


def back(interpreter: Interpreter, done: Drafted | None = None) -> int:
    return translate_back(CITY, drafter=interpreter, done=done or Drafted())


def answer(wording: Wording, **changed: str) -> RawDraft:
    return RawDraft(
        sections={**wording.sections, **changed}, stop_reason="end_turn", model_id="m", tokens_in=3, tokens_out=4
    )


def test_what_waits_for_approval_is_told_back_once() -> None:
    wording, done = stored(), Drafted()
    interpreter = Interpreter(answer(wording, to_do="申請する"))
    assert [back(interpreter, done), back(interpreter, done)] == [1, 0]
    wording.refresh_from_db()
    assert wording.back_translation["sections"]["to_do"] == "申請する"
    assert (interpreter.asked, done.calls, done.tokens_out) == ([(wording.sections, "en")], 1, 4)
    assert why_none(wording, has_model=True) == ""


def test_a_slot_that_was_lost_on_the_way_back_is_pointed_at() -> None:
    wording = stored()
    back(Interpreter(answer(wording, gives="お金です。")))
    wording.refresh_from_db()
    assert wording.back_translation["slots_differ"] == ["gives"]


def test_a_model_that_fails_says_so_and_is_asked_again() -> None:
    wording, done = stored(), Drafted()
    interpreter = Interpreter(DrafterFailed("it did not answer"), answer(wording))
    assert back(interpreter, done) == 0
    wording.refresh_from_db()
    assert (why_none(wording, has_model=True), done.failed) == ("the model failed: it did not answer", 1)
    assert back(interpreter) == 1


@pytest.mark.parametrize(
    "raw", [RawDraft(sections={}, stop_reason="max_tokens"), RawDraft(sections={"x": "y"}, stop_reason="end_turn")]
)
def test_an_answer_that_is_no_translation_is_not_asked_for_again(raw: RawDraft) -> None:
    wording = stored()
    interpreter = Interpreter(raw)
    assert [back(interpreter), back(interpreter)] == [0, 0]
    wording.refresh_from_db()
    assert "is not a translation" in why_none(wording, has_model=True)


def test_japanese_and_what_is_decided_are_left_alone() -> None:
    stored("ja")
    stored("ja-easy")
    library.approve(stored("en").pk, officer="clerk-a", at=AT)
    assert back(Interpreter()) == 0


def test_without_a_model_the_reason_is_told() -> None:
    wording = stored()
    assert translate_back(CITY, drafter=TemplateDrafter(), done=Drafted()) == 0
    assert why_none(wording, has_model=False) == NO_MODEL
    assert why_none(wording, has_model=True) == NOT_YET
    assert why_none(stored("ja-easy"), has_model=True) == IN_JAPANESE


def test_only_the_languages_asked_for() -> None:
    stored("en")
    wording = stored("ko")
    interpreter = Interpreter(answer(wording))
    assert translate_back(CITY, drafter=interpreter, done=Drafted(), languages=["ko"]) == 1


def test_a_real_server_answers_or_is_said_not_to(llama: str) -> None:
    """The tiny model's answer is garbage: it is kept beside the text for the reviewer, or told to be none; the text is untouched."""
    drafting.draft([replace(OPENING, language="en")], drafter=TemplateDrafter(), at=AT)
    wording = Wording.objects.latest("pk")
    before, drafter = dict(wording.sections), LocalDrafter(LocalModel(url=llama), url=llama, max_tokens=60)
    translate_back(CITY, drafter=drafter, done=Drafted())
    drafter.close()
    wording.refresh_from_db()
    assert wording.sections == before
    assert {"sections", "none"} & wording.back_translation.keys()
