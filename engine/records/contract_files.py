"""The files of the contracts, read and checked."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from engine.core.errors import ContractError
from engine.core.yaml_text import load_yaml
from engine.records.contract import FOLDER, TOGETHER, TableContract, together

_CONTRACT = TypeAdapter(TableContract)


def read_contracts() -> Mapping[str, TableContract]:
    """Every table's contract by table name. Raises ContractError that names the file and the key."""
    return {path.stem: read_contract(path) for path in sorted(FOLDER.glob("*.yaml"))}


def read_contract(path: Path) -> TableContract:
    """One contract file. Raises ContractError that names the file and the key."""
    try:
        return _CONTRACT.validate_python({"table": path.stem} | load_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ContractError(f"{path.name}: {where}: {first['msg']}") from None
    except (yaml.YAMLError, TypeError) as error:
        raise ContractError(f"{path.name} is not a contract: {type(error).__name__}") from None


def write_together() -> None:
    """Writes all contracts into the one file that programs read."""
    TOGETHER.write_text(together(read_contracts()), encoding="utf-8")
