import pytest

from eligibility.places import Place, by_id, place_of

TEXT = """\
slug: plain
criteria:
  all:
    - id: young
      expr: age_on(subject.birth_date, as_of) < 18
    - any:
        - {id: asked, cites: 法}
amounts:
  - when: subject.rel1 = 'CHILD'
    value: grant
"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        pytest.param(["slug"], 1, 1, id="a field"),
        pytest.param(["criteria", "all", 0, "expr"], 5, 7, id="a field of a criterion"),
        pytest.param(["criteria", "all", "1", "any", "0"], 7, 11, id="in a group within"),
        pytest.param(["criteria", "all", "young", "expr"], 5, 7, id="a field of a criterion by its id"),
        pytest.param(["criteria", "all", 0, "cites"], 4, 7, id="as far as it leads"),
        pytest.param(["young"], 5, 13, id="a criterion by its id, at its rule"),
        pytest.param(["asked"], 7, 16, id="a criterion without a rule"),
        pytest.param(["grant"], 9, 11, id="an amount, at its condition"),
    ],
)
def test_where_something_stands(path: list[str | int], line: int, column: int) -> None:
    assert place_of(TEXT, path) == Place(line, column)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param(TEXT, ["nowhere"], id="nothing of that name"),
        pytest.param("a: [", ["a"], id="no YAML"),
        pytest.param("", ["a"], id="nothing"),
        pytest.param(TEXT, [], id="no path"),
    ],
)
def test_what_stands_nowhere_has_no_place(text: str, path: list[str | int]) -> None:
    assert place_of(text, path) is None


def test_a_list_place_is_named_by_the_id_there() -> None:
    values = {"criteria": {"all": [{"id": "young"}, {"any": [{"cites": "法"}]}]}}
    assert by_id(values, ["criteria", "all", 0, "expr"]) == ["criteria", "all", "young", "expr"]
    assert by_id(values, ["criteria", "all", 1, "any", 0]) == ["criteria", "all", 1, "any", 0]
    assert by_id(values, ["criteria", "none", 7]) == ["criteria", "none", 7]


def test_a_place_reads_as_in_a_message() -> None:
    assert str(Place(3, 7)) == "line 3, column 7"
