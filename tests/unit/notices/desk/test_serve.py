from collections.abc import Iterable
from typing import Any, Protocol, runtime_checkable
from wsgiref.util import setup_testing_defaults

import pytest

from engine.core.errors import SettingsError
from notices.desk.serve import application
from tests.django_settings import TODOKE_SETTINGS


@runtime_checkable
class Closing(Protocol):
    """A WSGI answer that holds something open."""

    def close(self) -> None:
        """Lets go of it."""


def get(path: str) -> tuple[str, bytes]:
    environ: dict[str, Any] = {"HTTP_HOST": "127.0.0.1", "PATH_INFO": path}
    setup_testing_defaults(environ)
    environ["HTTP_HOST"] = "127.0.0.1"
    answered: list[str] = []

    def start(status: str, headers: object, exc_info: object = None) -> Any:
        answered.append(status)

    body: Iterable[bytes] = application(TODOKE_SETTINGS)(environ, start)
    content = b"".join(body)
    if isinstance(body, Closing):  # as every server does: a static file is open until then
        body.close()
    return answered[0], content


def test_the_application_answers_with_the_log_in_page(db: None) -> None:
    status, body = get("/login/")
    assert status == "200 OK"
    assert "ログイン" in body.decode()


def test_another_queue_store_is_refused() -> None:
    with pytest.raises(SettingsError, match="another queue store"):
        application(TODOKE_SETTINGS.model_copy(update={"queue_url": "sqlite:////elsewhere/queue.sqlite3"}))


def test_style_and_keys_are_served_from_where_they_stand(db: None) -> None:
    for path in (
        "/static/desk/desk.css",
        "/static/desk/desk.js",
        "/static/vendor/digital-go-jp-design-tokens/tokens.css",
    ):
        status, body = get(path)
        assert status == "200 OK"
        assert body
