from dataclasses import replace
from pathlib import Path

import pytest

from eligibility.programme import read_programme
from notices.wording.draft import DraftRequest, RawDraft, TemplateDrafter, requests_for
from notices.wording.language import languages
from notices.wording.public import public_facts
from notices.wording.verdict import judge

PROGRAMMES = sorted((Path(__file__).parents[4] / "eligibility" / "programmes").glob("*.yaml"))
REQUEST = DraftRequest(programme="x", event="E01", kind="entitlement", language="en", gives="Money.")


@pytest.mark.parametrize("code", languages())
def test_every_template_draft_of_the_catalogue_passes_guard_and_readability(code: str) -> None:
    """What a language still lacks are phrases of programmes, said as such; never a template that breaks a rule."""
    facts = [public_facts(read_programme(path)) for path in PROGRAMMES]
    for request in requests_for(facts, languages=[code]):
        verdict = judge(request, TemplateDrafter().draft(request))
        assert {finding.code for finding in verdict.findings} <= {"phrase_missing"}, request


def test_a_text_nobody_has_translated_refuses_the_draft_and_names_it() -> None:
    request = replace(REQUEST, untold=("誰も訳していない文",))
    (finding,) = judge(request, TemplateDrafter().draft(request)).findings
    assert (finding.code, finding.text) == ("phrase_missing", "誰も訳していない文")
    assert "languages/en/phrases.yaml" in finding.hint


def test_a_hard_text_of_the_programme_is_told_without_refusing_the_draft() -> None:
    request = replace(REQUEST, public_texts=("word " * 25 + "end.",))
    verdict = judge(request, TemplateDrafter().draft(request))
    assert verdict.accepted
    assert [(finding.code, finding.section) for finding in verdict.of_programme] == [("sentence_length", "programme")]


def test_a_draft_that_is_not_one_is_not_measured() -> None:
    verdict = judge(REQUEST, RawDraft(sections={}, stop_reason="max_tokens"))
    assert verdict.readability is None
    assert "stop_reason" in {finding.code for finding in verdict.findings}
