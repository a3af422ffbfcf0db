"""One person against one programme, without a database: for the counter, for examples, and as the oracle of the night's SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from eligibility.facts import facts_from, occurred_on
from eligibility.judge import Case, amounts_of, criteria_of, dates_of, measured, threshold, verdict
from eligibility.language.evaluate import Facts, evaluate
from eligibility.language.nodes import Node, Value
from eligibility.parts import Example
from eligibility.programme import Programme

__all__ = ["assess", "example_facts", "facts_from", "judge", "unmet"]


def judge(programme: Programme, facts: Facts, before: Facts | None = None) -> tuple[Case, Mapping[str, Node | None]]:
    """Evaluates every expression of a programme; exclusions on the facts before the event where those are given."""
    trees = programme.compiled(facts.as_of)
    results: dict[str, bool | None] = {}
    values: dict[str, Value] = {}
    for name, tree in trees.criteria.items():
        results[name] = _boolean(evaluate(tree, facts)) if tree is not None else None
        shown = measured(tree)
        values[name] = evaluate(shown, facts) if shown is not None else None
    case = Case(
        results=results,
        values=values,
        thresholds={
            name: threshold(tree, as_of=facts.as_of, occurred_on=facts.occurred_on)
            for name, tree in trees.criteria.items()
        },
        excluded_by={name: _boolean(evaluate(tree, before or facts)) for name, tree in trees.exclusions.items()},
        amounts=[_boolean(evaluate(tree, facts)) if tree is not None else True for tree in trees.amounts],
        in_force=programme.in_force(facts.as_of),
    )
    return case, trees.criteria


def _boolean(value: Value) -> bool | None:
    assert value is None or isinstance(value, bool)
    return value


def assess(programme: Programme, values: Mapping[str, Any], on: date, *, version: str = "") -> dict[str, Any]:
    """One application or one person against one programme: the contract's object for `todoke assess`, as plain values.

    `values` is what `assess --facts` reads: subject, household, records (by table, contract column names), event, and the
    documents handed in, by the names the programme gives them. What is left out is unknown, never 0 or no. Without an event's
    date there is no deadline. Raises InputError naming the table and column that is not as its contract says; never the value.
    """
    facts = facts_from(values, on)
    handed_in = set(values.get("documents", ()))
    case, trees = judge(programme, facts)
    said, excluded = verdict(programme, case)
    amounts = amounts_of(programme, case, on)
    dates = dates_of(programme, occurred_on(values), on)
    return {
        "programme": programme.slug,
        "version": version,
        "on": on.isoformat(),
        "verdict": said,
        "excluded": excluded,
        "criteria": criteria_of(programme, trees, case),
        "amount": {"value": amounts[0]["value"], "unit": amounts[0]["unit"]} if len(amounts) == 1 else None,
        "amounts": amounts,
        "deadline": dates.due.isoformat() if dates.due else None,
        "late": dates.late,
        "documents": [one.ja for one in programme.documents],
        "missing_documents": [one.ja for one in programme.documents if not {one.ja, one.en} & handed_in],
    }


def example_facts(example: Example) -> dict[str, Any]:
    """An example as `assess --facts` takes it."""
    facts: dict[str, Any] = {
        "subject": example.subject,
        "records": {table: list(rows) for table, rows in example.records.items()},
        "event": example.event,
    }
    return facts | ({"household": list(example.household)} if example.household else {})


def unmet(programme: Programme, example: Example) -> str:
    """What an example says that the programme does not; '' when it holds. Raises InputError for facts no contract knows."""
    values = example_facts(example)
    case, _ = judge(programme, facts_from(values, example.as_of))
    dates = dates_of(programme, occurred_on(values), example.as_of)
    said, excluded = verdict(programme, case)
    found = {
        "verdict": said,
        "excluded": excluded,
        "amounts": tuple(one["value"] for one in amounts_of(programme, case, example.as_of)),
        "deadline": dates.due,
        "loss_free": dates.loss_free,
        "late": dates.late,
        "undecided": tuple(one.id for one in programme.criteria.undecided(case.results)),
    }
    for name, value in found.items():
        told = getattr(example, name)
        if told is not None and told != value:
            return f"{name}: {_shown(told)} expected, {_shown(value)} found"
    return ""


def _shown(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)
