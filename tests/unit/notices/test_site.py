"""Django is set up from todoke's settings alone, once a process, on SQLite or PostgreSQL."""

from pathlib import Path

import pytest
from django.db import connection

from engine.core.errors import SettingsError
from notices.site import configure, database, django_values, installed
from tests.django_settings import TODOKE_SETTINGS, settings_in


def test_the_settings_django_was_given_can_be_read_back() -> None:
    assert installed().queue_url == TODOKE_SETTINGS.queue_url


def test_setting_up_again_on_the_same_store_does_nothing() -> None:
    before = installed()
    configure(TODOKE_SETTINGS)
    assert installed() is before


def test_one_process_works_on_one_store(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="another queue store"):
        configure(settings_in(tmp_path))


def test_a_site_without_its_key_file_does_not_start(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.paths.keys.unlink()
    with pytest.raises(SettingsError, match="todoke keys new"):
        django_values(settings)


def test_the_content_policy_allows_nothing_from_elsewhere(tmp_path: Path) -> None:
    allowed = django_values(settings_in(tmp_path))["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert allowed["default-src"] == ["'none'"]
    assert {source for sources in allowed.values() for source in sources} == {"'none'", "'self'"}


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_for_https_where_the_settings_say_so(secure: bool, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    desk = settings.desk.model_copy(update={"secure_cookies": secure})
    values = django_values(settings.model_copy(update={"desk": desk}))
    assert (values["SESSION_COOKIE_SECURE"], values["CSRF_COOKIE_SECURE"]) == (secure, secure)
    assert values["SESSION_COOKIE_HTTPONLY"] is True


@pytest.mark.django_db
def test_the_store_waits_for_locks_and_keeps_a_journal() -> None:
    with connection.cursor() as cursor:
        answers = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys")}
    assert answers == {"journal_mode": "wal", "foreign_keys": 1}


def test_a_store_that_must_survive_a_power_cut_is_synchronous(tmp_path: Path) -> None:
    made = database(f"sqlite:///{tmp_path}/deep/queue.sqlite3")
    assert made["NAME"] == f"{tmp_path}/deep/queue.sqlite3"
    assert (tmp_path / "deep").is_dir()
    assert "synchronous=FULL" in made["OPTIONS"]["init_command"]


def test_postgresql_is_read_from_its_address() -> None:
    made = database("postgresql://todoke:p%40ss@db.internal:5433/queue")
    assert (made["NAME"], made["USER"], made["PASSWORD"], made["HOST"], made["PORT"]) == (
        "queue", "todoke", "p@ss", "db.internal", "5433",
    )  # fmt: skip


@pytest.mark.parametrize("url", ["mysql://x/y", "queue.sqlite3"])
def test_another_kind_of_store_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="is not sqlite or postgresql"):
        database(url)
