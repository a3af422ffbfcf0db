"""Faulty files through loading, changes and detection: the flood is held, alone, and its cause names the column that was broken."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.prove.faults import City, Found, city
from tests.support.faults import FAULTS, Fault

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def small_city() -> Iterator[tuple[City, Found]]:
    """A city on its second night, which is ordinary, and what that night brings."""
    with city(5_000, seed=1, ordinary=1, faulty=1) as found:
        report, events = found.tonight()
        assert report.held == {}
        yield found, events


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_in_a_file_is_held_with_its_column(fault: Fault, small_city: tuple[City, Found]) -> None:
    town, ordinary = small_city
    (tried,) = town.with_faults({fault: 40}, ordinary, np.random.default_rng(1))
    assert (tried.added >= 40, tried.held, tried.alone) == (True, True, True)
    # a ward is told from the wards of the nights before, of which a small town has too few
    assert tried.named or fault.name == "ward moved"


def test_three_floods_of_a_night_are_held_each_for_itself(small_city: tuple[City, Found]) -> None:
    town, ordinary = small_city
    faults = [FAULTS[name] for name in ("column shifted", "ward moved", "reasons mapped to a wrong code")]
    tried = town.with_faults(dict.fromkeys(faults, 40), ordinary, np.random.default_rng(1))
    assert [one.held for one in tried] == [True, True, True]
    assert all(one.alone for one in tried)


def test_the_night_without_its_faults_ends_where_it_was(small_city: tuple[City, Found]) -> None:
    town, ordinary = small_city
    town.with_faults({FAULTS["ward moved"]: 40}, ordinary, np.random.default_rng(1))
    assert town.tonight_again() == ordinary
