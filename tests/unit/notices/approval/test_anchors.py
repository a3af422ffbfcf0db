from datetime import timedelta
from pathlib import Path

import pytest

from notices.approval.anchors import Anchor, AnchorFile, line_of
from tests.support.approvals import AT, CITY

FIRST, SECOND = Anchor(sequence=3, hash="a" * 64, at=AT), Anchor(sequence=5, hash="b" * 64, at=AT + timedelta(hours=1))


@pytest.fixture
def file(tmp_path: Path) -> AnchorFile:
    return AnchorFile(path=tmp_path / "kept" / "audit.anchor", municipality=CITY)


def test_anchors_are_read_back_in_their_order(file: AnchorFile) -> None:
    assert (file.all(), file.newest()) == ([], None)
    file.write(FIRST)
    file.write(SECOND)
    assert (file.all(), file.newest()) == ([FIRST, SECOND], SECOND)


def test_the_same_head_is_written_once(file: AnchorFile) -> None:
    for hours in (0, 1):
        file.write(Anchor(sequence=3, hash="a" * 64, at=AT + timedelta(hours=hours)))
    assert file.all() == [FIRST]


def test_a_line_a_crash_cut_off_is_passed_over_and_the_next_one_stands_below_it(file: AnchorFile) -> None:
    file.write(FIRST)
    with file.path.open("a", encoding="utf-8") as stream:
        stream.write(line_of(SECOND, CITY)[:30])
    file.write(SECOND)
    assert file.all() == [FIRST, SECOND]


def test_another_municipalitys_anchors_are_not_read(file: AnchorFile) -> None:
    file.write(FIRST)
    AnchorFile(path=file.path, municipality="292028").write(SECOND)
    assert file.newest() == FIRST
