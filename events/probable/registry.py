"""The weak signals todoke knows, each one YAML file beside its SQL: what it reads and why it may, its features, outcome and floor."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.core.errors import ContractError, InputError
from engine.core.sql import Query, load_queries
from engine.core.yaml_text import load_yaml

FOLDER = Path(__file__).with_name("models")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """The same in Japanese and in English."""

    ja: str
    en: str


class Read(_Part):
    """Columns of one table that the office may read for this, and on which legal basis."""

    basis: str
    columns: tuple[str, ...]


class LeftOut(_Part):
    """Columns that would say something and are not read, and why."""

    table: str
    columns: tuple[str, ...]
    why: str


class Clerk(Words):
    """The plain rule a clerk would use instead: every one of these features holds."""

    all: tuple[str, ...]


class Floor(_Part):
    """What a trained model must reach on nights and households it never saw; `outcomes` is how many real ones it is measured on."""

    auc: float
    calibration_error: float
    outcomes: int


class Model(_Part):
    """One weak signal. A record raises the question; `wait_days` later it is scored once; the outcome counts for `horizon_days` more."""

    code: str
    ja: str
    en: str
    office: str
    wait_days: int = Field(ge=0)
    horizon_days: int = Field(ge=1)
    capacity_a_week: int = Field(ge=1)  #: how many people the office can call, in a city of 350,000
    outcome: Words
    reads: Mapping[str, Read]
    left_out: tuple[LeftOut, ...]
    clerk: Clerk
    floor: Floor
    features: Mapping[str, Words]

    @property
    def queries(self) -> Mapping[str, Query]:
        """seeds, features and outcomes."""
        return load_queries(FOLDER / f"{self.code}.sql")


@cache
def load_models(folder: Path = FOLDER) -> Mapping[str, Model]:
    """Code → model. Raises ContractError naming the file and the place that is wrong."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            model = Model.model_validate(load_yaml(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ContractError(f"{path.name}: {where}: {first['msg']}") from None
        if model.code != path.stem or not set(model.clerk.all) <= set(model.features):
            raise ContractError(f"{path.name}: its code is its file name, and the clerk's rule names its features only")
        found[model.code] = model
    return found


def model_of(code: str) -> Model:
    """A model by code. Raises InputError that names the ones there are."""
    if code not in load_models():
        raise InputError(f"there is no weak signal {code!r}; one of {', '.join(load_models())}")
    return load_models()[code]
