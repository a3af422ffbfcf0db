"""From what each criterion gave to a verdict, and from a programme and an event to dates, amounts and the facts of a notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from eligibility.language.nodes import Call, Comparison, Constant, Node
from eligibility.language.statutory import FUNCTIONS
from eligibility.programme import Criterion, Programme

_RESULTS = {True: "met", False: "not_met", None: "unknown"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One person and one programme, evaluated: criterion id → met, value; exclusion id → applies; amounts that count."""

    results: Mapping[str, bool | None]
    values: Mapping[str, Any]
    excluded_by: Mapping[str, bool | None]
    amounts: Sequence[bool | None] = field(default_factory=tuple)


def verdict(programme: Programme, case: Case) -> tuple[str, str]:
    """eligible, possible or ineligible; and the exclusion that applies, or ''."""
    excluded = next((name for name, applies in case.excluded_by.items() if applies), "")
    met = programme.criteria.verdict(case.results)
    if excluded or met is False:
        return "ineligible", excluded
    return ("eligible" if met else "possible"), ""


def criteria_of(programme: Programme, trees: Mapping[str, Node | None], case: Case) -> list[dict[str, Any]]:
    """Each criterion as `assess` prints it."""
    return [_criterion(one, trees[one.id], case) for one in programme.criteria.criteria()]


def _criterion(one: Criterion, tree: Node | None, case: Case) -> dict[str, Any]:
    threshold, unit = _threshold(tree)
    value = case.values.get(one.id)
    return {
        "id": one.id,
        "result": _RESULTS[case.results[one.id]],
        "when_unknown": one.when_unknown,
        "value": value.isoformat() if isinstance(value, date) else value,
        "threshold": threshold.isoformat() if isinstance(threshold, date) else threshold,
        "unit": unit,
        "cites": one.cites,
    }


def _threshold(tree: Node | None) -> tuple[Any, str | None]:
    """The constant a criterion compares with, and the unit of what it compares."""
    if not isinstance(tree, Comparison):
        return None, None
    unit = FUNCTIONS[tree.left.function].unit if isinstance(tree.left, Call) else tree.left.kind
    return (tree.right.value if isinstance(tree.right, Constant) else None), unit


def measured(tree: Node | None) -> Node | None:
    """The part of a criterion whose value is worth showing: the left side of its comparison."""
    return tree.left if isinstance(tree, Comparison) else None


def amounts_of(programme: Programme, case: Case, on: date) -> list[dict[str, Any]]:
    """The amounts that count, each with its own label; those that may count, where it is unknown which."""
    sure = [one for one, counts in zip(programme.amounts, case.amounts, strict=True) if counts]
    maybe = [one for one, counts in zip(programme.amounts, case.amounts, strict=True) if counts is None]
    return [
        {
            "type": "yen_per_month" if programme.values[one.value].unit == "JPY/month" else "yen",
            "value": programme.values[one.value].on(on, f"{programme.slug}.{one.value}"),
            "unit": programme.values[one.value].unit,
            "label_ja": one.label.ja,
            "label_en": one.label.en,
        }
        for one in (sure or maybe)
    ]


@dataclass(frozen=True, kw_only=True)
class Dates:
    """When to act: the deadline, the last day without loss, and whether that is past."""

    due: date | None
    loss_free: date | None
    late: bool


def dates_of(programme: Programme, occurred: date | None, on: date) -> Dates:
    """The dates of a programme for an event, seen on a night."""
    if programme.deadline is None or occurred is None:
        return Dates(due=None, loss_free=None, late=False)
    due = programme.deadline.due(occurred, on)
    loss_free = programme.deadline.loss_free(occurred, due)
    return Dates(due=max(due, loss_free) if due < on <= loss_free else due, loss_free=loss_free, late=on > loss_free)


def facts_of(programme: Programme, case: Case, *, occurred: date | None, on: date) -> dict[str, Any]:
    """The public facts of a notice: what the wording may say, typed, nothing about the person."""
    dates = dates_of(programme, occurred, on)
    unknown = [name for name, result in case.results.items() if result is None]
    return {
        "name": programme.name.model_dump(),
        "gives": programme.gives.model_dump(),
        "how_to_apply": programme.how_to_apply.model_dump(),
        "documents": [one.model_dump() for one in programme.documents],
        "office": programme.office,
        "deadline": {"type": "date", "value": dates.due.isoformat()} if dates.due and not dates.late else None,
        "occurred_on": {"type": "date", "value": occurred.isoformat()} if occurred else None,
        "amount": amounts_of(programme, case, on),
        "ask": [{"id": name, **programme.asked[name].model_dump()} for name in unknown if name in programme.asked],
        "late": dates.late,
    }


def to_verify(programme: Programme, case: Case) -> list[str]:
    """Criteria whose unknown value staff must find out."""
    return [
        one.id for one in programme.criteria.criteria() if case.results[one.id] is None and one.when_unknown == "verify"
    ]
