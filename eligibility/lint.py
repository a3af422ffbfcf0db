"""What is wrong with programme files before anybody signs them: broken rules, examples that do not hold, stale or unused values."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from eligibility.assess import unmet
from eligibility.japanese import in_japanese
from eligibility.places import Part, place_of
from eligibility.programme import Programme, read_programme
from eligibility.purposes import refusals_by_table
from engine.core.errors import InputError, RuleError
from events.detectors import load_detectors

_FEWEST_EXAMPLES = 4
#: how `read_programme` says where something stands
_PLACE = re.compile(r"line (?P<line>\d+), column (?P<column>\d+): ")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to put right, where it stands, in English (`text`) and Japanese. `error` blocks publishing; `warning` does not."""

    file: str
    severity: Literal["error", "warning"]
    text: str
    ja: str
    line: int | None = None
    column: int | None = None

    @property
    def blocks(self) -> bool:
        """Whether it must be put right before publishing."""
        return self.severity == "error"

    def as_json(self) -> dict[str, Any]:
        """For `programmes check`."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "severity": self.severity,
            "finding": self.text,
            "ja": self.ja,
        }


#: what a new file (`programmes new`) says where the policy team's own words belong
UNFILLED = (
    "何についての制度かを、短い文で書いてください。",
    "確かめる条件を短く書いてください",
    "読む人に確かめることを書いてください。",
)
#: what was seen: where in the file, how grave, in English, in Japanese
_Seen = tuple[Sequence[Part], Literal["error", "warning"], str, str]


def check(paths: Sequence[Path], on: date) -> list[Finding]:
    """Every finding of these files, as of a date."""
    return [finding for path in paths for finding in _check(path, on)]


def _check(path: Path, on: date) -> Iterator[Finding]:
    try:
        programme = read_programme(path)
    except RuleError as error:
        told = _PLACE.search(str(error))
        line, column = (int(told["line"]), int(told["column"])) if told else (None, None)
        said = str(error)
        yield Finding(file=path.name, severity="error", text=said, ja=in_japanese(said), line=line, column=column)
        return
    text = path.read_text(encoding="utf-8")
    for seen in (_granted, _named, _filled_in, _examples, _tables, _used, _reviewed):
        for where, severity, said, ja in seen(programme, on):
            place = place_of(text, where)
            line, column = (place.line, place.column) if place else (None, None)
            yield Finding(file=path.name, severity=severity, text=said, ja=ja, line=line, column=column)
    if path.stem != programme.slug:
        said = f"the file is not named after its slug, {programme.slug}"
        ja = f"ファイル名を slug（{programme.slug}）と同じにしてください"
        yield Finding(file=path.name, severity="error", text=said, ja=ja, line=1, column=1)


def _granted(programme: Programme, on: date) -> Iterator[_Seen]:
    for table, lines in refusals_by_table(programme).items():
        for line in lines:
            yield ["reads", table], "error", line, in_japanese(line)


def _named(programme: Programme, on: date) -> Iterator[_Seen]:
    """Events there are, and texts without slots: nothing would fill them."""
    known = load_detectors()
    for event in programme.triggers:
        if event not in known:
            said = f"there is no event {event}; they are {min(known)} to {max(known)}, docs/glossary.md lists them"
            yield (
                ["triggers", event],
                "error",
                said,
                f"出来事 {event} はありません。{min(known)} から {max(known)} までです。docs/glossary.md の一覧から選んでください",
            )
    if programme.recipient == "next_of_kin" and not programme.by_event_alone:
        said = "it concerns somebody who died, whom no sweep may look for among the living; write by_event_alone: true"
        ja = "亡くなった方についての制度です。生きている方を一斉点検で拾わないように by_event_alone: true と書いてください"
        yield ["recipient"], "error", said, ja
    for name in ("name", "gives", "how_to_apply"):
        if any("{" in told for told in getattr(programme, name).model_dump().values()):
            said = f"{name} has a slot in braces, which nothing fills; write the words themselves"
            yield [name], "error", said, f"{name} に {{ }} があります。値は入りません。言葉で書いてください"


def unfilled(programme: Programme) -> list[str]:
    """The parts that still say what a new file says, which nobody should be sent."""
    parts = {"gives": programme.gives}
    for one in programme.criteria.criteria():
        parts |= {name: told for name, told in ((one.id, one.label), (f"{one.id}.ask", one.ask)) if told is not None}
    return [name for name, told in parts.items() if told.ja in UNFILLED]


def _filled_in(programme: Programme, on: date) -> Iterator[_Seen]:
    for name in unfilled(programme):
        said = f"{name} still says what a new file says; write your own words before it is published"
        ja = f"{name} はひな形の文のままです。公開する前に、自分の言葉で書いてください"
        yield [name.partition(".")[0]], "warning", said, ja


def _examples(programme: Programme, on: date) -> Iterator[_Seen]:
    for place, failure in _failing(programme):
        yield ["examples", place], "error", failure, in_japanese(failure)
    count = len(programme.examples)
    if count < _FEWEST_EXAMPLES:
        said = f"{count} examples; at least {_FEWEST_EXAMPLES} are needed"
        yield ["examples"], "error", said, f"例が{count}件しかありません。{_FEWEST_EXAMPLES}件以上書いてください"
    shown = {example.excluded for example in programme.examples}
    for one in programme.exclusions:
        if one.id not in shown:
            said = f"no example is left out by {one.id}; add one (excluded: {one.id})"
            yield (
                [programme.slug, one.id],
                "warning",
                said,
                f"除外 {one.id} の例がありません。excluded: {one.id} の例を足してください",
            )


def _tables(programme: Programme, on: date) -> Iterator[_Seen]:
    """Gaps and falls in tables, and dates at which nothing is paid any more."""
    for name, value in programme.values.items():
        for begin, numbers in value.values.items():
            if not isinstance(numbers, tuple) or value.step is None:
                continue  # no table
            falls = [place for place in range(1, len(numbers)) if numbers[place] <= numbers[place - 1]]
            leaps = [place for place in range(1, len(numbers)) if numbers[place] - numbers[place - 1] >= 2 * value.step]
            if leaps:
                said = f"values.{name} of {begin} rises by twice its step or more at entry {leaps[0] + 1}; is a figure missing?"
                ja = f"values.{name}（{begin}）の{leaps[0] + 1}番目が step の2倍以上上がります。間の数がぬけていないか確かめてください"
                yield ["values", name], "warning", said, ja
            if falls:
                said = (
                    f"values.{name} of {begin} does not rise at entry {falls[0] + 1}; is a figure missing or doubled?"
                )
                yield (
                    ["values", name],
                    "warning",
                    said,
                    f"values.{name}（{begin}）の{falls[0] + 1}番目が前より大きくありません",
                )
        if programme.valid_to is not None:
            for begin in (one for one in value.values if one > programme.valid_to):
                said = f"values.{name} of {begin} begins after the programme has ended"
                yield ["values", name], "warning", said, f"values.{name}（{begin}）は制度が終わったあとに始まります"


def _used(programme: Programme, on: date) -> Iterator[_Seen]:
    for name in sorted(name for name in programme.values if not _is_used(programme, name)):
        said = f"values.{name} is used by no rule and no amount; take it out"
        yield ["values", name], "warning", said, f"values.{name} はどこでも使われていません。消してください"
    read = programme.compiled(max(on, programme.valid_from)).reads
    columns = ((table, column) for table, purpose in programme.reads.items() for column in purpose.columns)
    for table, column in sorted(one for one in columns if one not in read):
        said = f"`reads` allows {table}.{column}, which no rule reads; take it out"
        yield ["reads", table], "warning", said, f"reads の {table}.{column} はどの規則も読んでいません。消してください"


def _reviewed(programme: Programme, on: date) -> Iterator[_Seen]:
    for name in programme.past_review(on):
        where = ["next_review"] if name == programme.slug else ["values", name, "next_review"]
        said = f"{name} is past its review date; check it against the law"
        yield where, "warning", said, f"{name} の見直し期日を過ぎています。法令と照らしてください"


def _is_used(programme: Programme, name: str) -> bool:
    """Whether a rule names the value, or an amount is paid by it."""
    rules = [one.expr for one in programme.criteria.criteria()] + [one.expr for one in programme.exclusions]
    texts = [*rules, *(one.when for one in programme.amounts)]
    called = (f"value('{name}'", f"value('{programme.slug}.{name}'")
    return any(one.value == name for one in programme.amounts) or any(
        call in text for text in texts if text for call in called
    )


def examples_that_fail(programme: Programme) -> list[str]:
    """Each example that does not hold, and in what."""
    return [failure for _, failure in _failing(programme)]


def _failing(programme: Programme) -> Iterator[tuple[int, str]]:
    for place, example in enumerate(programme.examples):
        try:
            difference = unmet(programme, example)
        except InputError as error:
            difference = str(error)
        if difference:
            yield place, f"example «{example.name}»: {difference}"
