import re
from datetime import date
from pathlib import Path

import pytest

from eligibility.lint import check
from eligibility.mutants import LEAST_NOTICED, judge_examples
from eligibility.programme import read_programme
from eligibility.scaffold import scaffold
from engine.core.errors import InputError

TODAY = date(2026, 11, 20)


def _new(folder: Path) -> Path:
    return scaffold(
        folder, "travel_card", ja="敬老カード", en="Travel Card", law="市要綱", articles="3条", office="citizen",
        event="E46", today=TODAY,
    )  # fmt: skip


def test_a_new_file_can_be_checked_at_once(tmp_path: Path) -> None:
    path = _new(tmp_path / "mine")
    found = check([path], TODAY)
    assert [(one.severity, one.text.partition(" ")[0]) for one in found] == [
        ("warning", "gives"),
        ("warning", "to_be_asked"),
        ("warning", "to_be_asked.ask"),
    ]
    assert all("ひな形の文のまま" in one.ja and one.line for one in found)
    programme = read_programme(path)
    assert (programme.name.ja, programme.office, list(programme.triggers)) == ("敬老カード", "citizen", ["E46"])
    assert programme.next_review == date(2027, 4, 1)


def test_a_new_file_says_in_japanese_what_belongs_where(tmp_path: Path) -> None:
    remarks = re.findall(r"  # (.*)", _new(tmp_path).read_text(encoding="utf-8"))
    assert len(remarks) > 10
    assert [remark for remark in remarks if remark.isascii()] == []


def test_the_examples_of_a_new_file_notice_every_change(tmp_path: Path) -> None:
    outcome = judge_examples(read_programme(_new(tmp_path)))
    assert outcome.share >= LEAST_NOTICED


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    _new(tmp_path)
    with pytest.raises(InputError, match="is there already"):
        _new(tmp_path)
