"""From what each criterion gave to a verdict, and from a programme and an event to dates, amounts and the facts of a notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from eligibility.language.nodes import Among, Comparison, Constant, Moment, Node
from eligibility.parts import Criterion
from eligibility.programme import Programme

_RESULTS = {True: "met", False: "not_met", None: "unknown"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One person and one programme, evaluated: criterion id → met, value, threshold; exclusion id → applies; amounts that count."""

    results: Mapping[str, bool | None]
    values: Mapping[str, Any]
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    excluded_by: Mapping[str, bool | None]
    amounts: Sequence[bool | None] = field(default_factory=tuple)
    in_force: bool = True


def verdict(programme: Programme, case: Case) -> tuple[str, str]:
    """eligible, possible or ineligible; and the exclusion that applies, or ''."""
    excluded = next((name for name, applies in case.excluded_by.items() if applies), "")
    if not case.in_force:
        return "ineligible", "not_in_force"
    met = programme.criteria.verdict(case.results)
    if excluded or met is False:
        return "ineligible", excluded
    return ("eligible" if met else "possible"), ""


def criteria_of(programme: Programme, trees: Mapping[str, Node | None], case: Case) -> list[dict[str, Any]]:
    """Each criterion as `assess` prints it; `find_out` is what staff must find out where it is unknown."""
    return [_criterion(one, trees[one.id], case) for one in programme.criteria.criteria()]


def _criterion(one: Criterion, tree: Node | None, case: Case) -> dict[str, Any]:
    shown = measured(tree)
    return {
        "id": one.id,
        "label": one.label.model_dump(),
        "result": _RESULTS[case.results[one.id]],
        "when_unknown": one.when_unknown,
        "value": _plain(case.values.get(one.id)),
        "threshold": _plain(case.thresholds.get(one.id)),
        "unit": shown.kind if shown is not None else None,
        "cites": one.cites,
        "find_out": one.verify.model_dump() if one.verify and case.results[one.id] is None else None,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def measured(tree: Node | None) -> Node | None:
    """The part of a criterion whose value is worth showing: what is compared with something."""
    return tree.left if isinstance(tree, Comparison | Among) else None


def threshold(tree: Node | None, *, as_of: date, occurred_on: date | None) -> Any:
    """What a criterion compares with: a constant, the night, the day of the event, or a list of constants."""
    if isinstance(tree, Among):
        return [_plain(option.value) for option in tree.options]
    if isinstance(tree, Comparison) and isinstance(tree.right, Constant):
        return tree.right.value
    if isinstance(tree, Comparison) and isinstance(tree.right, Moment):
        return as_of if tree.right.name == "as_of" else occurred_on
    return None


def amounts_of(programme: Programme, case: Case, on: date) -> list[dict[str, Any]]:
    """The amounts that count, each with its own label. Where nothing says which counts: the whole table, each under its condition."""
    sure = [one for one, counts in zip(programme.amounts, case.amounts, strict=True) if counts]
    maybe = [one for one, counts in zip(programme.amounts, case.amounts, strict=True) if counts is None]
    return [
        {
            "type": "yen_per_month" if programme.values[one.value].unit == "JPY/month" else "yen",
            "value": programme.values[one.value].on(max(on, programme.valid_from), f"{programme.slug}.{one.value}"),
            "unit": programme.values[one.value].unit,
            "label_ja": one.label.ja,
            "label_en": one.label.en,
        }
        for one in (sure or maybe or programme.amounts)
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
    due, loss_free = programme.deadline.due(occurred), programme.deadline.loss_free(occurred)
    return Dates(due=max(due, loss_free) if due < on <= loss_free else due, loss_free=loss_free, late=on > loss_free)


def facts_of(
    programme: Programme, case: Case, *, occurred: date | None, on: date, event: str | None = None
) -> dict[str, Any]:
    """The public facts of a notice: what the wording may say, typed, nothing about the person."""
    dates = dates_of(programme, occurred, on)
    trigger = programme.triggers.get(event) if event else None
    how_to_apply = trigger.how_to_apply if trigger and trigger.how_to_apply else programme.how_to_apply
    asked = [one for one in programme.criteria.undecided(case.results) if one.when_unknown == "ask"]
    return {
        "name": programme.name.model_dump(),
        "gives": programme.gives.model_dump(),
        "how_to_apply": how_to_apply.model_dump(),
        "documents": [one.model_dump() for one in programme.documents],
        "office": programme.office,
        "deadline": {"type": "date", "value": dates.due.isoformat()} if dates.due and not dates.late else None,
        "occurred_on": {"type": "date", "value": occurred.isoformat()} if occurred else None,
        "amount": amounts_of(programme, case, on),
        "ask": [{"id": one.id, **one.ask.model_dump()} for one in asked if one.ask],
        "late": dates.late,
    }


def to_verify(programme: Programme, case: Case) -> list[str]:
    """Criteria whose unknown value staff must find out."""
    return [one.id for one in programme.criteria.undecided(case.results) if one.when_unknown == "verify"]
