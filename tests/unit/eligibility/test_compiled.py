from datetime import date

import pytest

from eligibility.compiled import of_day, spans_of, text_of
from eligibility.programme import parse_programme
from engine.core.errors import RuleError
from tests.support.programmes import PLAIN, plain

SPANS = parse_programme(PLAIN).spans()
TEXT = text_of(SPANS, "v1")


def test_a_span_begins_wherever_a_dated_value_changes() -> None:
    assert [one.begin for one in SPANS] == [date(2026, 4, 1), date(2027, 4, 1)]
    assert [one.begin for one in parse_programme(plain(valid_to="2027-03-31")).spans()] == [date(2026, 4, 1)]


def test_spans_are_read_back_as_they_were_written() -> None:
    assert spans_of(TEXT, "v1") == SPANS
    assert [*SPANS[0].trees] == [tree for tree in SPANS[0].criteria.values() if tree is not None]


@pytest.mark.parametrize(
    ("on", "begin"),
    [
        pytest.param(date(2020, 1, 1), date(2026, 4, 1), id="before its first day"),
        pytest.param(date(2027, 3, 31), date(2026, 4, 1), id="the last day of a span"),
        pytest.param(date(2027, 4, 1), date(2027, 4, 1), id="the first day of the next"),
    ],
)
def test_the_span_of_a_day_is_what_the_programme_comes_to_then(on: date, begin: date) -> None:
    assert of_day(SPANS, on).begin == begin
    assert of_day(SPANS, on) == parse_programme(PLAIN).compiled(on)


@pytest.mark.parametrize(
    ("on", "there"),
    [(date(2026, 3, 31), False), (date(2026, 4, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_a_programme_is_in_force_from_its_first_day_to_its_last(on: date, *, there: bool) -> None:
    programme = parse_programme(plain(valid_to="2026-12-31"))
    assert programme.compiled(on).in_force(on) is programme.in_force(on) is there


@pytest.mark.parametrize(
    ("text", "version"),
    [
        pytest.param(TEXT, "v2", id="of another version"),
        pytest.param(TEXT.replace("18", "19"), "v1", id="another age"),
        pytest.param("0" * 64 + TEXT[64:], "v1", id="said to be of another form"),
        pytest.param(TEXT[:-1], "v1", id="cut off"),
        pytest.param("", "v1", id="empty"),
    ],
)
def test_what_is_not_as_it_was_written_is_refused(text: str, version: str) -> None:
    with pytest.raises(RuleError, match="was changed"):
        spans_of(text, version)


def test_what_another_form_of_the_language_made_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eligibility.compiled.form", lambda: "another")
    earlier = text_of(SPANS, "v1")
    monkeypatch.undo()
    assert spans_of(earlier, "v1") is None
