"""Feed profiles: how a file's name, header and codes map to a table's contract. A profile is YAML; a vendor's variant needs no Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.core.errors import ContractError
from engine.core.yaml_text import load_yaml
from engine.records.contract import TableContract

FOLDER = Path(__file__).with_name("profiles")


class Profile(BaseModel):
    """One profile file. `codes` maps `table.column` to feed code → contract code; a column not listed uses the contract's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: Literal["table", "interface"]
    headers: Literal["name", "ja"]
    encoding: str = "utf-8"  #: of files whose line in the manifest declares no other
    unknown_suffix: str
    text_suffix: str
    municipality_column: str | None
    dates: str
    booleans: dict[str, bool]
    codes: dict[str, dict[str, str]]

    def file_stem(self, contract: TableContract) -> str:
        """What a file of the table is called, without its ending."""
        return contract.table if self.names == "table" else contract.interface

    def headers_of(self, contract: TableContract) -> dict[str, str]:
        """Feed header → physical column, in file order (without the municipality column)."""
        found: dict[str, str] = {}
        for name, column in contract.columns.items():
            header = name if self.headers == "name" else column.ja
            found[header] = name
            if column.uncertain:
                found |= {
                    f"{header}{self.unknown_suffix}": f"{name}_unknown",
                    f"{header}{self.text_suffix}": f"{name}_text",
                }
        return found

    def codes_of(self, contract: TableContract, column: str) -> Mapping[str, str]:
        """Feed code → contract code; empty when the column takes any code."""
        named = self.codes.get(f"{contract.table}.{column}")
        return named if named is not None else {code: code for code in contract.columns[column].codes}


@dataclass(frozen=True)
class Match:
    """The contract and ending a feed file's name stands for."""

    contract: TableContract
    ending: str


def table_of(file_name: str, profile: Profile, contracts: Mapping[str, TableContract]) -> Match | None:
    """Which table a file belongs to, by its name; None when the profile knows no such file."""
    stem, _, ending = file_name.rpartition(".")
    for contract in contracts.values():
        if profile.file_stem(contract) == stem and ending in {"csv", "parquet"}:
            return Match(contract, ending)
    return None


def read_profile(name: str) -> Profile:
    """A profile by its name, or by the path of a file that ends in .yaml. Raises ContractError that lists the profiles there are."""
    path = Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"
    if not path.exists():
        known = ", ".join(sorted(found.stem for found in FOLDER.glob("*.yaml")))
        raise ContractError(
            f"there is no feed profile {name!r}; the settings' `profile` may be: {known}, or a .yaml file"
        )
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, changed_ns: int) -> Profile:
    """A file as it was when it was last changed: the scheduler runs for months, and a city edits its code lists meanwhile."""
    try:
        return Profile.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ContractError(f"{path.name}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
