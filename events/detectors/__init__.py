"""The detectors: one event, one `.sql` file with a header and one SELECT. Adding an event is adding a file.

Every SELECT answers with the columns of `COLUMNS`: one row per candidate, whatever becomes of it. `events.settle` decides.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.core.errors import ContractError
from engine.core.sql import Query

COLUMNS = (
    "subject_id",
    "household_id",
    "detail",
    "effective_on",
    "date_unknown",
    "notified_on",
    "processed_on",
    "file_date",
    "change_id",
    "change_class",
    "reason",
    "moves",
)
_EVENTS = Path(__file__).resolve().parents[1]


class Detector(BaseModel):
    """What a detector's header says, and its SELECT. `together`: rows of one household and date are one event."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    code: str
    name: str
    ja: str
    en: str
    event_class: Literal["automatic", "staff-only", "control", "never"]
    table: str
    evidence: tuple[str, ...]
    urgency: int
    together: Literal["household", "person"]
    source: str
    traps: str
    query: Query
    from_calendar: bool


@cache
def load_detectors() -> Mapping[str, Detector]:
    """Every detector by event code. Raises ContractError that names the file and what its header lacks."""
    found: dict[str, Detector] = {}
    for path in sorted([*(_EVENTS / "detectors").glob("*.sql"), *(_EVENTS / "calendar").glob("*.sql")]):
        detector = read_detector(path)
        if detector.code in found:
            raise ContractError(f"{path.name}: the code {detector.code} is taken by {found[detector.code].name}.sql")
        found[detector.code] = detector
    return found


def read_detector(path: Path) -> Detector:
    """One detector file. Raises ContractError that names the file and what its header lacks."""
    header: dict[str, str] = {}
    body: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        name, colon, value = line.removeprefix("-- ").partition(": ")
        if line.startswith("-- ") and colon and not body:
            header[name] = value.strip()
        else:
            body.append(line)
    values = {("event_class" if name == "class" else name): value for name, value in header.items()}
    values |= {"evidence": tuple(part.strip() for part in header.get("evidence", "").split(","))}  # type: ignore[dict-item]
    query = Query(name=header.get("name", path.stem), text="\n".join(body).strip().rstrip(";"))
    try:
        return Detector.model_validate(values | {"query": query, "from_calendar": path.parent.name == "calendar"})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = {"event_class": "class"}.get(str(first["loc"][0]), str(first["loc"][0]))
        raise ContractError(f"{path.name}: its header's {field}: {first['msg']}") from None
