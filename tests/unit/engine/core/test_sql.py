from pathlib import Path

import pytest

from engine.core.errors import ContractError
from engine.core.sql import Query, load_queries, quoted


def test_queries_are_found_by_name_with_the_values_they_ask_for(tmp_path: Path) -> None:
    path = tmp_path / "some.sql"
    path.write_text(
        "-- name: one\n-- $not_asked stands in a comment\nSELECT $a, $b;\n\n-- name: two\nSELECT 2;\n", encoding="utf-8"
    )
    queries = load_queries(path)
    assert list(queries) == ["one", "two"]
    assert queries["one"].parameters == {"a", "b"}
    assert queries["two"].text == "SELECT 2"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("SELECT 1", id="no name"),
        pytest.param("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2", id="a name twice"),
    ],
)
def test_a_file_without_clear_names_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "some.sql"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=r"some\.sql"):
        load_queries(path)


def test_a_query_is_told_its_table() -> None:
    asked = Query(name="q", text="SELECT * FROM <table> WHERE <rest>")
    assert (
        asked.about(table="history.nhi", rest=Query(name="r", text="1 = 1")).text
        == 'SELECT * FROM "history"."nhi" WHERE 1 = 1'
    )


@pytest.mark.parametrize("name", ['a"; DROP TABLE b', "A", "a.b.c", "", "a b", "1a"])
def test_only_plain_names_can_be_filled_in(name: str) -> None:
    with pytest.raises(ContractError):
        quoted(name)


def test_a_query_as_a_driver_asks_for_it() -> None:
    asked = Query(name="q", text="-- 5 % of $nothing\nINSERT INTO a (b, c) VALUES ($b, $some_c2)")
    assert asked.pyformat.strip() == "INSERT INTO a (b, c) VALUES (%(b)s, %(some_c2)s)"


def test_a_percent_sign_is_not_given_to_a_driver() -> None:
    with pytest.raises(ContractError, match="the query q holds a %"):
        assert Query(name="q", text="SELECT 5 % $b").pyformat
