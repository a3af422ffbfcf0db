"""A profile says how a file is called, what its header is and what its codes mean."""

import pytest

from engine.core.errors import ContractError
from engine.records.contract import load_contracts
from engine.records.profiles import read_profile, table_of

RESIDENTS = load_contracts()["residents"]


@pytest.mark.parametrize(
    ("profile", "name", "table"),
    [
        ("canonical", "residents.csv", "residents"),
        ("canonical", "residents.parquet", "residents"),
        ("canonical", "residents.txt", None),
        ("canonical", "001o005.csv", None),
        ("standard", "001o005.csv", "residents"),
        ("standard", "residents.csv", None),
        ("standard", "no-ending", None),
    ],
)
def test_a_files_name_says_its_table(profile: str, name: str, table: str | None) -> None:
    match = table_of(name, read_profile(profile), load_contracts())
    assert (match.contract.table if match else None) == table


def test_both_profiles_bring_every_column_of_every_table_under_a_header_of_its_own() -> None:
    for profile in ("canonical", "standard"):
        for contract in load_contracts().values():
            headers = read_profile(profile).headers_of(contract)
            assert list(headers.values()) == list(contract.physical_columns())
            assert len(headers) == len(set(headers))


def test_the_standard_profile_names_the_companions_of_an_unknown_date() -> None:
    headers = read_profile("standard").headers_of(RESIDENTS)
    assert headers["異動年月日_不詳フラグ"] == "effective_date_unknown"
    assert headers["異動年月日_不詳表記"] == "effective_date_text"


def test_codes_of_a_feed_stand_for_codes_of_the_contract() -> None:
    standard = read_profile("standard").codes_of(RESIDENTS, "move_reason")
    assert standard["23"] == "DEATH"
    assert set(standard.values()) <= set(RESIDENTS.columns["move_reason"].codes)
    assert read_profile("canonical").codes_of(RESIDENTS, "move_reason")["DEATH"] == "DEATH"
    assert not read_profile("canonical").codes_of(RESIDENTS, "addr_code")


def test_a_profile_there_is_not_names_those_there_are() -> None:
    with pytest.raises(ContractError, match="canonical, standard"):
        read_profile("vendor-x")
