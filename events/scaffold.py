"""A new event: its detector file with a header to fill in, and a test table beside it. Adding an event is adding these two files."""

import re
from pathlib import Path

from engine.core.errors import InputError
from engine.records.contract import load_contracts
from events.detectors import load_detectors

_DETECTOR = """\
-- code: {code}
-- name: {name}
-- ja: {ja}
-- en: {en}
-- class: staff-only
-- table: {table}
-- evidence: {column}
-- reasons: REAL
-- urgency: 0
-- together: person
-- source: where the record change is described
-- traps: what looks like it and is not: correction, cancellation, re-entry, backdating, twins, household merge, unknown date
SELECT c.subject_id, {household} AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) OR c.effective_date IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       CASE WHEN c.class IN ('appeared', 'changed') THEN 'REAL' ELSE 'FIX' END AS reason,
       c.before.{column} IS DISTINCT FROM c.after.{column} AS moves
FROM changes.{table} AS c{join}
WHERE c.municipality_code = $municipality AND c.night = $night
"""
_JOIN = "\nLEFT JOIN now.residents AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id"
_TEST = '''\
"""{code} {ja}: what the night makes of the record change and of its nine traps. A row that cannot happen says why."""

from pathlib import Path

import pytest

from tests.support.eventful import BASELINE, FIRST, Register

#: trap → the states of what is found, or why the trap cannot touch the event
TABLE = {{
    "the event itself": ["settled"],
    "correction": "why not",
    "cancellation next night": "why not",
    "re-entry": "why not",
    "backdated": "why not",
    "twins": "why not",
    "household merge": "why not",
    "unknown date": "why not",
    "support measure": "why not",
    "death in the window": "why not",
}}


@pytest.mark.parametrize("trap", [trap for trap, row in TABLE.items() if isinstance(row, list)])
def test_what_the_night_makes_of_it(trap: str, tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("p")
    raise NotImplementedError("make it happen to p on FIRST, as in tests/support/scenes.py")
    register.run(BASELINE, FIRST)
    assert [told[3] for told in register.told("{code}")] == TABLE[trap]
'''


def scaffold(folder: Path, *, code: str, name: str, table: str, ja: str, en: str) -> tuple[Path, Path]:
    """Writes both files below a checkout's folder and returns their paths.

    Raises InputError for a code or name that is taken, a table that is not there, or a file that would be overwritten.
    """
    if not re.fullmatch(r"E\d\d", code) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError(f"{code} {name}: a code is E and two digits, a name lower case with underscores")
    if code in load_detectors():
        raise InputError(f"{code} is taken by {load_detectors()[code].name}")
    contract = load_contracts().get(table)
    if contract is None:
        raise InputError(f"there is no table {table}; `todoke records contract` lists them")
    column = next(column for column in contract.columns if column not in contract.key)
    own = "household_id" in contract.columns
    values = {"code": code, "name": name, "table": table, "ja": ja, "en": en, "column": column}
    values |= {
        "household": "c.after.household_id" if own else "COALESCE(r.household_id, '')",
        "join": "" if own else _JOIN,
    }
    written = {
        folder / "events" / "detectors" / f"{name}.sql": _DETECTOR.format(**values),
        folder / "tests" / "unit" / "events" / "detectors" / f"test_{name}.py": _TEST.format(**values),
    }
    for path in written:
        if path.exists():
            raise InputError(f"{path} is there already")
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    detector, test = written
    return detector, test
