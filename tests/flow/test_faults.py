"""Faulty files through loading, changes and detection: the flood is held and its cause names the column that was broken."""

from collections.abc import Iterator

import numpy as np
import pytest

from engine.core.settings import Settings
from tests.prove.faults import city, with_fault
from tests.support.faults import FAULTS, Fault, Feeds

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def small_city() -> Iterator[tuple[Settings, Feeds]]:
    with city(5_000, seed=1) as found:
        yield found


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_in_a_file_is_held_with_its_column(fault: Fault, small_city: tuple[Settings, Feeds]) -> None:
    report, named = with_fault(*small_city, fault, 40, np.random.default_rng(1))
    assert list(report.held) == [fault.code]
    # a ward is told from the wards of the nights before, of which a small town has too few
    assert named or fault.name == "ward moved", report.held[fault.code]["cause"]["en"]


def test_the_ordinary_night_is_not_held(small_city: tuple[Settings, Feeds]) -> None:
    report, _ = with_fault(*small_city, FAULTS["ward moved"], 0, np.random.default_rng(1))
    assert report.held == {}
