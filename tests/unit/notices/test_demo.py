"""What the demo town is furnished with, and that nobody else gets it."""

import stat
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from eligibility import catalogue
from eligibility.programme import read_programme
from engine.core.clock import FixedClock
from engine.core.errors import StateError
from notices.demo import accounts_for, furnish, names, open_accounts, welcome
from notices.wording.language import voices
from notices.wording.models import Wording
from tests.django_settings import settings_in
from tests.support.approvals import AT

pytestmark = pytest.mark.django_db


def test_every_programme_is_published_worded_and_signed_for_the_demo(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    furnish(settings, FixedClock(AT), tmp_path)
    published = catalogue.published(settings.paths.catalogue, AT.date(), mode="demo")
    in_force = {path.stem for path in catalogue.files() if read_programme(path).in_force(AT.date())}
    assert {version.programme.slug for version in published} == in_force
    assert len(in_force) > 45
    assert Wording.objects.exists()
    spoken = Wording.objects.filter(language__in=("ja", "en"), register="plain")
    assert set(spoken.values_list("state", flat=True)) == {"approved"}
    worded = set(Wording.objects.exclude(programme="").values_list("programme", flat=True))
    assert worded == {path.stem for path in catalogue.files() if voices().keys() & read_programme(path).kinds.keys()}


def test_accounts_can_try_four_eyes_and_are_written_for_their_owner_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    accounts = open_accounts(settings, tmp_path)
    every_office = [account for account in accounts if set(account.offices) == set(settings.offices)]
    assert len([account for account in every_office if "approver" in account.roles]) == 2
    assert set(User.objects.values_list("username", flat=True)) == {account.username for account in accounts}
    listed = tmp_path / "accounts.txt"
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    for account in accounts:
        assert f"{account.username}\t{account.password}" in listed.read_text(encoding="utf-8")
        assert account.password not in repr(account)


def test_passwords_are_new_every_time(tmp_path: Path) -> None:
    first, second = accounts_for(settings_in(tmp_path)), accounts_for(settings_in(tmp_path))
    assert not {account.password for account in first} & {account.password for account in second}


def test_no_demo_account_is_made_in_production(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"mode": "production"})
    with pytest.raises(StateError, match="demo mode only"):
        open_accounts(settings, tmp_path)
    assert not User.objects.exists()


def test_what_the_nights_found_is_said_in_words_of_both_languages() -> None:
    said = names()
    assert said["E01"] == "E01 出生 birth"
    assert said["child_allowance"].startswith("児童手当 ")
    assert {path.stem for path in catalogue.files()} <= set(said)


def test_a_newcomer_is_told_how_to_open_the_desk(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    accounts = accounts_for(settings)
    said = welcome(settings, tmp_path, accounts, program="todoke")
    assert f"todoke --settings {tmp_path}/todoke.toml desk" in said
    assert f"http://{settings.desk.host}:{settings.desk.port}/" in said
    assert all(account.username in said and account.password in said for account in accounts)
