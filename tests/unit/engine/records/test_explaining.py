"""A row set aside is told in words a data officer can act on, and never with its values."""

import re
from datetime import date
from pathlib import Path

import pytest

from engine.core.errors import InputError
from engine.records import reading, values
from engine.records.contract import load_contracts
from engine.records.explaining import SetAside, found_by_id, reasons, set_aside, tried_again
from engine.records.profiles import FOLDER, read_profile
from tests.support.feed_folder import OTHER, FeedFolder, resident
from tests.support.truth import opened

MON = date(2026, 11, 9)


@pytest.fixture
def feeds(tmp_path: Path) -> FeedFolder:
    made = FeedFolder(tmp_path)
    path = made.write(MON, "residents", [resident(), resident(OTHER, status="GHOST")])
    path.write_text(path.read_text(encoding="utf-8") + "cut off\n", encoding="utf-8")
    (path.parent / "manifest.json").unlink()
    made.load(MON)
    return made


def rows(feeds: FeedFolder) -> list[SetAside]:
    with opened(feeds.settings) as warehouse:
        return set_aside(feeds.night(warehouse, MON))


def test_a_row_is_told_with_file_row_column_and_what_to_do(feeds: FeedFolder) -> None:
    bad, cut = rows(feeds)
    assert (bad.row_number, bad.held, cut.row_number, cut.held) == (3, True, 4, False)
    japanese = bad.words("ja")
    assert all(
        part in japanese for part in ("2026-11-09", "residents.csv", "3行目", "住民状態", "コード表", "何も送りません")
    )
    assert "status holds a code" in bad.words("en")
    assert "cannot be told whose row" in cut.words("en")
    assert not any(value in bad.words("ja") + bad.words("en") for value in ("GHOST", OTHER))


def test_every_reason_there_is_has_words_in_both_languages() -> None:
    told = set(reasons())
    said = {"key_twice_in_file", "not_a_row", *reading._REASONS.values()}
    for contract in load_contracts().values():
        said |= set(re.findall(r"THEN '([a-z_]+): ", values.reason(contract, read_profile("canonical")).text))
    assert said == told
    assert all(set(words) == {"ja", "en", "do_ja", "do_en"} for words in reasons().values())


def test_an_id_there_is_not_is_said(feeds: FeedFolder) -> None:
    found = rows(feeds)
    assert found_by_id(found, found[0].quarantine_id) == found[0]
    with pytest.raises(InputError, match="no row is set aside"):
        found_by_id(found, "nothing")


def test_reading_again_tells_what_better_rules_would_make_of_a_row(feeds: FeedFolder, tmp_path: Path) -> None:
    def tried(profile: str) -> dict[int, str]:
        settings = feeds.settings.model_copy(update={"profile": profile})
        with opened(settings) as warehouse:
            night = feeds.night(warehouse, MON)
            found = tried_again(type(night)(**{**vars(night), "settings": settings}))
            assert warehouse.read("SELECT DISTINCT kind FROM history.files", {})["kind"].to_list() == ["delta"]
        return {row.row_number: fault for row, fault in found}

    assert tried("canonical") == {3: "unknown_code: status", 4: "too_few_fields"}
    codes = ", ".join(f"{code}: {code}" for code in (*load_contracts()["residents"].columns["status"].codes,))
    ours = tmp_path / "ours.yaml"
    text = (FOLDER / "canonical.yaml").read_text(encoding="utf-8")
    ours.write_text(
        text.replace("codes: {}", f"codes: {{residents.status: {{{codes}, GHOST: DELETED}}}}"), encoding="utf-8"
    )
    assert tried(str(ours)) == {3: "", 4: "too_few_fields"}
