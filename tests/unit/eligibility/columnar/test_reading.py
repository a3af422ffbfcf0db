from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from eligibility.columnar.calendar import days
from eligibility.columnar.reading import of_files, read_register
from eligibility.columnar.register import Register
from eligibility.columnar.vectors import Values, values_of
from engine.core.errors import InputError
from tests.support.registers import register_of
from tests.support.snapshots import publish

PEOPLE = [
    {
        "resident_id": f"p{number}",
        "household_id": f"h{number // 2}",
        "status": "RESIDENT",
        "birth_date": born,
        "rel1": rel,
    }
    for number, (born, rel) in enumerate(
        [(date(1990, 1, 1), "HEAD"), (None, None), (date(2020, 2, 29), "HEAD"), (date(2021, 1, 1), "子")]
    )
]
READ = {"residents": {"birth_date", "rel1", "ward_flag"}}


def _values(register: Register, table: str, name: str) -> list[int | None]:
    column = register.column(table, name)
    listed = values_of(column.listed)
    places = range(len(listed.of)) if column.places is None else column.places
    known = [True] * len(listed.of) if listed.known is None else listed.known
    return [int(listed.of[place]) if known[place] else None for place in places]


@pytest.mark.parametrize("rows_a_group", [1, 3, 100])
def test_columns_are_read_in_parts_of_any_size(rows_a_group: int, tmp_path: Path) -> None:
    publish({"residents": pl.DataFrame(PEOPLE)}, tmp_path)
    place = tmp_path / "now.residents.parquet"
    parquet.write_table(parquet.read_table(place), place, row_group_size=rows_a_group)
    register = read_register(of_files(lambda name: tmp_path / f"{name}.parquet"), READ)
    assert _values(register, "residents", "birth_date") == [
        days(date(1990, 1, 1)), None, days(date(2020, 2, 29)), days(date(2021, 1, 1)),
    ]  # fmt: skip
    texts = register.texts.listed
    told = [None if place is None else texts[place] for place in _values(register, "residents", "rel1")]
    assert told == ["HEAD", None, "HEAD", "子"]
    assert _values(register, "residents", "ward_flag") == [None] * 4
    assert register.numbers.tolist() == [0, 1, 2, 3]


def test_answers_and_numbers_are_read_with_what_is_not_known() -> None:
    people = [
        {"resident_id": number, "household_id": 0, "ward_flag": flag} for number, flag in enumerate((True, None, False))
    ]
    tax = [{"resident_id": 0, "income_yen": yen} for yen in (4_000_000_000, None, 0)]
    register = register_of(people, resident_tax=tax)
    assert _values(register, "residents", "ward_flag") == [1, None, 0]
    assert _values(register, "resident_tax", "income_yen") == [4_000_000_000, None, 0]


def test_dates_far_apart_are_no_list() -> None:
    days_apart = [date(1900, 1, 1), date(9999, 12, 31), None]
    register = register_of(
        [{"resident_id": n, "household_id": 0, "birth_date": one} for n, one in enumerate(days_apart)]
    )
    assert register.column("residents", "birth_date").places is None
    assert isinstance(register.column("residents", "birth_date").listed, Values)
    assert _values(register, "residents", "birth_date") == [days(one) if one else None for one in days_apart]


def test_a_file_of_another_version_or_out_of_order_says_to_run_the_night_again(tmp_path: Path) -> None:
    publish({"residents": pl.DataFrame(PEOPLE)}, tmp_path)
    place = tmp_path / "now.residents.parquet"
    told = pl.read_parquet(place)
    told.drop("household_number").write_parquet(place)
    with pytest.raises(InputError, match="another version: run `todoke night` again"):
        read_register(of_files(lambda name: tmp_path / f"{name}.parquet"), READ)
    told.reverse().write_parquet(place)
    with pytest.raises(InputError, match="order of their numbers: run `todoke night` again"):
        read_register(of_files(lambda name: tmp_path / f"{name}.parquet"), READ)


def test_a_part_of_an_array_is_read_from_where_it_begins() -> None:
    told = {
        "resident_number": pa.array([0, 1, 2], type=pa.uint32()),
        "household_number": pa.array([0, 0, 1], type=pa.uint32()),
        "status": ["RESIDENT"] * 3,
        "birth_date": [date(1990, 1, 1), None, date(2020, 2, 29)],
        "rel1": ["HEAD", None, "CHILD"],
        "ward_flag": [True, None, False],
    }

    def read(_: str, columns: Sequence[str]) -> tuple[int, list[pa.Table]]:
        whole = pa.table(told).select(columns)
        return 3, [whole.slice(0, 1), whole.slice(1, 2)]

    register = read_register(read, READ)
    assert _values(register, "residents", "ward_flag") == [1, None, 0]
    assert _values(register, "residents", "birth_date") == [days(date(1990, 1, 1)), None, days(date(2020, 2, 29))]
    head, child = (register.texts.place(text) for text in ("HEAD", "CHILD"))
    assert _values(register, "residents", "rel1") == [head, None, child]


def test_an_id_that_no_row_has_is_known_of_none() -> None:
    owned = [{"resident_id": 0, "vehicle_id": None}] * 2
    register = register_of([{"resident_id": 0, "household_id": 0}], light_vehicle_tax=owned)
    assert _values(register, "light_vehicle_tax", "vehicle_id") == [None, None]


@pytest.mark.parametrize("few", [3, 300])
def test_texts_in_any_order_of_each_part_are_told_apart(few: int) -> None:
    """Of many the places are wider; what one part lists first another lists last, and some rows have none."""
    names = [f"n{number}" for number in range(few)]
    parts = [[*names[:2], None], [None, *reversed(names)], [*names, None]]
    told = {
        "resident_number": pa.array(range(sum(map(len, parts))), type=pa.uint32()),
        "household_number": pa.array([0] * sum(map(len, parts)), type=pa.uint32()),
        "status": ["RESIDENT"] * sum(map(len, parts)),
        "rel1": pa.chunked_array([pa.array(part).dictionary_encode() for part in parts]),
    }
    register = read_register(
        lambda _, columns: (len(told["status"]), [pa.table(told).select(columns)]), {"residents": {"rel1"}}
    )
    texts = register.texts.listed
    found = [None if place is None else texts[place] for place in _values(register, "residents", "rel1")]
    assert found == [name for part in parts for name in part]
    assert register.column("residents", "rel1").complete is False
    assert register.column("residents", "status").complete is True


def test_an_id_of_a_thing_is_a_text() -> None:
    owned = [{"resident_id": 0, "vehicle_id": name} for name in ("v2", None, "v1", "v2")]
    register = register_of([{"resident_id": 0, "household_id": 0}], light_vehicle_tax=owned)
    texts = register.texts
    assert _values(register, "light_vehicle_tax", "vehicle_id") == [
        texts.place("v2"),
        None,
        texts.place("v1"),
        texts.place("v2"),
    ]
