"""Kinds of relationships: the Python reading and the SQL agree on every way of up to three steps, the unknown one included."""

from itertools import product

import duckdb

from eligibility.language.relations import (
    RELATION,
    SETS,
    WAYS,
    Kind,
    bit_sql,
    bits_of,
    is_one_of,
    is_one_of_sql,
    name_of,
    relation,
)

CODES = (None, "HEAD", "WIFE", "HUSBAND_UNREGISTERED", "CHILD", "MOTHER", "SIBLING", "RELATIVE", "COHABITANT")
STEPS = [(*steps, None) for steps in product(CODES, repeat=3)]


def test_python_and_sql_say_the_same_of_every_way() -> None:
    columns = ("rel1", "rel2", "rel3", "rel4")
    texts = [RELATION, bit_sql(), *(is_one_of_sql(kinds) for kinds in SETS)]
    asked = ", ".join(text.format(*columns) for text in texts)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE ways (place INTEGER, rel1 VARCHAR, rel2 VARCHAR, rel3 VARCHAR, rel4 VARCHAR)")
        connection.executemany("INSERT INTO ways VALUES (?, ?, ?, ?, ?)", [(n, *s) for n, s in enumerate(STEPS)])
        rows = connection.execute(f"SELECT {asked} FROM ways ORDER BY place").fetchall()
    for steps, (way, bit, *found) in zip(STEPS, rows, strict=True):
        said = [is_one_of(kinds, *steps) for kinds in SETS]
        assert way == relation(*steps)
        assert found == said, steps
        assert [None if bit is None else bit & bits_of(kinds) != 0 for kinds in SETS] == said, steps


def test_nobody_is_of_two_kinds() -> None:
    assert set(WAYS) == set(Kind)
    for steps in STEPS:
        assert sum(is_one_of((kind,), *steps) is True for kind in Kind) <= 1


def test_every_set_has_a_name_of_its_own() -> None:
    assert len({name_of(kinds) for kinds in SETS}) == len(SETS)
