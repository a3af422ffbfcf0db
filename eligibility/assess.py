"""One person against one programme, without a database: for the counter, for examples, and as the oracle of the night's SQL."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from eligibility.judge import Case, amounts_of, criteria_of, dates_of, measured, verdict
from eligibility.language.evaluate import Facts, evaluate
from eligibility.language.nodes import Node, Value
from eligibility.programme import Example, Programme
from engine.core.errors import InputError
from engine.records.contract import load_contracts


def facts_from(values: Mapping[str, Any], on: date) -> Facts:
    """Facts in the shape of `assess --facts`. Raises InputError that names a table or column no contract knows."""
    event = values.get("event", {})
    records = {table: [_typed(table, row) for row in rows] for table, rows in values.get("records", {}).items()}
    subject = _typed("residents", values.get("subject", {}))
    return Facts(
        subject=subject,
        household=[_typed("residents", row) for row in values.get("household", ())] or [subject],
        records=records,
        as_of=on,
        occurred_on=_date(event.get("occurred_on"), "event.occurred_on") or on,
        detail=str(event.get("detail", "")),
    )


def _typed(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    if table not in load_contracts():
        raise InputError(f"facts: there is no table {table!r}; `todoke records contract` lists them")
    columns = load_contracts()[table].physical_columns()
    unknown = sorted(set(row) - set(columns) - {"municipality_code"})
    if unknown:
        raise InputError(f"facts: the table {table} has no column {unknown[0]!r}")
    return {
        name: _date(value, f"{table}.{name}") if columns.get(name) == "DATE" else value for name, value in row.items()
    }


def _date(value: Any, place: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InputError(f"facts: {place} is not a date (YYYY-MM-DD)") from None


def judge(programme: Programme, facts: Facts, before: Facts | None = None) -> tuple[Case, Mapping[str, Node | None]]:
    """Evaluates every expression of a programme; exclusions on the facts before the event where those are given."""
    trees = programme.compiled(facts.as_of)
    results: dict[str, bool | None] = {}
    values: dict[str, Value] = {}
    for name, tree in trees.criteria.items():
        results[name] = _boolean(evaluate(tree, facts)) if tree is not None else None
        shown = measured(tree)
        values[name] = evaluate(shown, facts) if shown is not None else None
    excluded = {name: _boolean(evaluate(tree, before or facts)) for name, tree in trees.exclusions.items()}
    amounts = [_boolean(evaluate(tree, facts)) if tree is not None else True for tree in trees.amounts]
    return Case(results=results, values=values, excluded_by=excluded, amounts=amounts), trees.criteria


def _boolean(value: Value) -> bool | None:
    assert value is None or isinstance(value, bool)
    return value


def assess(programme: Programme, values: Mapping[str, Any], on: date, *, version: str = "") -> dict[str, Any]:
    """The contract's object for `todoke assess`."""
    facts = facts_from(values, on)
    case, trees = judge(programme, facts)
    said, excluded = verdict(programme, case)
    amounts: Sequence[dict[str, Any]] = amounts_of(programme, case, on)
    dates = dates_of(programme, facts.occurred_on, on)
    return {
        "programme": programme.slug,
        "version": version,
        "on": on.isoformat(),
        "verdict": said,
        "excluded": excluded,
        "criteria": criteria_of(programme, trees, case),
        "amount": {"value": amounts[0]["value"], "unit": amounts[0]["unit"]} if len(amounts) == 1 else None,
        "amounts": list(amounts),
        "deadline": dates.due.isoformat() if dates.due else None,
        "late": dates.late,
        "documents": [one.ja for one in programme.documents],
    }


def example_facts(example: Example) -> dict[str, Any]:
    """An example as `assess --facts` takes it."""
    return {
        "subject": example.subject,
        "household": list(example.household),
        "records": {table: list(rows) for table, rows in example.records.items()},
        "event": example.event,
    }
