from datetime import date
from pathlib import Path

import pytest

from engine.core.errors import ContractError
from engine.records.contract import Delivery, load_contracts, read_contract, told_by

GOOD = """
ja: 表
system: "001"
interface: 001o001
kind: state
key: [resident_id]
person: resident_id
owner_office: citizen
delivery: {mandatory: false, maximum_age_days: 1, file: delta}
columns:
  resident_id: {type: id, names: person, ja: 宛名番号, nullable: false}
  born: {type: date, ja: 生年月日, uncertain: true}
"""


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


def test_an_uncertain_date_brings_its_companions(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_contract(path).physical_columns() == {
        "resident_id": "VARCHAR",
        "born": "DATE",
        "born_unknown": "BOOLEAN",
        "born_text": "VARCHAR",
    }


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        pytest.param("key: [resident_id]", "key: [other]", "other", id="a key that is no column"),
        pytest.param("kind: state", "kind: heap", "kind", id="an unknown kind"),
        pytest.param("type: id, names: person", "type: id", "resident_id names no person", id="a person nobody is"),
        pytest.param("type: date", "type: date, names: person", "names somebody but is no id", id="a date that names"),
        pytest.param("type: id", "type: number", r"columns\.resident_id\.type", id="an unknown type"),
        pytest.param("ja: 表", "ja: 表\nextra: 1", "extra", id="an unknown entry"),
    ],
)
def test_a_broken_contract_is_refused_by_file_and_key(old: str, new: str, named: str, tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError, match=named) as caught:
        read_contract(path)
    assert str(caught.value).startswith("some.yaml")


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
