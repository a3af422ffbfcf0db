"""The detectors: one event, one `.sql` file with a header and one SELECT. Adding an event is adding a file.

Every SELECT answers with the columns of `COLUMNS`: one row per candidate, whatever becomes of it. `events.settle` decides.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.core.errors import ContractError
from engine.core.sql import Query
from engine.records.contract import load_contracts
from events.dates import When, read_when

#: what every detector's SELECT answers with
COLUMNS = (
    "subject_id",
    "household_id",
    "detail",  #: which of several events of the code (months of age, kind of certificate), else ''
    "effective_on",  #: when it happened (異動日)
    "date_unknown",  #: 不詳: a placeholder or no date at all (R6)
    "notified_on",
    "processed_on",
    "file_date",
    "change_id",
    "change_class",
    "reason",  #: the source's own reason; `reasons` of the header says which are real (R3)
    "moves",  #: something of interest differs from the row before (R1)
)
_EVENTS = Path(__file__).resolve().parents[1]
_LISTS = ("evidence", "reasons", "also")


class Detector(BaseModel):
    """What a detector's header says, and its SELECT (none for class never).

    `together`: rows of one household and date are one event; `when`: the days the calendar looks at; `also`: further tables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    code: str = Field(pattern=r"^E\d\d$")
    name: str
    ja: str
    en: str
    event_class: Literal["automatic", "staff-only", "control", "never"] = Field(alias="class")
    table: str
    also: tuple[str, ...] = ()
    when: tuple[When, ...] = ()
    evidence: tuple[str, ...] = ()
    reasons: frozenset[str] = frozenset()
    urgency: int
    together: Literal["household", "person"]
    source: str
    traps: str
    query: Query
    from_calendar: bool

    @model_validator(mode="after")
    def _evidence_is_in_the_contract(self) -> Self:
        contract = load_contracts().get(self.table)
        if contract is None:
            raise ValueError(f"table: there is no table {self.table}")
        for column in self.evidence:
            if column not in contract.columns:
                raise ValueError(f"evidence: {self.table} has no column {column}")
        if (self.event_class == "never") == bool(self.query.text):
            raise ValueError("class: an event has one SELECT below its header; what is never recorded has none")
        if self.from_calendar != bool(self.when):
            raise ValueError("when: the calendar's files have it and no others")
        if self.from_calendar and self.table != "residents":
            raise ValueError("table: the calendar reads the dates of residents, and shows them as evidence")
        return self

    @property
    def by_age(self) -> bool:
        """Whether a birth date brings it."""
        return any(getattr(part, "basis", "birth_date") == "birth_date" for part in self.when)


@cache
def load_detectors() -> Mapping[str, Detector]:
    """Every detector by event code. Raises ContractError that names the file and what its header lacks."""
    return read_detectors([*(_EVENTS / "detectors").glob("*.sql"), *(_EVENTS / "calendar").glob("*.sql")])


def read_detectors(paths: list[Path]) -> Mapping[str, Detector]:
    """Detector files by event code. Raises ContractError for a file that is not well formed or takes another's code."""
    found: dict[str, Detector] = {}
    for path in sorted(paths):
        detector = read_detector(path)
        if detector.code in found:
            raise ContractError(f"{path.name}: the code {detector.code} is taken by {found[detector.code].name}.sql")
        found[detector.code] = detector
    return found


def read_detector(path: Path) -> Detector:
    """One detector file. Raises ContractError that names the file and what its header lacks."""
    header, select = _parted(path.read_text(encoding="utf-8"))
    values: dict[str, object] = {name: value for name, value in header.items() if name not in _LISTS}
    for name in (name for name in _LISTS if header.get(name)):
        values[name] = tuple(part.strip() for part in header[name].split(","))
    values |= {"query": Query(name=path.stem, text=select), "from_calendar": path.parent.name == "calendar"}
    try:
        values["when"] = read_when(header["when"]) if header.get("when") else ()
        return Detector.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = f"{first['loc'][0]}: " if first["loc"] else ""
        raise ContractError(f"{path.name}: its header's {where}{first['msg'].removeprefix('Value error, ')}") from None
    except ValueError as error:
        raise ContractError(f"{path.name}: its header's when: {error}") from None


def _parted(text: str) -> tuple[dict[str, str], str]:
    """The header's lines `-- name: value` by name, and the SELECT below them."""
    header: dict[str, str] = {}
    lines = text.splitlines()
    while lines and lines[0].startswith("--"):
        name, _, value = lines.pop(0).removeprefix("--").partition(":")
        header[name.strip()] = value.strip()
    return header, "\n".join(lines).strip().rstrip(";")
