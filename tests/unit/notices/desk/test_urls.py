import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from notices.accounts.models import Credential
from notices.approval import bulk, calls
from notices.approval.accounts import ROLES
from notices.approval.models import AuditRow, Decision, Notice, StaffMember
from notices.approval.officer import officer_of
from notices.approval.waiting import Filters
from notices.desk.access import Permission, Route, Scope
from notices.desk.catalogue import messages
from notices.desk.urls import ROUTES
from notices.recipients.models import Block, Wish
from notices.wording.models import Wording
from tests.support.morning import NOW
from tests.unit.notices.desk.conftest import SignIn

PUBLIC = {
    "log_in", "language", "notice_style", "second_factor", "set_up_second_factor", "own_password", "log_in_on", "sso", "sso_back",
}  # fmt: skip
#: what asks for a fresh second factor; the last two only sometimes
GRAVE = {
    "release_hold", "release_person", "open_account", "change_account", "unlock_account", "confirm_roles",
    "reset_second_factor", "reset_password", "confirm_reset", "close_task", "approve_selection",
}  # fmt: skip
PARTS = {
    "notice_id": 1,
    "task_id": 1,
    "selection_id": 1,
    "look_id": 1,
    "staff_id": 1,
    "wording_id": 1,
    "night": "2026-11-23",
    "code": "E05",
}


def address_of(name: str) -> str:
    route = next(route for route in ROUTES if route.name == name)
    return reverse(name, kwargs={part: value for part, value in PARTS.items() if f":{part}>" in route.path})


def test_every_address_django_knows_is_in_the_table_of_routes() -> None:
    known = {pattern.name for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)}
    assert len(get_resolver().url_patterns) == len(ROUTES)
    assert known == {route.name for route in ROUTES}


def test_every_route_names_its_permission_and_scope_and_only_the_door_is_public() -> None:
    assert all(isinstance(route.permission, Permission) for route in ROUTES)
    assert all(isinstance(route.scope, Scope) for route in ROUTES)
    assert {route.name for route in ROUTES if route.permission is Permission.PUBLIC} == PUBLIC


def test_every_grave_act_asks_who_is_there_and_has_words_for_what_it_is() -> None:
    grave = {route.name for route in ROUTES if route.grave is not None}
    assert grave == GRAVE
    assert {f"grave.{name}" for name in grave} == {key for key in messages() if key.startswith("grave.")}
    assert all("GET" not in route.methods for route in ROUTES if route.grave is not None)


@pytest.mark.parametrize("name", sorted(GRAVE - {"close_task", "approve_selection"}))
def test_a_grave_act_without_a_fresh_code_changes_nothing(name: str, things: None, sign_in: SignIn) -> None:
    StaffMember.objects.filter(user__username="aoki").update(roles=list(ROLES))
    Credential.objects.update_or_create(
        staff=StaffMember.objects.get(user__username="aoki"), defaults={"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}
    )
    before = snapshot()
    answer = sign_in("aoki").post(address_of(name), {"reason": "x"})
    assert (answer.status_code, "本人の確認" in answer.content.decode()) == (403, True)
    assert snapshot() == before


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in ROUTES if route.name not in PUBLIC])
def test_nobody_gets_past_the_log_in_unasked(route: object, client: Client, db: None) -> None:
    name: str = getattr(route, "name")  # noqa: B009
    methods: frozenset[str] = getattr(route, "methods")  # noqa: B009
    answer = client.get(address_of(name)) if "GET" in methods else client.post(address_of(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_a_route_without_permission_or_scope_cannot_be_written() -> None:
    for left_out in ("permission", "scope"):
        parts = {"path": "", "name": "x", "permission": Permission.STAFF, "scope": Scope.OFFICE, "view": len}
        del parts[left_out]
        with pytest.raises(TypeError, match=left_out):
            Route(**parts)  # type: ignore[arg-type]


@pytest.fixture
def things(morning: list[Notice]) -> None:
    """One of everything a route can name, made by aoki of child_benefits."""
    aoki = officer_of(User.objects.get(username="aoki"))
    bulk.select(aoki, filters=Filters(), picked=[morning[2].pk], today=NOW.date(), at=NOW)
    calls.find(officer=aoki, number=morning[3].number, reason="x", at=NOW)


def ask(client: Client, route: Route) -> int:
    address = address_of(route.name)
    return (client.get(address) if "GET" in route.methods else client.post(address)).status_code


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_exactly_the_routes_it_is_for(role: str, things: None, sign_in: SignIn) -> None:
    """Every role on every route: refused with 403 and its words, or let through to the view (which may ask for more)."""
    for route in ROUTES:
        if route.permission is Permission.PUBLIC:
            continue
        StaffMember.objects.filter(user__username="aoki").update(
            roles=[role]
        )  # a fresh log-in: logging out is a route too
        client = sign_in("aoki")
        address = address_of(route.name)
        answer = client.get(address) if "GET" in route.methods else client.post(address)
        refused = answer.status_code == 403 and "あなたの役割では" in answer.content.decode()
        assert refused == (role not in route.permission.value), f"{role} on {route.name}: {answer.status_code}"


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(one, id=one.name)
        for one in ROUTES
        if one.scope in (Scope.OFFICE, Scope.OWN) and "<int:" in one.path
    ],
)
def test_another_offices_things_are_not_there_whatever_the_role(route: Route, things: None, sign_in: SignIn) -> None:
    every = [role for role in ROLES if role != "support_measures"]
    StaffMember.objects.filter(user__username="chiba").update(roles=every, offices=["long_term_care"])
    before = snapshot()
    assert ask(sign_in("chiba"), route) in {403, 404}
    assert snapshot() == before


@pytest.mark.parametrize("route", [pytest.param(one, id=one.name) for one in ROUTES if one.scope is Scope.OWN])
def test_what_an_officer_chose_or_opened_is_no_colleagues(route: Route, things: None, sign_in: SignIn) -> None:
    before = snapshot()
    assert ask(sign_in("baba"), route) in {403, 404}
    assert snapshot() == before


POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)[^>]*>|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("route", [pytest.param(one, id=one.name) for one in ROUTES])
def test_no_page_is_stored_framed_or_open_to_inline_code(route: Route, things: None, sign_in: SignIn) -> None:
    """Every route, for who may open it, for who may not, and for nobody at all."""
    StaffMember.objects.filter(user__username="aoki").update(roles=list(ROLES))
    StaffMember.objects.filter(user__username="chiba").update(roles=[])
    for client in (sign_in("aoki"), sign_in("chiba"), Client()):
        for method in ("get", "post"):
            answer = getattr(client, method)(address_of(route.name))
            stored = answer["Cache-Control"]
            assert stored == "max-age=300" if route.name == "notice_style" and method == "get" else "no-store" in stored
            assert dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; ")) == POLICY
            assert answer["X-Frame-Options"] == "DENY"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Referrer-Policy"] == "same-origin"
            if answer["Content-Type"].startswith("text/html"):
                assert INLINE.findall(answer.content.decode()) == []


@pytest.mark.parametrize("role", ROLES)
def test_whatever_the_role_there_is_a_first_page_and_a_way_out(role: str, things: None, sign_in: SignIn) -> None:
    StaffMember.objects.filter(user__username="aoki").update(roles=[role])
    client = sign_in("aoki")
    assert client.get("/", follow=True).status_code == 200
    assert client.post("/logout/")["Location"] == "/login/"


def snapshot() -> list[object]:
    """What a refused request must leave as it was."""
    notices = list(Notice.objects.order_by("pk").values_list("state", "version", "claimed_by"))
    texts = list(Wording.objects.order_by("pk").values_list("state", "reviewer"))
    return [
        notices,
        texts,
        Decision.objects.count(),
        AuditRow.objects.count(),
        Block.objects.count(),
        Wish.objects.count(),
    ]


def test_a_change_cannot_be_made_by_following_a_link(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    for route in ROUTES:
        if "GET" not in route.methods:
            assert client.get(address_of(route.name)).status_code == 405
