"""The smallest pieces: what is a constant, what a dotted name, and how a piece stands in a message."""

import pytest
import sqlglot
from sqlglot import exp

from eligibility.language.nodes import Value
from eligibility.language.pieces import constant, path_of, text_of
from engine.core.errors import RuleError


def _read(text: str) -> exp.Expression:
    found = sqlglot.parse_one(text, dialect="duckdb")
    assert isinstance(found, exp.Expression)
    return found


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        pytest.param("65", 65, "number", id="a number"),
        pytest.param("-3", -3, "number", id="less than nothing"),
        pytest.param("'CHILD.CHILD'", "CHILD.CHILD", "text", id="a code"),
        pytest.param("true", True, "boolean", id="yes"),
    ],
)
def test_a_constant_has_a_value_and_a_kind(text: str, value: Value, kind: str) -> None:
    found = constant(_read(text))
    assert (found.value, found.kind) == (value, kind)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("1.5", "numbers are whole", id="half a yen"),
        pytest.param("'世帯主'", "letters a to z", id="a text that is no code"),
        pytest.param("subject.sex", "is not a constant", id="a column"),
    ],
)
def test_what_is_no_constant_is_refused(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        constant(_read(text))


def test_a_path_is_of_plain_names() -> None:
    assert path_of(_read("subject.nhi.lost_on")) == ["subject", "nhi", "lost_on"]
    with pytest.raises(RuleError, match="single quotes"):
        path_of(_read('subject."Rel"'))


def test_a_piece_is_shown_as_it_was_written_and_shortened() -> None:
    assert text_of(_read("reaches_age_on(a, 3)")) == "reaches_age_on(a, 3)"
    assert text_of(_read("x = '" + "y" * 80 + "'")).endswith("…")
