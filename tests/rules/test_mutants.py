"""Change one thing in a programme file, and one of its examples must notice: at least 95 in 100 changes, programme by programme."""

from pathlib import Path

import pytest

from eligibility.catalogue import files
from eligibility.mutants import LEAST_NOTICED, judge_examples
from eligibility.programme import read_programme


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in files()])
def test_the_examples_notice_what_is_changed(path: Path) -> None:
    outcome = judge_examples(read_programme(path))
    assert outcome.share >= LEAST_NOTICED, [(one.place, one.change) for one in outcome.survivors]
