"""The guard: what a draft must be before anybody reads it, and what a finished text must say. Fails closed.

The steps, in order. 1 form (stop reason, section names, text). 2 characters. 3 slots. 4 figures and addresses outside
slots. 5 (`compare`) figures of the finished text against the facts. 6 promises, and words that speak to a model. 7 nothing
that reads like a person; names themselves: see `page.clean_name`. 8 language. 9 length and words.
10 approval binds to `version_of`. A draft whose form or characters are refused is not read on.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from notices.wording.figures import figures, is_number
from notices.wording.language import KINDS, Language, languages, read_language
from notices.wording.slots import SLOT, Filled, sections_for, slots_in

ACCEPTED_STOPS = frozenset({"end_turn"})
_ENCLOSED = re.compile(r"[\u2460-\u24ff\u2776-\u2793\u3200-\u33ff\U0001f100-\U0001f2ff]")
_ADDRESS = re.compile(
    r"://|\bwww\.|[@＠]|(?<![a-z.])[\w\-]{2,}\s?[.。]\s?(?:jp|com|net|org|lg|go|info|biz|io|app|site|link|me|cn|xyz|tokyo|nara)\b"
    r"|\w\.(?!g\b|m\b|e\b)[a-z]{2,}\b|ドットコム|ドットジェーピー|\bdot (?:com|jp|net)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One reason to refuse a text. `text` is the part found, `hint` what to write instead."""

    code: str
    section: str
    text: str
    hint: str

    def as_json(self) -> dict[str, str]:
        """The finding as `wording check` prints it."""
        return {"code": self.code, "section": self.section, "text": self.text, "hint": self.hint}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the sections are for. `needs`: facts the programme has. `whole`: every section must be there."""

    programme: str
    event: str
    kind: str
    language: str
    needs: frozenset[str] = frozenset()
    whole: bool = True


def version_of(sections: Mapping[str, str]) -> str:
    """SHA-256 of the sections: what an approval binds to."""
    text = json.dumps(dict(sections), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check(sections: Mapping[str, str], subject: Subject, *, stop_reason: str = "end_turn") -> list[Finding]:
    """Everything wrong with a draft. An empty list is the only way in."""
    found = list(_form(sections, subject, stop_reason))
    if found:
        return found
    found = [finding for name, text in sections.items() for finding in _characters(name, text)]
    if found:
        return found
    language = read_language(subject.language)
    found = list(_structure(sections, subject))
    for name, text in sections.items():
        outside = SLOT.sub("\ufffc", text)
        found += _slots(name, text, subject)
        found += _numbers(name, outside, language)
        found += _addresses(name, outside)
        found += _promises(name, outside, language)
        found += _instructions(name, outside)
        found += _personal(name, outside, language)
        found += _script(name, outside, language)
        found += _words(name, outside, subject, language)
        found += _length(name, text, language)
    return found


def compare(text: Mapping[str, str], expected: Mapping[str, Filled], language: Language) -> list[Finding]:
    """Step 5: every figure of a finished text against the facts, place by place, in order. Both maps go by place."""
    found = []
    for place in sorted(text.keys() | expected.keys()):
        said, want = text.get(place, ""), expected.get(place, Filled(text=""))
        if figures(said, language) != want.figures:
            found.append(
                Finding(code="figure", section=place, text=said, hint="the figures here are not those of the facts")
            )
        lost = [line for line in want.lines if line not in said.split("\n")]
        if lost:
            found.append(Finding(code="figure", section=place, text=said, hint="an amount has lost its own label"))
    return found


def _form(sections: Mapping[str, str], subject: Subject, stop_reason: str) -> Iterator[Finding]:
    if stop_reason not in ACCEPTED_STOPS:
        yield Finding(code="stop_reason", section="", text=stop_reason, hint="the drafter did not finish; draft again")
    if subject.language not in languages():
        yield Finding(code="language", section="", text=subject.language, hint=f"use one of {', '.join(languages())}")
    if subject.programme and subject.kind not in KINDS:
        yield Finding(code="kind", section="", text=subject.kind, hint=f"use one of {', '.join(KINDS)}")
    if not sections:
        yield Finding(code="schema", section="", text="", hint="a wording has at least one section")
    for name, text in sections.items():
        if not isinstance(text, str):
            yield Finding(code="schema", section=str(name), text=type(text).__name__, hint="a section is text")


def _structure(sections: Mapping[str, str], subject: Subject) -> Iterator[Finding]:
    if not subject.whole:
        return
    known = sections_for(subject.programme)
    for name in sections.keys() - known.keys():
        yield Finding(code="section_unknown", section=name, text=name, hint=f"sections are {', '.join(known)}")
    for name, section in known.items():
        wanted = not section.needs or section.needs in subject.needs
        if wanted and not sections.get(name, "").strip():
            yield Finding(code="section_missing", section=name, text="", hint="write this section")
    if subject.programme and "amount" in subject.needs and "amount" not in slots_in(sections.get("gives", "")):
        yield Finding(
            code="slot_missing", section="gives", text="{amount}", hint="the programme has an amount: show it"
        )


def _characters(name: str, text: str) -> Iterator[Finding]:
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cf", "Co", "Cs", "Cn", "Zl", "Zp"} or (category == "Cc" and character != "\n"):
            code = f"U+{ord(character):04X}"
            yield Finding(code="unicode", section=name, text=code, hint="remove the invisible or private character")
        elif _ENCLOSED.match(character):
            yield Finding(
                code="enclosed", section=name, text=character, hint="write plain characters; facts go in slots"
            )


def _slots(name: str, text: str, subject: Subject) -> Iterator[Finding]:
    known = sections_for(subject.programme)
    every = frozenset[str]().union(*(section.may for section in known.values()))
    section = known.get(name)
    for slot in sorted(set(slots_in(text))):
        if slot not in every:
            yield Finding(
                code="slot_unknown", section=name, text=f"{{{slot}}}", hint=f"slots are {', '.join(sorted(every))}"
            )
        elif section is not None and slot not in section.may:
            yield Finding(
                code="slot_misplaced", section=name, text=f"{{{slot}}}", hint=f"here: {', '.join(sorted(section.may))}"
            )
    for slot in sorted(section.must - set(slots_in(text))) if section else ():
        yield Finding(code="slot_missing", section=name, text=f"{{{slot}}}", hint="this section must show it")
    if re.search(r"[{}｛｝]", SLOT.sub("", text)):
        yield Finding(code="brace", section=name, text="{ }", hint="braces are for slots only: {deadline}")
    if re.search(r"[<>]", text):
        yield Finding(code="markup", section=name, text="< >", hint="plain text only")


def _numbers(name: str, text: str, language: Language) -> Iterator[Finding]:
    hint = "figures come from slots only: {amount}, {deadline}"
    found = "".join(character if is_number(character) else " " for character in text).split()
    for number in found:
        yield Finding(code="number", section=name, text=number, hint=hint)
    for match in _number_words(unicodedata.normalize("NFKC", text), language):
        yield Finding(code="number_word", section=name, text=match, hint=hint)


def _number_words(text: str, language: Language) -> Iterator[str]:
    """Number words of every language there is: an English "double" in a Japanese text is one as well."""
    told: set[int] = set()  # where a word was told of already: easy Japanese looks for those of Japanese
    own = [match.span() for match in _literals(language.guard.number_words_allowed).finditer(text)]
    for code in languages():
        if code in language.guard.number_words_not_from:
            continue
        guard = read_language(code).guard
        allowed = own + [match.span() for match in _literals(guard.number_words_allowed).finditer(text)]
        for match in _union(guard.number_words).finditer(text):
            known = match.start() in told or any(start <= match.start() < end for start, end in allowed)
            if not known:
                told.add(match.start())
                yield match.group()


def _addresses(name: str, text: str) -> Iterator[Finding]:
    for match in _ADDRESS.finditer(unicodedata.normalize("NFKC", text)):
        hint = "no address of a page or mail; the fixed clause names the city's page"
        yield Finding(code="address", section=name, text=match.group(), hint=hint)


def _promises(name: str, text: str, language: Language) -> Iterator[Finding]:
    hedged = _union(language.guard.hedges)
    for sentence in re.split(r"(?<=[。！？.!?\n])", text):
        match = _union(language.guard.promises).search(sentence)
        if match and not hedged.search(sentence):
            yield Finding(
                code="promise", section=name, text=match.group(), hint="nothing is promised: the fixed clause says it"
            )


def _instructions(name: str, text: str) -> Iterator[Finding]:
    folded = unicodedata.normalize("NFKC", text)
    for code in languages():
        match = _union(read_language(code).guard.instructions).search(folded)
        if match:
            hint = "this speaks to a model, not to a reader; leave it out"
            yield Finding(code="instruction", section=name, text=match.group(), hint=hint)
            return


def _personal(name: str, text: str, language: Language) -> Iterator[Finding]:
    for pattern in language.guard.personal:
        match = _exact(pattern).search(text)
        if match:
            hint = "a wording is for everybody: no name, address or number of a person"
            yield Finding(code="personal", section=name, text=match.group(), hint=hint)


def _script(name: str, text: str, language: Language) -> Iterator[Finding]:
    """Sentence by sentence: one in another language is wrong in a text that is right otherwise."""
    for sentence in re.split(r"(?<=[。！？])|(?<=[.!?])\s|\n", text):
        letters = [character for character in sentence if unicodedata.category(character).startswith("L")]
        refused = re.search(language.guard.script_refused, sentence)
        if refused or (len(letters) >= 6 and not re.search(language.guard.script_required, sentence)):
            shown = refused.group() if refused else sentence.strip("\ufffc \n")[:20]
            yield Finding(code="language", section=name, text=shown, hint=f"this text is not in {language.code}")
        elif language.guard.function_words:
            yield from _other_language(name, sentence, language)


def _other_language(name: str, sentence: str, language: Language) -> Iterator[Finding]:
    """Of the languages with Latin letters, the one whose small words a sentence is full of."""
    tokens = set(re.findall(r"[^\W\d_]+", sentence.lower()))
    own = len(tokens & set(language.guard.function_words))
    for code in languages():
        theirs = len(tokens & set(read_language(code).guard.function_words))
        if code != language.code and theirs > max(own, 1):
            shown = sentence.strip("\ufffc \n")[:20]
            yield Finding(code="language", section=name, text=shown, hint=f"this text is in {code}")
            return


def _words(name: str, text: str, subject: Subject, language: Language) -> Iterator[Finding]:
    folded = unicodedata.normalize("NFKC", text).lower()
    for term in language.guard.terms:
        if term.events and subject.event not in term.events:
            continue
        rest = folded
        for longer in term.unless:
            rest = rest.replace(longer.lower(), "")
        if term.term.lower() in rest:
            yield Finding(code="term", section=name, text=term.term, hint=f"write: {term.use}")


def _length(name: str, text: str, language: Language) -> Iterator[Finding]:
    guard = language.guard
    plain = SLOT.sub("□" if guard.sentence_unit == "words" else "□□□□", text)
    limit = guard.section_limits.get(name, guard.section_limits["default"])
    if len(plain) > limit:
        yield Finding(code="length", section=name, text=f"{len(plain)}", hint=f"at most {limit} characters")


@cache
def _union(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


@cache
def _exact(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _literals(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)) or r"(?!)")
