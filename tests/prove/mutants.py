"""`python -m tests.prove.mutants`: good drafts must pass, what is made from them by one wrong step must be refused for it.

Prints one JSON line a kind of mutant, what was missed, the good drafts refused, and how long the guard takes. Exit 1 when fewer
than 99.5 % are refused with the right code, more than 2 % of the good drafts are refused, or the guard's median is 20 ms or more.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import yaml

from eligibility.programme import read_programme
from notices.wording.compose import flatten, recheck
from notices.wording.draft import DraftRequest, RawDraft, TemplateDrafter, requests_for
from notices.wording.guard import check
from notices.wording.language import languages, read_language
from notices.wording.public import public_facts
from notices.wording.verdict import judge, subject_of
from tests.support.wordings import birth_items, written

PROGRAMMES = Path(__file__).parents[2] / "eligibility" / "programmes"
_WORDS = Path(__file__).with_suffix(".yaml")
#: what a kind of mutant may be refused for; the first is the usual one
CODES = {
    "digit": {"number"},
    "number_word": {"number_word", "number"},
    "date": {"number_word", "number"},
    "phone": {"number"},
    "link": {"address", "enclosed", "unicode", "number", "language"},
    "promise": {"promise", "number_word"},
    "instruction": {"instruction"},
    "invisible": {"unicode"},
    "enclosed": {"enclosed"},
    "slot_lost": {"slot_missing", "section_missing"},
    "slot_swapped": {"slot_misplaced", "slot_missing"},
    "slot_unknown": {"slot_unknown", "brace"},
    "language": {"language"},
    "personal": {"personal", "number"},
    "term": {"term"},
    "unfinished": {"stop_reason"},
    "figure": {"figure"},
}
_LINKS = (
    "https://nara.example", "www.nara-city.example", "奈良.jp", "city.nara.lg.jp", "city．nara．lg．jp", "ｃｉｔｙ.nara.jp",
    "nara@city.example", "nara＠city", "city dot nara dot jp dot com", "bit.ly/nara", "city.nara.lg.jp.evil.com",
)  # fmt: skip
_INVISIBLE = ("\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\ue000", "\u2028", "\x07", "\u200d", "\U000e0041")
_DIGITS = ("15000", "１５０００", "3", "٣", "५", "½", "Ⅲ", "²", "〇", "-5", "1,500")
_ENCLOSED = ("①", "㋿", "⑩", "🄰", "㈱", "❶")
_PHONES = ("0742-00-0009", "０７４２−００−０００１", "(0742) 00 0001")
_STOPS = ("max_tokens", "", "guardrail_intervened", "malformed_json", "content_filtered")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A draft with one wrong step. `code`: its kind, a key of CODES."""

    code: str
    request: DraftRequest
    sections: Mapping[str, str]
    stop_reason: str = "end_turn"


def words() -> dict[str, dict[str, list[str]]]:
    """The sentences of mutants.yaml, by language and kind."""
    loaded: dict[str, dict[str, list[str]]] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return loaded


def drafts() -> list[tuple[DraftRequest, dict[str, str]]]:
    """Good drafts: every template of the catalogue in every language, and the same with a good sentence of its own."""
    facts = [public_facts(read_programme(path)) for path in sorted(PROGRAMMES.glob("*.yaml"))]
    found = []
    for request in requests_for(facts, languages=languages()):
        if not request.untold:
            found.append((request, dict(TemplateDrafter().draft(request).sections)))
    said = words()
    blocks = [(request, sections) for request, sections in found if request.programme]
    for code in languages():
        own = [pair for pair in blocks if pair[0].language == code]
        for index, sentence in enumerate(said[code]["good"]):
            for step in range(2):
                request, sections = own[(2 * index + step) % len(own)]
                name = ("possible", "by_when_open")[step]
                found.append((request, {**sections, name: sentence}))
    return found


def mutants(good: list[tuple[DraftRequest, dict[str, str]]]) -> Iterator[Mutant]:
    """Every wrong step at a good draft, drafts taken in turn so that every language and programme is met."""
    said = words()
    for code in languages():
        own = [pair for pair in good if pair[0].language == code and pair[0].programme]
        turn = 0
        for kind, text in _wrong(code, said):
            for _ in range(3):
                request, sections = own[turn % len(own)]
                turn += 1
                name = ("possible", "by_when_open", "by_when_late")[turn % 3]
                yield Mutant(code=kind, request=request, sections={**sections, name: f"{sections[name]}\n{text}"})
        for request, sections in own[:6]:
            yield from _slots(request, sections)
            for stop in _STOPS:
                yield Mutant(code="unfinished", request=request, sections=sections, stop_reason=stop)


def _wrong(code: str, said: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, str]]:
    """Kind and text to add, in the voice of the language."""
    own = said[code]
    for kind in ("number_word", "promise", "date", "personal", "instruction", "term"):
        yield from ((kind, text) for text in own[kind])
    base = own["good"][0]
    stem = base.rstrip("。.")
    yield from (("digit", f"{stem} {digits}") for digits in _DIGITS)
    yield from (("phone", f"{stem} {phone}") for phone in _PHONES)
    yield from (("link", f"{stem} {link}") for link in _LINKS)
    yield from (("invisible", base[:2] + mark + base[2:]) for mark in _INVISIBLE)
    yield from (("enclosed", f"{mark}{base}") for mark in _ENCLOSED)
    yield from (("slot_unknown", f"{stem} {slot}") for slot in ("{name}", "{address}", "{income}", "{", "｛deadline｝"))
    other = [text for name in said if name.split("-")[0] != code.split("-")[0] for text in said[name]["good"][:3]]
    yield from (("language", text) for text in other)


def _slots(request: DraftRequest, sections: dict[str, str]) -> Iterator[Mutant]:
    for name, slot in (("gives", "gives"), ("how", "how"), ("whom", "phone"), ("whom", "office"), ("gives", "amount")):
        if f"{{{slot}}}" in sections.get(name, ""):
            lost = {**sections, name: sections[name].replace(f"{{{slot}}}", "")}
            yield Mutant(code="slot_lost", request=request, sections=lost)
            swapped = {**sections, name: sections[name].replace(f"{{{slot}}}", "{deadline}")}
            yield Mutant(code="slot_swapped", request=request, sections=swapped)
    without = {name: text for name, text in sections.items() if name != "whom"}
    yield Mutant(code="slot_lost", request=request, sections=without)


def found_in(mutant: Mutant) -> set[str]:
    """The codes the guard refuses it with."""
    return {one.code for one in check(mutant.sections, subject_of(mutant.request), stop_reason=mutant.stop_reason)}


def rendered() -> Iterator[tuple[str, bool]]:
    """Finished texts with a fact changed, and whether the last check saw it: amounts that change roles, dates, phones."""
    for code in languages():
        composed, language = written(birth_items(), language=code), read_language(code)
        less, more = language.say_yen(15_000), language.say_yen(30_000)
        changes = [(less, more), (more, less), ("0742-00-0001", "0742-00-0002"), ("2026", "2027"), ("8", "9")]
        flat = {place: text for place, text in flatten(composed.text).items() if place != "number"}
        for place, text in flat.items():
            for old, new in changes:
                if old in text:
                    yield (
                        f"{code} {place} {old} {new}",
                        bool(recheck(_put(composed.text, place, text.replace(old, new, 1)), composed)),
                    )


def _put(text: Mapping[str, Any], place: str, said: str) -> dict[str, Any]:
    changed: Any = json.loads(json.dumps(text))
    *path, last = place.split(".")
    at = changed
    for part in path:
        at = at[int(part)] if part.isdigit() else at[part]
    at[int(last) if last.isdigit() else last] = said
    return dict(changed)


def main() -> None:
    """Everything; exit 1 when a goal is missed."""
    good = drafts()
    refused_good = [
        (request, verdict.findings)
        for request, sections in good
        if (verdict := judge(request, RawDraft(sections=sections, stop_reason="end_turn"))).findings
    ]
    made, missed = Counter[str](), Counter[str]()
    seconds: list[float] = []
    for mutant in mutants(good):
        begun = perf_counter()
        codes = found_in(mutant)
        seconds.append(perf_counter() - begun)
        made[mutant.code] += 1
        if not codes & CODES[mutant.code]:
            missed[mutant.code] += 1
            tail = list(mutant.sections.values())
            print(
                f"  missed {mutant.code} {mutant.request.language}: {tail[0][-40:]!r} {tail[5][-40:]!r} {sorted(codes)}"
            )
    for told, seen in rendered():
        made["figure"] += 1
        if not seen:
            missed["figure"] += 1
            print(f"  missed figure {told}")
    for kind in CODES:
        print(json.dumps({"mutants": kind, "made": made[kind], "missed": missed[kind]}))
    for request, findings in refused_good:
        print(f"  refused {request.language} {request.programme} {request.event}: {findings[0]}")
    share = 1 - missed.total() / made.total()
    milliseconds = median(seconds) * 1000
    total = {"mutants": made.total(), "refused_rightly": round(share, 4), "languages": len(languages())}
    total |= {"good": len(good), "good_refused": len(refused_good), "guard_median_ms": round(milliseconds, 2)}
    print(json.dumps(total))
    enough = made.total() >= 2000 and share >= 0.995 and len(good) >= 200 and len(refused_good) <= 0.02 * len(good)
    if not enough or milliseconds >= 20:
        sys.exit(1)


if __name__ == "__main__":
    main()
