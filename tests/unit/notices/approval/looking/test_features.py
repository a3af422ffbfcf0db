import pytest

from notices.approval.looking.features import FLAGS, names_of, table_of, words

NUMBERS = tuple(words()["numbers"])


def cases(**counts: int) -> list[dict[str, float]]:
    """A hundred cases, `counts` of which have a kind."""
    return [{name.replace("_", ":", 1): 1.0 for name, count in counts.items() if at < count} for at in range(100)]


@pytest.mark.parametrize(
    ("count", "kept"),
    [
        pytest.param(19, False, id="rare"),
        pytest.param(20, True, id="often enough"),
        pytest.param(80, True, id="not always"),
        pytest.param(81, False, id="nearly always"),
    ],
)
def test_a_kind_is_a_feature_when_there_are_cases_with_and_without_it(count: int, kept: bool) -> None:
    assert (names_of(cases(event_E01=count)) == (*NUMBERS, "event:E01")) is kept


def test_what_a_case_does_not_have_is_nought() -> None:
    table = table_of([{"unknown": 2.0, "event:E01": 1.0, "event:E99": 1.0}, {}], ("unknown", "event:E01"))
    assert table.rows() == [(2.0, 1.0), (0.0, 0.0)]


def test_every_feature_has_words_in_both_languages() -> None:
    told = [*words()["numbers"].values(), *words()["kinds"].values(), words()["left_out"]]
    assert all(one["ja"] and one["en"] for one in told)


def test_what_a_review_adds_is_no_feature() -> None:
    assert not FLAGS & {"edited", "unprintable"}
