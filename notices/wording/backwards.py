"""Back-translation: what a text in another language says, in Japanese, for the officer who signs it and cannot read it.

A help for the reviewer and nothing more: it passes no gate, approves nothing and is never sent.
"""

from collections.abc import Sequence
from typing import Any

from notices.wording.draft import Drafter, DrafterFailed, Translator
from notices.wording.drafting import Drafted
from notices.wording.language import code_of
from notices.wording.library import FIRST_LANGUAGE, WAITING
from notices.wording.models import Wording
from notices.wording.slots import slots_in

IN_JAPANESE = "the text is in Japanese"
NO_MODEL = "no model is configured ([wording] drafter)"
NOT_YET = "not translated yet: run `todoke wording draft`"


def translate_back(municipality: str, *, drafter: Drafter, done: Drafted, languages: Sequence[str] = ()) -> int:
    """Translates every text that waits for approval and has no translation yet; returns how many. Without a model, none.

    A call that fails leaves the reason and is made again the next time; an answer that is no translation leaves the reason for good.
    """
    if not isinstance(drafter, Translator):
        return 0
    waiting = Wording.objects.filter(municipality_code=municipality, state__in=WAITING).exclude(language=FIRST_LANGUAGE)
    made = 0
    for wording in waiting.order_by("pk"):
        code = code_of(wording.language, wording.register)
        if (wording.back_translation and not wording.back_translation.get("again")) or (
            languages and code not in languages
        ):
            continue
        wording.back_translation = _translated(wording, code, drafter, done)
        wording.save(update_fields=["back_translation"])
        made += "sections" in wording.back_translation
    return made


def why_none(wording: Wording, *, has_model: bool) -> str:
    """Why a version has no back-translation, in one line; empty when it has one."""
    if "sections" in wording.back_translation:
        return ""
    if wording.language == FIRST_LANGUAGE:
        return IN_JAPANESE
    told = str(wording.back_translation.get("none", ""))
    return told or (NOT_YET if has_model else NO_MODEL)


def _translated(wording: Wording, code: str, drafter: Translator, done: Drafted) -> dict[str, Any]:
    done.calls += 1
    try:
        raw = drafter.translate(wording.sections, code)
    except DrafterFailed as error:
        done.failed += 1
        return {"none": f"the model failed: {error}"[:200], "again": True}
    done.tokens_in += raw.tokens_in
    done.tokens_out += raw.tokens_out
    done.cost_usd += raw.cost_usd
    if raw.stop_reason != "end_turn" or raw.sections.keys() != wording.sections.keys():
        return {"none": f"the model's answer is not a translation ({raw.stop_reason})"}
    lost = [
        name
        for name, text in wording.sections.items()
        if sorted(slots_in(text)) != sorted(slots_in(raw.sections[name]))
    ]
    return {"sections": dict(raw.sections), "by": raw.model_id, "slots_differ": lost}
