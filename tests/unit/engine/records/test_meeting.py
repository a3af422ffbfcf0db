"""A file lands whatever becomes of it; one that is not what it should be is refused with its name."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.records.contract import load_contracts
from engine.records.landing import FeedFile, Promise, checksum, resting_place
from engine.records.meeting import Met, meet, read_by
from engine.records.tables import create_tables
from tests.support.feed_folder import FeedFolder, allowance
from tests.support.truth import opened

MON = date(2026, 11, 9)


def met(root: Path, name: str = "child_allowance.csv", text: bytes | None = None, **promised: Any) -> Met:
    feeds = FeedFolder(root)
    path = feeds.write(MON, "child_allowance", [allowance()])
    path = path.rename(path.with_name(name))
    if text is not None:
        path.write_bytes(text)
    file = FeedFile(path=path, name=name, business_date=MON, promised=Promise(**promised))
    with opened(feeds.settings) as warehouse, ExitStack() as stay:
        create_tables(warehouse, load_contracts())
        found = meet(feeds.night(warehouse, MON), file, checksum(path), place=0, stay=stay)
    assert resting_place(found.file_id, path.suffix, feeds.settings.paths.landing).read_bytes() == path.read_bytes()
    return found


def test_a_good_file_is_checked_and_says_what_it_is(tmp_path: Path) -> None:
    found = met(tmp_path, kind="full")
    assert found.checked is not None
    assert (found.checked.rows, found.reason, found.full, found.kind) == (1, "", True, "full")
    assert met(tmp_path / "another").kind == load_contracts()["child_allowance"].delivery.file == "delta"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param({"name": "letters.csv"}, "knows no such file", id="a file nobody knows"),
        pytest.param({"sha256": "0" * 64}, "SHA-256", id="another checksum"),
        pytest.param({"rows": 7}, "1 rows, but manifest.json says 7", id="another count"),
        pytest.param({"text": b""}, "is empty", id="nothing in it"),
        pytest.param({"encoding": "utf-16"}, "is not utf-16", id="another encoding"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_by_name(
    more: dict[str, Any], said: str, tmp_path: Path
) -> None:
    found = met(tmp_path, **more)
    assert found.checked is None
    assert said in found.reason
    assert found.file.name in found.reason or "profile" in found.reason


def test_a_file_that_is_read_again_is_no_whole_table_and_sets_nothing_aside(tmp_path: Path) -> None:
    found = met(tmp_path, text=b"claimant_id\n")
    again = Met(file=found.file, file_id=found.file_id, contract=found.contract, again=True)
    assert (again.full, again.kind, again.set_aside) == (False, "retry", None)


def test_rules_of_reading_differ_by_table_and_profile(tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    with opened(feeds.settings) as warehouse:
        night = feeds.night(warehouse, MON)
        contracts = load_contracts()
        rules = {read_by(night, contract) for contract in contracts.values()}
    assert len(rules) == len(contracts)
