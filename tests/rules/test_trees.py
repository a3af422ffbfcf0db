"""Every programme of ours is judged from what was written of it as from its file, at every time of its dated values."""

from datetime import timedelta
from pathlib import Path

import pytest

from eligibility.catalogue import files
from eligibility.compiled import of_day, spans_of, text_of
from eligibility.programme import read_programme


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_what_is_written_of_a_programme_is_what_its_file_comes_to(path: Path) -> None:
    programme = read_programme(path)
    found = spans_of(text_of(programme.spans(), "version"), "version")
    assert found == programme.spans()
    days = {day for value in programme.values.values() for day in value.values} | {programme.valid_from}
    for day in (near for one in days for near in (one - timedelta(days=1), one, one + timedelta(days=1))):
        assert of_day(found, day) == read_programme(path).compiled(day), day
