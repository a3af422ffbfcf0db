"""What the guard and the readability gate found, as a clerk is told: what it is, where it stands, what to write instead."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from notices.desk.catalogue import Phrases, messages
from notices.wording.language import Language, read_language
from notices.wording.readability import first_half
from notices.wording.slots import sections_for, slots_in


@dataclass(frozen=True, kw_only=True)
class Told:
    """One finding in the desk's language. `sentence` is empty where the finding is about a whole section, or of no section."""

    section: str
    what: str
    text: str
    sentence: str
    do: str


def told(
    findings: Iterable[Mapping[str, str]], sections: Mapping[str, str], *, programme: str, language: str, t: Phrases
) -> list[Told]:
    """The findings of a text in the language of this code, in words. programme: empty for an event's opening."""
    return [_told(finding, sections, programme, read_language(language), t) for finding in findings]


def sentence_of(text: str, found: str) -> str:
    """The sentence a finding stands in; empty when it is about the whole section."""
    sentences = re.split(r"(?<=[。！？\n])|(?<=[.!?])\s", text)
    return next((one.strip() for one in sentences if found and found in one and one.strip() != text.strip()), "")


def _told(
    finding: Mapping[str, str], sections: Mapping[str, str], programme: str, language: Language, t: Phrases
) -> Told:
    code, section, text = finding["code"], finding["section"], finding["text"]
    whole = sections.get(section, "")
    return Told(
        section=section,
        what=t.or_words("finding", code, code),
        text=text,
        sentence=sentence_of(whole, text),
        do=_do(finding, whole, programme, language, t),
    )


def _do(finding: Mapping[str, str], whole: str, programme: str, language: Language, t: Phrases) -> str:
    """What to write instead: the catalogue's words with the language's own limits, or the library's hint where there are none."""
    key, text = f"todo.{finding['code']}", finding["text"]
    use = next((term.use for term in language.guard.terms if term.term == text), "")
    if key not in messages() or (finding["code"] == "term" and not use):
        return finding["hint"]
    known = sections_for(programme).get(finding["section"])
    half = first_half(text, language)
    return t(
        key,
        text=text,
        characters=language.guard.section_limits.get(finding["section"], language.guard.section_limits["default"]),
        longest=language.readable.longest_sentence,
        kanji=language.readable.kanji_per_sentence,
        mean=f"{language.readable.mean_sentence:g}",
        index=f"{language.readable.ari:g}",
        unit=t(f"sentence.{language.guard.sentence_unit}"),
        split=t("sentence.split", half=half) if half else t("sentence.two"),
        use=use,
        slots=" ".join(f"{{{slot}}}" for slot in sorted(known.may if known else ())) or t("frame.none"),
        kept=" ".join(f"{{{slot}}}" for slot in slots_in(whole)) or t("frame.none"),
    )
