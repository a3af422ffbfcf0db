"""Programme files with one thing changed: an operator, a number, a code, a date, a condition. An example must notice each."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from eligibility.assess import unmet
from eligibility.places import by_id
from eligibility.programme import Programme, parse_programme
from engine.core.dates import month_end
from engine.core.errors import InputError, RuleError

#: the share of changes that the examples of a programme must notice
LEAST_NOTICED = 0.95
_OPERATORS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "="}
_WORDS = {
    "and": "or",
    "or": "and",
    "any_of": "all_of",
    "all_of": "any_of",
    "none_of": "any_of",
    "true": "false",
    "subject.raised": "subject.children",
    "subject.children": "subject.raised",
    "subject.wards": "subject.children",
    "subject.spouse": "subject.wards",
    "subject.obligors": "subject.spouse",
}
_TOKEN = re.compile(r"'(?P<code>[^']*)'|(?P<operator><=|>=|<>|<|>|=)|(?P<word>[a-z_][a-z0-9_.]*)|(?P<number>\d+)")
_LISTED = re.compile(r"in \(([^()]*)\)")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """What was changed, where, and the file's content with the change in it."""

    place: str
    change: str
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many mutants of a programme its examples noticed, and those they did not."""

    slug: str
    killed: int
    survivors: tuple[Mutant, ...]

    @property
    def share(self) -> float:
        """Killed of all, 0 to 1; 1 when there was nothing to change."""
        total = self.killed + len(self.survivors)
        return self.killed / total if total else 1.0


def judge_examples(programme: Programme) -> Outcome:
    """Every mutant of a programme against its examples; a mutant the language refuses counts as noticed."""
    survivors: list[Mutant] = []
    killed = 0
    for mutant in mutants(programme.model_dump(mode="json", exclude_none=True)):
        if noticed(mutant):
            killed += 1
        else:
            survivors.append(mutant)
    return Outcome(slug=programme.slug, killed=killed, survivors=tuple(survivors))


def noticed(mutant: Mutant) -> bool:
    """Whether the file is refused with the change in it, or one of its examples no longer holds."""
    try:
        changed = parse_programme(mutant.content)
        return any(unmet(changed, example) for example in changed.examples)
    except (RuleError, InputError):
        return True


def mutants(content: Mapping[str, Any]) -> Iterator[Mutant]:
    """Each change of one thing. `content` is a programme as its YAML or JSON holds it."""
    for path, text in _expressions(content):
        for change, changed in _rewritten(text):
            yield _mutant(content, path, changed, change)
    for path, number in _numbers(content):
        for by in (-1, 1):
            yield _mutant(content, path, number + by, f"{number} → {number + by}")
    for path, day in _dates(content):
        for by in (-1, 1):
            other = (date.fromisoformat(str(day)) + timedelta(days=by)).isoformat()
            yield _mutant(content, path, other, f"{day} → {other}")
    yield from _value_dates(content)
    yield from _deadline(content)
    yield from _groups(content)
    for place, exclusion in enumerate(content.get("exclusions", ())):
        rest = [*content["exclusions"][:place], *content["exclusions"][place + 1 :]]
        yield _mutant(content, ("exclusions",), rest, f"without {exclusion['id']}")


Path = tuple[str | int, ...]


def _mutant(content: Mapping[str, Any], path: Path, value: Any, change: str) -> Mutant:
    changed = copy.deepcopy(dict(content))
    spot: Any = changed
    for part in path[:-1]:
        spot = spot[part]
    spot[path[-1]] = value
    return Mutant(place=".".join(str(part) for part in by_id(content, path)), change=change, content=changed)


def _expressions(content: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for path, criterion in _criteria(content["criteria"], ("criteria",)):
        if criterion.get("expr"):
            yield (*path, "expr"), criterion["expr"]
    for place, exclusion in enumerate(content.get("exclusions", ())):
        yield ("exclusions", place, "expr"), exclusion["expr"]
    for place, amount in enumerate(content.get("amounts", ())):
        if amount.get("when"):
            yield ("amounts", place, "when"), amount["when"]


def _criteria(group: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name in ("all", "any", "none"):
        for place, part in enumerate(group.get(name) or ()):
            if "id" in part:
                yield (*path, name, place), part
            else:
                yield from _criteria(part, (*path, name, place))


def _rewritten(text: str) -> Iterator[tuple[str, str]]:
    """The expression with one operator, number, word or code changed."""
    for token in _TOKEN.finditer(text):
        found, begin, end = token.group(), token.start(), token.end()
        others: list[str] = []
        if token["operator"]:
            others = [_OPERATORS[found]]
        elif token["number"]:
            others = [str(int(found) + 1)] + ([str(int(found) - 1)] if int(found) else [])
        elif token["word"] in _WORDS:
            others = [_WORDS[found]]
        for other in others:
            yield f"{found} → {other}", text[:begin] + other + text[end:]
    for listed in _LISTED.finditer(text):
        codes = [code.strip() for code in listed[1].split(",")]
        for code in codes if len(codes) > 1 else ():
            rest = ", ".join(one for one in codes if one != code)
            yield f"without {code}", text[: listed.start(1)] + rest + text[listed.end(1) :]


def _numbers(content: Mapping[str, Any]) -> Iterator[tuple[Path, int]]:
    for name, value in content.get("values", {}).items():
        for begin, number in value["values"].items():
            if isinstance(number, int):
                yield ("values", name, "values", begin), number
            else:
                for place, one in enumerate(number):
                    yield ("values", name, "values", begin, place), one
        if value.get("step") is not None:
            yield ("values", name, "step"), value["step"]
    for name in ("days", "months"):
        if (content.get("deadline") or {}).get(name) is not None:
            yield ("deadline", name), content["deadline"][name]


def _dates(content: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for name in ("valid_from", "valid_to"):
        if content.get(name):
            yield (name,), content[name]


def _value_dates(content: Mapping[str, Any]) -> Iterator[Mutant]:
    """A dated value that begins a day sooner or later; the first one must reach back to the programme's first day."""
    for name, value in content.get("values", {}).items():
        for begin in sorted(value["values"])[1:]:
            for by in (-1, 1):
                other = (date.fromisoformat(str(begin)) + timedelta(days=by)).isoformat()
                moved = {(other if day == begin else day): number for day, number in value["values"].items()}
                yield _mutant(content, ("values", name, "values"), moved, f"{begin} → {other}")


def _deadline(content: Mapping[str, Any]) -> Iterator[Mutant]:
    deadline = content.get("deadline") or {}
    for name in ("month_day", "base"):
        if deadline.get(name):
            for by in (-1, 1):
                month, day = (int(part) for part in deadline[name].split("-"))
                other = (date(2025, month, day) + timedelta(days=by)).strftime("%m-%d")
                yield _mutant(content, ("deadline", name), other, f"{deadline[name]} → {other}")
    for name, one, other in (
        ("shift", "none", "next_business_day"),
        ("last_loss_free", "deadline", "later_of_deadline_and_month_end"),
    ):
        if deadline and not (name == "last_loss_free" and _always_later(deadline)):
            was = deadline.get(name, one)
            changed = other if was == one else one
            yield _mutant(content, ("deadline", name), changed, f"{was} → {changed}")


def _always_later(deadline: Mapping[str, Any]) -> bool:
    """Whether a deadline never lies before the end of the event's month, so that the later of the two is always itself."""
    if deadline.get("month_day"):
        month, day = (int(part) for part in deadline["month_day"].split("-"))
        return month_end(date(2025, month, 1)) <= date(2025, month, day)
    return (deadline.get("days") or 0) > 30 or (deadline.get("months") or 0) > 0


def _groups(content: Mapping[str, Any]) -> Iterator[Mutant]:
    """A group that asks for another number of its conditions, or has one condition less."""

    def walk(group: Mapping[str, Any], path: Path) -> Iterator[Mutant]:
        name = next(name for name in ("all", "any", "none") if group.get(name))
        parts = group[name]
        if len(parts) > 1:
            other = "any" if name == "all" else "all"
            yield _mutant(content, path, {other: parts}, f"{name} → {other}")
            for place, part in enumerate(parts):
                rest = [*parts[:place], *parts[place + 1 :]]
                yield _mutant(content, (*path, name), rest, f"without {part.get('id', 'a group')}")
        for place, part in enumerate(parts):
            if "id" not in part:
                yield from walk(part, (*path, name, place))

    yield from walk(content["criteria"], ("criteria",))
