import pytest
from django.db import connection

from tests.django_settings import OTHER_STORE


@pytest.mark.django_db
def test_the_tests_run_on_the_store_that_was_asked_for() -> None:
    assert connection.vendor == ("postgresql" if OTHER_STORE else "sqlite")
