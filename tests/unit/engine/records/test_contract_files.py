from pathlib import Path

import pytest

from engine.core.errors import ContractError
from engine.records.contract import load_contracts
from engine.records.contract_files import read_contract, read_contracts

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
        pytest.param("maximum_age_days: 1", "maximum_age_days: 0", "delivery: .*1 at least", id="an age of no day"),
        pytest.param("ja: 表", "ja: 表\nextra: 1", "extra", id="an unknown entry"),
    ],
)
def test_a_broken_contract_is_refused_by_file_and_key(old: str, new: str, named: str, tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError, match=named) as caught:
        read_contract(path)
    assert str(caught.value).startswith("some.yaml")


def test_all_files_are_read_to_what_stands_in_one() -> None:
    assert read_contracts() == load_contracts()
