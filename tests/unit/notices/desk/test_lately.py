from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.test import override_settings

from engine.core.clock import TOKYO
from engine.core.settings import Desk
from notices.desk.lately import lately
from tests.django_settings import TODOKE_SETTINGS

AT = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)


@pytest.fixture
def desk() -> Iterator[None]:
    """A desk whose numbers may be twenty seconds old."""
    with override_settings(TODOKE=TODOKE_SETTINGS.model_copy(update={"desk": Desk(counts_seconds=20)})):
        yield


@pytest.mark.parametrize(
    ("seconds", "acted", "asked_anew"),
    [
        (0, None, False),
        (1.9, None, False),
        (2, None, True),
        (-1, None, True),
        (1, -5, False),
        (1, 0, True),
        (1, 0.5, True),
    ],
)
def test_what_was_asked_a_moment_ago_is_not_asked_again(
    seconds: float, acted: float | None, asked_anew: bool, desk: None
) -> None:
    numbers, city = count(), f"{seconds} {acted}"
    lately(city, "night", lambda: next(numbers), at=AT)
    acted_at = None if acted is None else AT + timedelta(seconds=acted)
    found = lately(city, "night", lambda: next(numbers), at=AT + timedelta(seconds=seconds), acted_at=acted_at)
    assert found == int(asked_anew)


def test_cities_and_questions_are_kept_apart(desk: None) -> None:
    said = [lately(city, what, lambda: (city, what), at=AT) for city in "ab" for what in ("night", "names")]  # noqa: B023
    assert said == [("a", "night"), ("a", "names"), ("b", "night"), ("b", "names")]


def test_where_numbers_may_not_be_old_nothing_is_kept() -> None:
    numbers = count()
    assert [lately("c", "night", lambda: next(numbers), at=AT) for _ in range(3)] == [0, 1, 2]


def test_what_could_not_be_asked_is_asked_again(desk: None) -> None:
    with pytest.raises(ZeroDivisionError):
        lately("d", "night", lambda: 1 // 0, at=AT)
    assert lately("d", "night", lambda: 1, at=AT) == 1
