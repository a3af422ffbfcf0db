"""A slice of the mutation bench: every language and kind of wrong step, a few of each. The whole is `make prove`."""

from collections import Counter

from notices.wording.draft import RawDraft
from notices.wording.verdict import judge
from tests.prove.mutants import CODES, drafts, found_in, mutants, rendered


def test_no_good_draft_is_refused() -> None:
    good = drafts()
    assert len(good) >= 200
    refused = [
        (request.language, request.programme, verdict.findings[0])
        for request, sections in good
        if (verdict := judge(request, RawDraft(sections=sections, stop_reason="end_turn"))).findings
    ]
    assert refused == []


def test_one_wrong_step_is_refused_for_what_it_is() -> None:
    met: Counter[tuple[str, str]] = Counter()
    missed = []
    for mutant in mutants(drafts()):
        key = (mutant.code, mutant.request.language)
        met[key] += 1
        if met[key] <= 6 and not found_in(mutant) & CODES[mutant.code]:
            missed.append(key)
    assert {code for code, _ in met} == set(CODES) - {"figure"}
    assert missed == []


def test_a_changed_fact_in_a_finished_text_is_seen() -> None:
    assert [told for told, seen in rendered() if not seen] == []
