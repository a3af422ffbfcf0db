"""The readability gate: the goals of a language held against a text, with the sentence that misses one and where to split it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from notices.wording.guard import Finding
from notices.wording.language import Language
from notices.wording.ruby import unread
from notices.wording.slots import SLOT

#: sections that are a heading, a button, an address or a short message: no prose to measure
_NOT_PROSE = frozenset({"title", "to_do", "push", "push_open", "whom", "bring"})
_ENOUGH_WORDS = 30  #: below this the index of a text is noise
_KANJI = re.compile(r"[々\u3400-\u9fff]")


@dataclass(frozen=True, kw_only=True)
class Readability:
    """What was measured. Lengths in the language's unit: characters without blanks, or words. `ari` None: not measured."""

    sentences: int
    mean: float
    longest: int
    ari: float | None
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as the library keeps it."""
        told = {"sentences": self.sentences, "mean": round(self.mean, 1), "longest": self.longest}
        ari = None if self.ari is None else round(self.ari, 1)
        return {**told, "ari": ari, "findings": [finding.as_json() for finding in self.findings]}


def measure(sections: Mapping[str, str], language: Language) -> Readability:
    """Holds sections (a slot counts as one short word) or whole texts to the language's goals."""
    blank = "□" if language.guard.sentence_unit == "words" else "□□□□"
    prose = {name: SLOT.sub(blank, text) for name, text in sections.items() if name not in _NOT_PROSE}
    told = [(name, sentence) for name, text in prose.items() for sentence in _sentences(text, language)]
    lengths = [_length(sentence, language) for _, sentence in told]
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    ari = _ari([sentence for _, sentence in told]) if language.readable.ari else None
    findings = [finding for name, sentence in told for finding in _sentence(name, sentence, language)]
    findings += _whole(mean, ari, language)
    findings += [finding for name, text in sections.items() for finding in _unread(name, text, language)]
    return Readability(
        sentences=len(told), mean=mean, longest=max(lengths, default=0), ari=ari, findings=tuple(findings)
    )


def _sentences(text: str, language: Language) -> Iterator[str]:
    for part in re.split(language.guard.sentence_end, text):
        if part.strip(" 　□"):
            yield part.strip()


def _length(sentence: str, language: Language) -> int:
    """In words, or in characters without the blanks that only ease reading."""
    if language.guard.sentence_unit == "words":
        return len(sentence.split())
    return len(re.sub(r"\s", "", sentence))


def _sentence(name: str, sentence: str, language: Language) -> Iterator[Finding]:
    goals, unit = language.readable, language.guard.sentence_unit
    size = _length(sentence, language)
    if size > goals.longest_sentence:
        hint = f"{size} {unit}, at most {goals.longest_sentence}: {_split(sentence, language)}"
        yield Finding(code="sentence_length", section=name, text=sentence, hint=hint)
    if goals.kanji_per_sentence and len(_KANJI.findall(sentence)) > goals.kanji_per_sentence:
        hint = f"at most {goals.kanji_per_sentence} kanji in a sentence: {_split(sentence, language)}"
        yield Finding(code="kanji", section=name, text=sentence, hint=hint)
    for pattern, instead in goals.avoid.items():
        match = _compiled(pattern).search(sentence)
        if match:
            yield Finding(code="hard_phrase", section=name, text=match.group(), hint=instead)


def first_half(sentence: str, language: Language) -> str:
    """What stands before the best place to make two sentences, at the joint nearest the middle; empty when there is none."""
    middle = len(sentence) / 2
    for joint in language.readable.split_at:
        places = [match.end() for match in re.finditer(re.escape(joint), sentence)]
        inner = [place for place in places if len(sentence) * 0.2 < place < len(sentence) * 0.8]
        if inner:
            return sentence[: min(inner, key=lambda at: abs(at - middle))].rstrip()
    return ""


def _split(sentence: str, language: Language) -> str:
    """Where to make two sentences, in words."""
    half = first_half(sentence, language)
    return f"end a sentence after “{half}”" if half else "say it in two sentences"


def _whole(mean: float, ari: float | None, language: Language) -> Iterator[Finding]:
    goals = language.readable
    if mean > goals.mean_sentence:
        hint = f"{language.guard.sentence_unit} in a sentence on average, at most {goals.mean_sentence:g}"
        yield Finding(code="mean_sentence", section="", text=f"{mean:.1f}", hint=hint)
    if ari is not None and ari > goals.ari:
        hint = f"reading index, at most {goals.ari:g}: shorter words, shorter sentences"
        yield Finding(code="reading_index", section="", text=f"{ari:.1f}", hint=hint)


def _ari(sentences: Sequence[str]) -> float | None:
    """The automated readability index (Senter and Smith 1967); None for too short a text."""
    words = [word for sentence in sentences for word in sentence.split()]
    if len(words) < _ENOUGH_WORDS:
        return None
    letters = sum(character.isalnum() for word in words for character in word)
    return 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43


def _unread(name: str, text: str, language: Language) -> Iterator[Finding]:
    for word in unread(SLOT.sub(" ", text), language):
        hint = f"add its reading to languages/{language.code}/readings.yaml, or write it in kana"
        yield Finding(code="ruby_missing", section=name, text=word, hint=hint)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
