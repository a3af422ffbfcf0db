import json
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import WordingError
from notices.wording.checkfile import check_file

DRAFT: dict[str, Any] = {
    "programme": "child_allowance", "event": "E01", "kind": "entitlement", "language": "ja", "register": "plain",
    "sections": {"by_when": "{deadline}までに申請してください。"},
}  # fmt: skip


def _file(folder: Path, value: Any) -> Path:
    path = folder / "draft.json"
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_good_draft_is_accepted(tmp_path: Path) -> None:
    assert check_file(_file(tmp_path, DRAFT)) == {"accepted": True, "findings": []}


def test_a_bad_draft_is_refused_with_what_to_do(tmp_path: Path) -> None:
    found = check_file(_file(tmp_path, DRAFT | {"sections": {"by_when": "12月8日までに申請してください。"}}))
    assert not found["accepted"]
    assert {finding["code"] for finding in found["findings"]} == {"number", "slot_missing"}
    assert set(found["findings"][0]) == {"code", "section", "text", "hint"}


def test_sections_that_are_not_text_are_refused(tmp_path: Path) -> None:
    found = check_file(_file(tmp_path, DRAFT | {"sections": {"by_when": 3}}))
    assert [finding["code"] for finding in found["findings"]] == ["schema"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        pytest.param([], "one JSON object", id="not an object"),
        pytest.param({"programme": "x"}, "missing", id="keys missing"),
        pytest.param(DRAFT | {"sections": []}, "sections must", id="sections not a map"),
    ],
)
def test_a_file_that_is_no_draft_is_named(tmp_path: Path, value: Any, says: str) -> None:
    with pytest.raises(WordingError, match=says):
        check_file(_file(tmp_path, value))


def test_a_file_that_is_not_there_or_not_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="cannot be read"):
        check_file(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(WordingError, match="not JSON"):
        check_file(broken)
