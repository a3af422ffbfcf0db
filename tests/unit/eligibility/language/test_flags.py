"""Two bits say what three values say, of one row and of any of several."""

import duckdb
import pytest

from eligibility.language.flags import Words, answer, in_three_values, maybe, surely
from eligibility.language.nodes import Comparison, Constant, Flag, Logic, Node

THREE = (True, False, None)


def _constant(value: bool | None) -> Constant:
    return Constant(value=value, kind="boolean")


def _said(sql: str, word: int = 0) -> bool | None:
    with duckdb.connect() as connection:
        found: bool | None = connection.sql(f"SELECT {sql} FROM (SELECT CAST({word} AS BIGINT) AS b0) AS c").fetchall()[
            0
        ][0]
    return found


def _any_of(values: tuple[bool | None, ...]) -> bool | None:
    return True if True in values else None if None in values else False


@pytest.mark.parametrize("first", THREE)
@pytest.mark.parametrize("second", THREE)
def test_the_words_of_several_rows_together_say_what_any_of_them_says(first: bool | None, second: bool | None) -> None:
    words = Words(letter="b")
    for place in range(33):
        words.place(f"question {place}")
    name, place = words.place("question 2")
    flag = Flag(alias="subject.people", table="people", name=name, place=place, kind="boolean")
    texts = {True: "TRUE", False: "FALSE", None: "NULL"}
    held = [next(words.values([("question 2", answer(texts[one]))])) for one in (first, second)]
    with duckdb.connect() as connection:
        ((word,),) = connection.sql(f"SELECT BIT_OR(w) FROM (VALUES ({held[0]}), ({held[1]})) AS t (w)").fetchall()
    expected = _any_of((first, second))
    assert _said(in_three_values(flag, "now"), word) is expected
    assert (_said(surely(flag, "now"), word), _said(maybe(flag, "now"), word)) == (
        expected is True,
        expected is not False,
    )


@pytest.mark.parametrize("left", THREE)
@pytest.mark.parametrize("right", THREE)
def test_bounds_join_as_three_values_do(left: bool | None, right: bool | None) -> None:
    parts: tuple[Node, ...] = (_constant(left), _constant(right))
    either = Logic(operator="or", parts=parts)
    opposites = tuple(None if one is None else not one for one in (left, right))
    both = Logic(operator="and", parts=parts)
    assert _said(in_three_values(either, "now")) is _any_of((left, right))
    neither = _any_of((left, right))
    assert _said(in_three_values(Logic(operator="not", parts=(either,)), "now")) is (
        None if neither is None else not neither
    )
    some_false = _any_of(opposites)
    assert _said(in_three_values(both, "now")) is (None if some_false is None else not some_false)


def test_a_word_holds_thirty_one_questions_and_equal_ones_once() -> None:
    words = Words(letter="r")
    places = [words.place(f"question {number}") for number in range(40)]
    assert (places[30], places[31], words.place("question 31")) == (("r0", 30), ("r1", 0), ("r1", 0))
    assert list(words.names()) == ["r0", "r1"]
    assert words.all_unknown("r1") == sum(2 << 2 * place for place in range(9))


def test_flags_of_one_word_are_asked_together() -> None:
    flags: tuple[Node, ...] = tuple(
        Flag(alias="subject.people", table="people", name="b0", place=place, kind="boolean") for place in (0, 2)
    )
    assert surely(Logic(operator="and", parts=flags), "now") == '(((c."b0" & 17) = 17))'
    assert maybe(Logic(operator="or", parts=flags), "now") == '(((c."b0" & 34) <> 0))'


#: the word of a flag at place 0, and the two sides of a comparison, that say true, false or unknown
WORDS = {True: 3, False: 0, None: 2}
SIDES = {True: 1, False: 2, None: None}


@pytest.mark.parametrize("first", THREE)
@pytest.mark.parametrize("second", THREE)
@pytest.mark.parametrize("opposite", [pytest.param(False, id="the flag"), pytest.param(True, id="its opposite")])
def test_what_flags_leave_open_is_worked_out(first: bool | None, second: bool | None, opposite: bool) -> None:
    flag: Node = Flag(alias="subject.people", table="people", name="b0", place=0, kind="boolean")
    said = None if first is None else first is not opposite
    flag = Logic(operator="not", parts=(flag,)) if opposite else flag
    more = Comparison(
        operator="=", left=Constant(value=SIDES[second], kind="number"), right=Constant(value=1, kind="number")
    )
    word, none_of = WORDS[first], _any_of(tuple(None if one is None else not one for one in (said, second)))
    for parts in ((flag, more), (more, flag)):
        assert _said(in_three_values(Logic(operator="or", parts=parts), "now"), word) is _any_of((said, second))
        every = in_three_values(Logic(operator="and", parts=parts), "now")
        assert _said(every, word) is (None if none_of is None else not none_of)
