from datetime import date
from typing import Any

import pytest

from eligibility.judge import Case, amounts_of, criteria_of, dates_of, facts_of, measured, threshold, to_verify, verdict
from eligibility.language.nodes import Constant
from eligibility.language.parse import parse
from eligibility.programme import Programme, parse_programme
from tests.support.programmes import TEXT, plain

ON = date(2026, 11, 20)


def _programme(**changes: Any) -> Programme:
    return parse_programme(plain(**changes))


def _case(*, young: bool | None = True, asked: bool | None = None, excluded: bool | None = None, **more: Any) -> Case:
    told: dict[str, Any] = {"values": {}, "amounts": [True], "excluded_by": {"received": excluded}}
    return Case(results={"young": young, "asked": asked}, **(told | more))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        pytest.param(_case(asked=True), ("eligible", ""), id="everything holds"),
        pytest.param(_case(), ("possible", ""), id="something is asked"),
        pytest.param(_case(young=False), ("ineligible", ""), id="one does not hold"),
        pytest.param(_case(asked=True, excluded=True), ("ineligible", "received"), id="excluded"),
        pytest.param(_case(asked=True, excluded=False), ("eligible", ""), id="not excluded"),
    ],
)
def test_the_verdict(case: Case, said: tuple[str, str]) -> None:
    assert verdict(_programme(), case) == said


@pytest.mark.parametrize(
    ("text", "shown", "compared"),
    [
        pytest.param("age_on(subject.birth_date, as_of) >= 65", "years", 65, id="with a constant"),
        pytest.param("65 <= age_on(subject.birth_date, as_of)", "years", 65, id="constant first"),
        pytest.param("reaches_age_on(subject.birth_date, 65) <= as_of", "date", ON, id="with the night"),
        pytest.param("subject.birth_date < event.occurred_on", "date", date(2026, 11, 18), id="with the event"),
        pytest.param("subject.rel1 in ('CHILD', 'HEAD')", "code", ["CHILD", "HEAD"], id="with a list"),
        pytest.param("subject.birth_date < subject.effective_date", "date", None, id="with another column"),
        pytest.param("any_of(household as m, m.rel1 = 'CHILD')", None, None, id="nothing to show"),
    ],
)
def test_what_is_shown_of_a_criterion(text: str, shown: str | None, compared: object) -> None:
    tree, _ = parse(text, dated=lambda name: Constant(value=1, kind="number"))
    value = measured(tree)
    assert (value.kind if value else None) == shown
    assert threshold(tree, as_of=ON, occurred_on=date(2026, 11, 18)) == compared


def test_a_criterion_is_printed_in_plain_values() -> None:
    case = _case(values={"young": date(2026, 1, 1)}, thresholds={"young": ON})
    young, asked = criteria_of(_programme(), _programme().compiled(ON).criteria, case)
    assert (young["result"], young["value"], young["threshold"], young["unit"]) == (
        "met",
        "2026-01-01",
        "2026-11-20",
        "years",
    )
    assert (asked["result"], asked["when_unknown"], asked["value"], asked["cites"]) == ("unknown", "ask", None, "法6条")


AMOUNTS = [{"value": "grant", "when": "true", "label": {"ja": name, "en": name}} for name in ("a", "b", "c")]


@pytest.mark.parametrize(
    ("counts", "labels"),
    [
        pytest.param([True, False, False], ["a"], id="one counts"),
        pytest.param([True, None, False], ["a"], id="what counts for certain"),
        pytest.param([None, None, False], ["a", "b"], id="those that may"),
        pytest.param([False, False, False], ["a", "b", "c"], id="nothing says which: the whole table"),
    ],
)
def test_each_amount_has_its_own_label(counts: list[bool | None], labels: list[str]) -> None:
    found = amounts_of(_programme(amounts=AMOUNTS), _case(amounts=counts), ON)
    assert [one["label_ja"] for one in found] == labels
    assert {(one["type"], one["value"], one["unit"]) for one in found} == {("yen", 30000, "JPY")}


FIFTEEN = {"days": 15, "last_loss_free": "later_of_deadline_and_month_end", "cites": "法"}


@pytest.mark.parametrize(
    ("occurred", "due", "late"),
    [
        pytest.param(date(2026, 11, 12), date(2026, 11, 27), False, id="in time"),
        pytest.param(date(2026, 11, 2), date(2026, 11, 30), False, id="the month's end is still ahead"),
        pytest.param(date(2026, 10, 20), date(2026, 11, 4), True, id="both are past"),
        pytest.param(None, None, False, id="no date of the event"),
    ],
)
def test_dates(occurred: date | None, due: date | None, late: bool) -> None:
    dates = dates_of(_programme(deadline=FIFTEEN), occurred, ON)
    assert (dates.due, dates.late) == (due, late)


def test_a_late_notice_names_no_deadline() -> None:
    facts = facts_of(_programme(deadline=FIFTEEN), _case(), occurred=date(2026, 10, 20), on=ON)
    assert (facts["deadline"], facts["late"]) == (None, True)


def test_an_event_may_have_its_own_words_on_what_to_do() -> None:
    own = {"ja": "待つ", "en": "wait"}
    programme = _programme(
        triggers={"E01": {"kind": "information", "how_to_apply": own}, "E05": {"kind": "entitlement"}}
    )
    told = {
        event: facts_of(programme, _case(), occurred=ON, on=ON, event=event)["how_to_apply"]
        for event in (None, "E01", "E05")
    }
    assert told == {None: TEXT, "E01": own, "E05": TEXT}


@pytest.mark.parametrize(
    ("case", "ask", "verify"),
    [
        pytest.param(_case(), ["asked"], [], id="asked"),
        pytest.param(_case(young=None, asked=True), [], ["young"], id="to be found out"),
        pytest.param(_case(young=False), [], [], id="nothing hangs on it any more"),
    ],
)
def test_who_is_asked_what(case: Case, ask: list[str], verify: list[str]) -> None:
    programme = _programme()
    assert [one["id"] for one in facts_of(programme, case, occurred=ON, on=ON)["ask"]] == ask
    assert to_verify(programme, case) == verify
