from pathlib import Path

import pytest

from engine.core.errors import FeedRejected
from engine.records.check import Checked, check_file
from engine.records.contract import load_contracts
from engine.records.profiles import read_profile

HEADER = "resident_id,hist_no,measure_kind,role,case_no,from_on,to_on"
GOOD = "10000000017,1,1,PROTECTED,7700001,2026-01-05,2027-01-04"


def checked(folder: Path, text: str | bytes, table: str = "support_measures") -> Checked:
    path = folder / f"{table}.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check_file(
        path,
        name=path.name,
        ending="csv",
        contract=load_contracts()[table],
        profile=read_profile("canonical"),
        municipality="292010",
    )


def test_good_rows_are_typed_and_named_by_their_key(tmp_path: Path) -> None:
    row = checked(tmp_path, f"{HEADER}\n{GOOD}\n").rows.row(0, named=True)
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
def test_a_bad_row_goes_to_quarantine_with_its_line_and_never_its_value(row: str, reason: str, tmp_path: Path) -> None:
    result = checked(tmp_path, f"{HEADER}\n{GOOD}\n{row}\n")
    assert result.rows.height == 1
    assert result.quarantined["reason"].to_list() == [reason]
    assert result.quarantined["row_number"].to_list() == [3]


def test_a_key_twice_in_a_file_sets_both_rows_aside(tmp_path: Path) -> None:
    result = checked(tmp_path, f"{HEADER}\n{GOOD}\n{GOOD}\n")
    assert result.rows.height == 0
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
def test_a_file_that_differs_from_its_contract_is_refused_whole(text: str | bytes, named: str, tmp_path: Path) -> None:
    with pytest.raises(FeedRejected, match=named):
        checked(tmp_path, text)


def test_a_byte_order_mark_and_hostile_text_are_no_harm(tmp_path: Path) -> None:
    header = ",".join(load_contracts()["delivery_addresses"].physical_columns())
    name = '"=HYPERLINK(""x"")\nO\'Hara; DROP TABLE residents"'
    result = checked(
        tmp_path, f"\ufeff{header}\n10000000017,ALL,{name},三条町1,,6308000,FAMILY,2026-01-05,\n", "delivery_addresses"
    )
    assert result.rows["recipient_name"].to_list() == ['=HYPERLINK("x")\nO\'Hara; DROP TABLE residents']


@pytest.mark.parametrize(
    ("name", "reason"),
    [("三条\x00太郎", "control_character: recipient_name"), ("三" * 1_001, "too_long: recipient_name")],
)
def test_text_that_no_record_holds_is_set_aside(name: str, reason: str, tmp_path: Path) -> None:
    header = ",".join(load_contracts()["delivery_addresses"].physical_columns())
    text = f"{header}\n10000000017,ALL,{name},三条町1,,6308000,FAMILY,2026-01-05,\n"
    assert checked(tmp_path, text, "delivery_addresses").quarantined["reason"].to_list() == [reason]


def test_a_forbidden_column_is_dropped_at_the_door(tmp_path: Path) -> None:
    header = ",".join(load_contracts()["pension"].physical_columns())
    result = checked(tmp_path, f"{header},基礎年金番号\n10000000017,1,2020-04-01,2020-04-01,,1234567890\n", "pension")
    assert result.dropped_columns == ("基礎年金番号",)
    assert "基礎年金番号" not in result.rows.columns
    assert "1234567890" not in result.rows["row_text"][0]


def test_good_numbers_of_residents_are_not_taken_for_individual_numbers(tmp_path: Path) -> None:
    """宛名番号 use the same modulus-11 check; they stand in declared identifier columns."""
    rows = "\n".join(f"123456789018,{number},1,PROTECTED,7700001,," for number in range(1, 31))
    assert checked(tmp_path, f"{HEADER}\n{rows}\n").rows.height == 30
