"""The desk's morning, a clock that stands at 8:30, and clients that are logged in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from notices.accounts.backend import PATH
from notices.approval.models import Notice
from tests.support.morning import CLOCK, set_up_morning

SignIn = Callable[[str], Client]


@pytest.fixture
def desk_clock(settings: Settings) -> None:
    settings.TODOKE_CLOCK = settings.TODOKE_WALL_CLOCK = CLOCK
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # seven accounts a test


@pytest.fixture
def models(tmp_path: Path, settings: Settings) -> Path:
    """An empty folder for models, of this test's own."""
    paths = settings.TODOKE.paths.model_copy(update={"models": tmp_path / "models"})
    settings.TODOKE = settings.TODOKE.model_copy(update={"paths": paths})
    return tmp_path / "models"


@pytest.fixture
def morning(db: None, desk_clock: None) -> list[Notice]:
    return set_up_morning()


@pytest.fixture
def sign_in() -> SignIn:
    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=username), backend=PATH)
        return client

    return signed_in
