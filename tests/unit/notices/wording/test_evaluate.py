import pytest

from notices.wording.draft import DrafterFailed, DraftRequest, RawDraft, TemplateDrafter
from notices.wording.evaluate import edit_rate, evaluate
from tests.support.models import OPENING, REQUEST


class Scribe(TemplateDrafter):
    """Writes well for one use, badly for another, and not at all for the third."""

    def draft(self, request: DraftRequest) -> RawDraft:
        raw = super().draft(request)
        if request.event == "E99":
            raise DrafterFailed("gone")
        sections = dict(raw.sections) if request.programme else {**raw.sections, "opening": "三万円もらえます。"}
        return RawDraft(sections=sections, stop_reason="end_turn", tokens_in=10, tokens_out=5, cost_usd=0.5)


def test_a_model_is_told_by_what_becomes_of_its_drafts() -> None:
    gone = DraftRequest(programme="", event="E99", kind="information", language="ja")
    told = evaluate([REQUEST, OPENING, gone], Scribe()).as_json()
    assert (told["asked"], told["accepted"], told["failed"]) == (3, 1, 1)
    assert told["refused_at_step"] == {"4": 1}
    assert set(told["findings"]) == {"number_word", "promise"}
    assert (told["tokens_in"], told["tokens_out"], told["cost_usd"]) == (20, 10, 1.0)


@pytest.mark.django_db
def test_nothing_approved_has_no_edit_rate() -> None:
    assert edit_rate("292010") is None
