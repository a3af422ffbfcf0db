import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from notices.approval.models import Notice
from notices.desk.access import Permission
from notices.desk.urls import ROUTES
from tests.unit.notices.desk.conftest import SignIn

PUBLIC = {"log_in", "language", "notice_style"}
PARTS = {"notice_id": 1, "task_id": 1, "selection_id": 1}


def address_of(name: str) -> str:
    route = next(route for route in ROUTES if route.name == name)
    return reverse(name, kwargs={part: value for part, value in PARTS.items() if f":{part}>" in route.path})


def test_every_address_django_knows_is_in_the_table_of_routes() -> None:
    known = {pattern.name for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)}
    assert len(get_resolver().url_patterns) == len(ROUTES)
    assert known == {route.name for route in ROUTES}


def test_every_route_names_a_permission_and_only_the_door_is_public() -> None:
    assert all(isinstance(route.permission, Permission) for route in ROUTES)
    assert {route.name for route in ROUTES if route.permission is Permission.PUBLIC} == PUBLIC


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in ROUTES if route.name not in PUBLIC])
def test_nobody_gets_past_the_log_in_unasked(route: object, client: Client, db: None) -> None:
    name: str = getattr(route, "name")  # noqa: B009
    methods: frozenset[str] = getattr(route, "methods")  # noqa: B009
    answer = client.get(address_of(name)) if "GET" in methods else client.post(address_of(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


@pytest.mark.parametrize(
    ("username", "name", "status"),
    [
        pytest.param("doi", "queue", 200, id="a viewer reads the queue"),
        pytest.param("doi", "approve", 403, id="a viewer does not approve"),
        pytest.param("doi", "reject", 403, id="a viewer does not send back"),
        pytest.param("doi", "open_address", 403, id="a viewer does not open addresses"),
        pytest.param("goto", "approve", 403, id="a reviewer does not approve"),
        pytest.param("aoki", "audit", 403, id="an approver does not read the audit trail"),
        pytest.param("endo", "audit", 200, id="an auditor does"),
        pytest.param("endo", "queue", 403, id="an auditor does not read notices"),
        pytest.param("fujii", "tasks", 200, id="the support-measure desk works its tasks"),
        pytest.param("endo", "tasks", 403, id="an auditor has no tasks"),
        pytest.param("endo", "night", 200, id="an auditor reads the night report"),
    ],
)
def test_roles_open_what_they_are_for(
    username: str, name: str, status: int, morning: list[Notice], sign_in: SignIn
) -> None:
    client = sign_in(username)
    route = next(route for route in ROUTES if route.name == name)
    answer = client.get(address_of(name)) if "GET" in route.methods else client.post(address_of(name))
    assert answer.status_code == status


def test_a_change_cannot_be_made_by_following_a_link(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    for route in ROUTES:
        if "GET" not in route.methods:
            assert client.get(address_of(route.name)).status_code == 405
