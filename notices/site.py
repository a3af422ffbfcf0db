"""Sets Django up once, without a settings module: the only door to the models."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings as django_settings
from django.core.management import call_command

from engine.core.errors import SettingsError
from engine.core.settings import Settings
from notices.sealing import read_keys

_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
}
_HERE = Path(__file__).parent


def configure(settings: Settings) -> None:
    """Configures Django from todoke's settings; a second call with the same queue store does nothing."""
    values = django_values(settings)
    if django_settings.configured:
        if django_settings.DATABASES["default"]["NAME"] != values["DATABASES"]["default"]["NAME"]:
            raise SettingsError("this process already works on another queue store")
        return
    django_settings.configure(**values)
    django.setup()


def migrate() -> None:
    """Brings the queue store's tables up to date."""
    call_command("migrate", verbosity=0, interactive=False)


def django_values(settings: Settings) -> dict[str, Any]:
    """Django's settings as a dict: database, apps, templates, security. `tests/django_settings.py` uses it too."""
    keys = read_keys(settings.paths.keys)
    return {
        "SECRET_KEY": keys["web_key"].hex(),
        "FIELD_KEY": keys["field_key"],
        "IDENTITY_KEY": keys["identity_key"],
        "TODOKE": settings,
        "DEBUG": False,
        "ALLOWED_HOSTS": list(settings.desk.allowed_hosts),
        "DATABASES": {"default": database(settings.queue_url)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "axes",
            "notices.recipients",
            "notices.wording",
            "notices.approval",
        ],
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Tokyo",
        "LANGUAGE_CODE": "ja",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    }


def database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `sqlite:////path/file` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": _SQLITE_OPTIONS}
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.removeprefix("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}},
        }
    raise SettingsError(f"queue_url: {parts.scheme or 'no scheme'} is not sqlite or postgresql")
