"""Sets Django up once, without a settings module: the only door to the models."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.conf import settings as django_settings
from django.core.management import call_command

from engine.core.clock import SystemClock
from engine.core.errors import SettingsError
from engine.core.settings import Settings
from notices.sealing import read_keys

_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # 16 MB of pages in memory for each connection: what a page of the desk reads of a large queue
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-16000;PRAGMA temp_store=MEMORY;"
    ),
}
#: short queries along indexes that stay in memory: starting helpers or compiling a plan takes longer than a page may
_POSTGRES_OPTIONS = "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 -c jit=off"
_KEPT_SECONDS = 600  #: a thread keeps its SQLite connection, and with it the pages it has read
_HERE = Path(__file__).parent


def configure(settings: Settings) -> None:
    """Configures Django from todoke's settings; a second call with the same queue store does nothing."""
    if django_settings.configured:
        if installed().queue_url != settings.queue_url:
            raise SettingsError("this process already works on another queue store")
        return
    django_settings.configure(**django_values(settings))
    django.setup()


def installed() -> Settings:
    """todoke's settings, as they were handed to Django."""
    found: Settings = getattr(django_settings, "TODOKE")  # noqa: B009 - not one of Django's own settings, so unknown to its types
    return found


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
        "TODOKE_CLOCK": settings.clock(),  # one clock a process: the demo's morning runs on from here
        "TODOKE_WALL_CLOCK": SystemClock(),  # what telephones and identity providers live by, also in the demo
        "DEBUG": False,
        "ALLOWED_HOSTS": list(settings.desk.allowed_hosts),
        "DATABASES": {"default": database(settings.queue_url)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "axes",
            "csp",
            "notices.recipients",
            "notices.wording",
            "notices.approval",
            "notices.accounts",
            "notices.desk",
        ],
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Tokyo",
        "LANGUAGE_CODE": "ja",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        **_web(settings),
        **_security(settings),
    }


def _web(settings: Settings) -> dict[str, Any]:
    """What serves the desk's pages. The desk is named by strings: this module stands below it."""
    return {
        "ROOT_URLCONF": "notices.desk.urls",
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "csp.middleware.CSPMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "axes.middleware.AxesMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "DIRS": [_HERE / "desk" / "templates"],
                "OPTIONS": {"environment": "notices.desk.environment.environment"},
            }
        ],
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "STATIC_URL": "/static/",
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.AppDirectoriesFinder"],
        "WHITENOISE_USE_FINDERS": True,  # no collecting step: the files are served from where they stand
        "WHITENOISE_AUTOREFRESH": False,
        "LOGGING": {  # faults go to standard error; Django's own default would mail them
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler", "level": "ERROR"}},
            "loggers": {"django": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
        },
        "LOGIN_URL": "/login/",
        "LOGIN_REDIRECT_URL": "/",
    }


def _security(settings: Settings) -> dict[str, Any]:
    """Sessions, cookies, lock-out, and a content policy that allows nothing but the desk's own files."""
    secure = settings.desk.secure_cookies
    return {
        "SESSION_COOKIE_AGE": settings.accounts.longest_hours * 3600,  # `accounts.sessions` ends idle ones sooner
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "notices.desk.views.problems.csrf_failed",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": ["'none'"],
                "script-src": ["'self'"],
                "style-src": ["'self'"],
                "img-src": ["'self'"],
                "font-src": ["'self'"],
                "connect-src": ["'self'"],
                "form-action": ["'self'"],
                "frame-ancestors": ["'none'"],
                "base-uri": ["'none'"],
            }
        },
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "notices.accounts.backend.StaffBackend",
        ],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
        ],
        "AXES_FAILURE_LIMIT": 5,
        "AXES_COOLOFF_TIME": timedelta(minutes=30),
        "AXES_LOCKOUT_PARAMETERS": ["username"],
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
        "AXES_LOCKOUT_CALLABLE": "notices.desk.views.problems.locked_out",
        "SILENCED_SYSTEM_CHECKS": ["axes.W003"],
    }


def database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `sqlite:////path/file` or `postgresql://user:password@host:port/name`; `?host=/folder` is a socket."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "CONN_MAX_AGE": _KEPT_SECONDS,
            "OPTIONS": _SQLITE_OPTIONS,
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.removeprefix("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or dict(parse_qsl(parts.query)).get("host", ""),  # ?host=/folder of a socket
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}, "options": _POSTGRES_OPTIONS},
        }
    raise SettingsError(f"queue_url: {parts.scheme or 'no scheme'} is not sqlite or postgresql")
