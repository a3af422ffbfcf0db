from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

from notices.desk.serve import application
from tests.django_settings import TODOKE_SETTINGS


def get(path: str) -> tuple[str, bytes]:
    environ: dict[str, Any] = {"HTTP_HOST": "127.0.0.1", "PATH_INFO": path}
    setup_testing_defaults(environ)
    environ["HTTP_HOST"] = "127.0.0.1"
    answered: list[str] = []

    def start(status: str, headers: object, exc_info: object = None) -> Any:
        answered.append(status)

    body: Iterable[bytes] = application(TODOKE_SETTINGS)(environ, start)
    return answered[0], b"".join(body)


def test_the_application_answers_with_the_log_in_page(db: None) -> None:
    status, body = get("/login/")
    assert status == "200 OK"
    assert "ログイン" in body.decode()


def test_style_and_keys_are_served_from_where_they_stand(db: None) -> None:
    for path in (
        "/static/desk/desk.css",
        "/static/desk/desk.js",
        "/static/vendor/digital-go-jp-design-tokens/tokens.css",
    ):
        status, body = get(path)
        assert status == "200 OK"
        assert body
