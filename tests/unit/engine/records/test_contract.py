import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.records.contract import TOGETHER, Delivery, load_contracts, together, told_by
from engine.records.contract_files import read_contracts

REPOSITORY = Path(__file__).parents[4]


def test_every_table_of_the_twelve_systems_has_a_contract() -> None:
    contracts = load_contracts()
    assert {"residents", "support_measures", "nhi", "child_allowance", "elderly_medical", "disability", "ltc"} <= set(
        contracts
    )
    assert len(contracts) == 28
    assert all(set(contract.key) <= set(contract.columns) for contract in contracts.values())


def test_no_contract_has_a_column_the_law_forbids() -> None:
    forbidden = {"個人番号", "基礎年金番号", "障害名"}
    assert all(
        column.ja not in forbidden for contract in load_contracts().values() for column in contract.columns.values()
    )


def test_the_one_file_that_programs_read_holds_what_the_contract_files_say() -> None:
    """When this fails: python -c 'from engine.records.contract_files import write_together; write_together()'"""
    assert TOGETHER.read_text(encoding="utf-8") == together(read_contracts())


def test_contract_files_that_were_changed_since_are_read_themselves(tmp_path: Path) -> None:
    """In a process of its own: contracts are read once in each."""
    shutil.copytree(REPOSITORY / "engine", tmp_path / "engine")
    told = tmp_path / "engine" / "records" / "contract" / "nhi.yaml"
    told.write_text(
        told.read_text(encoding="utf-8").replace("owner_office: ", "owner_office: another_"), encoding="utf-8"
    )
    asked = "from engine.records.contract import load_contracts; print(load_contracts()['nhi'].owner_office)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("another_")


@pytest.mark.parametrize(
    ("on", "due"),
    [
        pytest.param(date(2026, 11, 20), date(2026, 11, 20), id="a Friday"),
        pytest.param(date(2026, 11, 23), date(2026, 11, 20), id="a holiday"),
        pytest.param(date(2027, 1, 3), date(2026, 12, 28), id="the turn of the year"),
        pytest.param(date(2027, 1, 4), date(2027, 1, 4), id="the first office day"),
    ],
)
def test_a_file_is_due_on_office_days(on: date, due: date) -> None:
    assert Delivery(mandatory=False, maximum_age_days=1, file="delta").due_on(on) == due


def test_a_weekly_file_is_due_on_its_weekday_when_offices_are_open() -> None:
    weekly = Delivery(mandatory=False, maximum_age_days=1, file="full", weekdays=("mon",))
    assert weekly.due_on(date(2026, 11, 20)) == date(2026, 11, 16)
    assert weekly.due_on(date(2026, 11, 23)) == date(2026, 11, 16)  # the 23rd is a holiday


@pytest.mark.parametrize(
    ("table", "column", "told"),
    [
        pytest.param("residents", "resident_id", "resident_number", id="a person"),
        pytest.param("residents", "household_id", "household_number", id="a household"),
        pytest.param("nhi", "payer_id", "payer_number", id="another person"),
        pytest.param("light_vehicle_tax", "vehicle_id", "vehicle_id", id="a thing"),
        pytest.param("residents", "birth_date", "birth_date", id="no id"),
    ],
)
def test_people_and_households_are_told_by_their_numbers(table: str, column: str, told: str) -> None:
    assert told_by(table, column) == told


@pytest.mark.parametrize("wrong", [{"maximum_age_days": 0}, {"weekdays": ()}], ids=["an age below a day", "no weekday"])
def test_a_delivery_comes_at_some_time(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"mandatory": False, "maximum_age_days": 1, "file": "full"}
    with pytest.raises(ValueError, match="1 at least"):
        Delivery(**right | wrong)
