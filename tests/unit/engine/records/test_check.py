from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import FeedRejected
from engine.core.sql import Query
from engine.records.check import Checked, check_file, forget
from engine.records.contract import load_contracts
from engine.records.profiles import read_profile
from engine.records.reading import opened_source
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse, open_warehouse

HEADER = "resident_id,hist_no,measure_kind,role,case_no,from_on,to_on"
GOOD = "10000000017,1,1,PROTECTED,7700001,2026-01-05,2027-01-04"
Check = Callable[..., Checked]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(tmp_path / "records.duckdb", memory_limit_mb=256, scratch=tmp_path / "scratch") as opened:
        yield opened


@pytest.fixture
def checked(warehouse: Warehouse, tmp_path: Path) -> Check:
    def check(text: str | bytes, table: str = "support_measures", **more: Any) -> Checked:
        path = tmp_path / f"{table}.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        source = opened_source(path, name=path.name, ending="csv", encoding="utf-8", scratch=tmp_path)
        with source as readable:
            return check_file(
                warehouse,
                readable,
                contract=load_contracts()[table],
                profile=read_profile("canonical"),
                municipality="292010",
                **more,
            )

    return check


def rows(warehouse: Warehouse, result: Checked) -> list[dict[str, Any]]:
    """The good rows as values."""
    wanted = "CREATE OR REPLACE TEMP TABLE wanted_rows AS SELECT source_key, 0 AS file_place FROM arrived WHERE reason IS NULL"
    warehouse.write(Query(name="wanted", text=wanted))
    return warehouse.query(result.read_back, file_place=0).to_dicts()


def test_good_rows_are_typed_and_named_by_their_key(warehouse: Warehouse, checked: Check) -> None:
    (row,) = rows(warehouse, checked(f"{HEADER}\n{GOOD}\n"))
    assert (row["person_id"], row["source_key"], row["source_order"]) == ("10000000017", "10000000017|1", 1)
    assert str(row["to_on"]) == "2027-01-04"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(
            "10000000025,1,9,PROTECTED,7700001,2026-01-05,", "unknown_code: measure_kind", id="an unknown code"
        ),
        pytest.param("10000000025,1,1,PROTECTED,7700001,2026-13-05,", "not_a_date: from_on", id="no such date"),
        pytest.param("10000000025,one,1,PROTECTED,7700001,,", "not_a_number: hist_no", id="not a number"),
        pytest.param(",1,1,PROTECTED,7700001,,", "missing: resident_id", id="nobody named"),
        pytest.param("10000000025,1,1,,7700001,,", "missing: role", id="a required column empty"),
        pytest.param("10000000025,1,1,PROTECTED", "too_few_fields", id="a line cut off"),
        pytest.param("10000000025,1,1,PROTECTED,77\x0001,,", "not_an_identifier: case_no", id="a NUL byte"),
    ],
)
def test_a_bad_row_goes_to_quarantine_with_its_line_and_never_its_value(row: str, reason: str, checked: Check) -> None:
    result = checked(f"{HEADER}\n{GOOD}\n{row}\n")
    assert result.rows == 1
    assert result.quarantined["reason"].to_list() == [reason]
    assert result.quarantined["row_number"].to_list() == [3]


def test_a_key_twice_in_a_file_sets_both_rows_aside(checked: Check) -> None:
    result = checked(f"{HEADER}\n{GOOD}\n{GOOD}\n")
    assert result.rows == 0
    assert set(result.quarantined["reason"]) == {"key_twice_in_file"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param(HEADER.replace("case_no", "case_number") + "\n", "case_no", id="a column under another name"),
        pytest.param(HEADER + ",more\n", "more", id="a column too many"),
        pytest.param(HEADER + ",個人番号\n", "個人番号", id="Individual Numbers declared"),
        pytest.param(HEADER + ",role\n", "role", id="a column twice"),
        pytest.param("", "empty", id="no header"),
        pytest.param(HEADER.encode() + b"\n\x83\x65\x83\x58", "UTF-8", id="not UTF-8"),
    ],
)
def test_a_file_that_differs_from_its_contract_is_refused_whole(text: str | bytes, named: str, checked: Check) -> None:
    with pytest.raises(FeedRejected, match=named):
        checked(text)


def test_a_byte_order_mark_and_hostile_text_are_no_harm(warehouse: Warehouse, checked: Check) -> None:
    header = ",".join(load_contracts()["delivery_addresses"].physical_columns())
    name = '"=HYPERLINK(""x"")\nO\'Hara; DROP TABLE residents"'
    result = checked(
        f"\ufeff{header}\n10000000017,ALL,{name},三条町1,,6308000,FAMILY,2026-01-05,\n", "delivery_addresses"
    )
    assert [row["recipient_name"] for row in rows(warehouse, result)] == [
        '=HYPERLINK("x")\nO\'Hara; DROP TABLE residents'
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("三条\x00太郎", "control_character: recipient_name"), ("三" * 1_001, "too_long: recipient_name")],
)
def test_text_that_no_record_holds_is_set_aside(name: str, reason: str, checked: Check) -> None:
    header = ",".join(load_contracts()["delivery_addresses"].physical_columns())
    text = f"{header}\n10000000017,ALL,{name},三条町1,,6308000,FAMILY,2026-01-05,\n"
    assert checked(text, "delivery_addresses").quarantined["reason"].to_list() == [reason]


def test_a_forbidden_column_is_dropped_at_the_door(warehouse: Warehouse, checked: Check) -> None:
    header = ",".join(load_contracts()["pension"].physical_columns())
    result = checked(f"{header},基礎年金番号\n10000000017,1,2020-04-01,2020-04-01,,1234567890\n", "pension")
    assert result.dropped_columns == ("基礎年金番号",)
    kept = warehouse.read("SELECT * FROM arrived", {}).to_dicts()
    assert "基礎年金番号" not in rows(warehouse, result)[0]
    assert "1234567890" not in str(kept)


def test_good_numbers_of_residents_are_not_taken_for_individual_numbers(checked: Check) -> None:
    """宛名番号 use the same modulus-11 check; they stand in declared identifier columns."""
    lines = "\n".join(f"123456789018,{number},1,PROTECTED,7700001,," for number in range(1, 31))
    assert checked(f"{HEADER}\n{lines}\n").rows == 30


@pytest.mark.parametrize(("good", "refused"), [(1, True), (5, False)])
def test_a_column_full_of_individual_numbers_refuses_the_file_and_a_lone_one_the_row(
    good: int, refused: bool, checked: Check
) -> None:
    header = ",".join(load_contracts()["delivery_addresses"].physical_columns())
    numbers = ["123456789018"] * 20 + ["三条"] * good
    lines = [
        f"100000000{place:02d},ALL,{number},三条町1,,6308000,FAMILY,2026-01-05," for place, number in enumerate(numbers)
    ]
    text = "\n".join([header, *lines, ""])
    if refused:
        with pytest.raises(FeedRejected, match="recipient_name holds Individual Numbers"):
            checked(text, "delivery_addresses")
    else:
        assert set(checked(text, "delivery_addresses").quarantined["reason"]) == {"individual_number: recipient_name"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param("1.5", "not_a_number: hist_no", id="a part of a number"),
        pytest.param("007", None, id="leading zeros"),
        pytest.param("１", "not_a_number: hist_no", id="a full-width digit"),
        pytest.param("99999999999", "not_a_number: hist_no", id="more than a number holds"),
        pytest.param("1e3", "not_a_number: hist_no", id="a power of ten"),
        pytest.param(" 1", "not_a_number: hist_no", id="a space"),
    ],
)
def test_what_a_number_is(value: str, reason: str | None, checked: Check) -> None:
    found = checked(f"{HEADER}\n10000000017,{value},1,PROTECTED,7700001,,\n").quarantined["reason"].to_list()
    assert found == ([reason] if reason else [])


@pytest.mark.parametrize("value", ["2026-1-5", "20260105", "2026-02-29", "infinity", "2026-01-05 ", "2026/01/05"])
def test_what_is_no_date(value: str, checked: Check) -> None:
    found = checked(f"{HEADER}\n10000000017,1,1,PROTECTED,7700001,{value},\n").quarantined["reason"].to_list()
    assert found == ["not_a_date: from_on"]


def test_the_places_of_faults_are_those_in_the_file(checked: Check) -> None:
    lines = [f"100000000{place:02d},1,1,PROTECTED,77,," for place in range(90)]
    for place in (3, 40):
        lines[place] = "cut"
    for place in (0, 4, 41, 89):
        lines[place] = lines[place].replace(",1,PROTECTED", ",9,PROTECTED")
    found = checked("\n".join([HEADER, *lines, ""])).quarantined
    assert found["row_number"].to_list() == [2, 5, 6, 42, 43, 91]
    assert found["reason"].to_list().count("too_few_fields") == 2


def test_rows_that_are_known_are_not_kept_and_others_are(warehouse: Warehouse, checked: Check) -> None:
    bad = GOOD.replace("10000000017", "10000000025").replace(",1,PROTECTED", ",9,PROTECTED")
    known = listed(["f.source_key = '10000000017|1'"])
    result = checked(f"{HEADER}\n{GOOD}\n{bad}\n", known=known)
    assert (result.rows, result.quarantined.height, result.all_named) == (1, 1, True)
    assert warehouse.read("SELECT texts IS NULL AS gone FROM arrived ORDER BY rowid", {})["gone"].to_list() == [
        True,
        False,
    ]


def test_a_check_leaves_nothing_once_it_is_forgotten(warehouse: Warehouse, checked: Check) -> None:
    checked(f"{HEADER}\n{GOOD}\n")
    forget(warehouse, "arrived")
    assert (
        warehouse.read("SELECT table_name FROM information_schema.tables WHERE table_name = 'arrived'", {}).height == 0
    )


def test_a_file_with_a_header_alone_is_read_and_holds_nothing(warehouse: Warehouse, checked: Check) -> None:
    result = checked(f"{HEADER}\n")
    assert (result.rows, result.known, result.quarantined.height, result.all_named, result.all_different) == (
        0,
        0,
        0,
        True,
        True,
    )
    assert warehouse.read("SELECT * FROM arrived", {}).height == 0


def test_a_file_with_a_header_alone_must_still_have_the_contracts(checked: Check) -> None:
    with pytest.raises(FeedRejected, match="column case_no is missing"):
        checked(HEADER.replace("case_no,", "") + "\n")
