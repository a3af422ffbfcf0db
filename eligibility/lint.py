"""What is wrong with programme files before anybody signs them: broken rules, examples that do not hold, stale values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from eligibility.assess import unmet
from eligibility.programme import Programme, read_programme
from eligibility.purposes import refusals
from engine.core.errors import InputError, RuleError

_FEWEST_EXAMPLES = 4


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to put right. `error` blocks publishing; `warning` does not."""

    file: str
    severity: Literal["error", "warning"]
    text: str

    @property
    def blocks(self) -> bool:
        """Whether it must be put right before publishing."""
        return self.severity == "error"


def check(paths: Sequence[Path], on: date) -> list[Finding]:
    """Every finding of these files, as of a date."""
    return [finding for path in paths for finding in _check(path, on)]


def _check(path: Path, on: date) -> list[Finding]:
    try:
        programme = read_programme(path)
    except RuleError as error:
        return [Finding(file=path.name, severity="error", text=str(error))]
    wrong = [*refusals(programme), *examples_that_fail(programme)]
    found = [Finding(file=path.name, severity="error", text=text) for text in wrong]
    if len(programme.examples) < _FEWEST_EXAMPLES:
        found.append(
            Finding(
                file=path.name,
                severity="error",
                text=f"{len(programme.examples)} examples; at least {_FEWEST_EXAMPLES} are needed",
            )
        )
    if path.stem != programme.slug:
        found.append(
            Finding(file=path.name, severity="error", text=f"the file is not named after its slug, {programme.slug}")
        )
    unread = sorted(
        f"{table}.{column}"
        for table, purpose in programme.reads.items()
        for column in purpose.columns
        if (table, column) not in programme.compiled(max(on, programme.valid_from)).reads
    )
    unused = sorted(name for name in programme.values if not _is_used(programme, name))
    warnings = [f"values.{name} is used by no rule and no amount; take it out" for name in unused]
    warnings += [f"{name} is past its review date; check it against the law" for name in programme.past_review(on)]
    warnings += [f"`reads` allows {name}, which no rule reads; take it out" for name in unread]
    return found + [Finding(file=path.name, severity="warning", text=text) for text in warnings]


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
    failures = []
    for example in programme.examples:
        try:
            difference = unmet(programme, example)
        except InputError as error:
            difference = str(error)
        if difference:
            failures.append(f"example «{example.name}»: {difference}")
    return failures
