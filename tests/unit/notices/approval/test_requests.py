from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from engine.core.errors import InputError, StateError
from engine.core.requests import RELEASE_HOLD, SWEEP
from engine.records.snapshot import publish_snapshot
from notices.approval.audit import verify
from notices.approval.models import AuditRow, RunRequest
from notices.approval.refusals import NotAllowed
from notices.approval.requests import DjangoRunRequests, ask, ask_release, done, waiting
from notices.site import installed
from tests.support.approvals import AT, CITY, officer
from tests.support.eventful import BASELINE, FIRST, Register
from tests.support.morning import CLOCK

pytestmark = pytest.mark.django_db
OPERATOR = officer("op", roles=("operator",))
HOLD = {"code": "E09", "night": FIRST.isoformat()}


def test_what_is_asked_waits_and_is_done_once() -> None:
    row = ask(RELEASE_HOLD, HOLD, officer=OPERATOR, reason=" 団地が完成した ", at=AT)
    ask(SWEEP, {"programme": "x"}, officer=OPERATOR, reason="新しい制度", at=AT)
    assert [(one.pk, one.payload, one.asked_by, one.reason) for one in waiting(CITY, RELEASE_HOLD)] == [
        (row.pk, HOLD, "op", "団地が完成した")
    ]
    assert waiting("292095", RELEASE_HOLD) == []
    done(row.pk, "40 events", at=AT + timedelta(hours=18))
    assert waiting(CITY, RELEASE_HOLD) == []
    kept = RunRequest.objects.get(pk=row.pk)
    assert (kept.done_at, kept.outcome) == (AT + timedelta(hours=18), "40 events")
    with pytest.raises(StateError, match="done already"):
        done(row.pk, "40 events", at=AT)


def test_who_asked_why_and_what_came_of_it_stand_in_the_audit_chain() -> None:
    row = ask(RELEASE_HOLD, HOLD, officer=OPERATOR, reason="団地が完成した", at=AT)
    (request,) = DjangoRunRequests(CITY, CLOCK).waiting(RELEASE_HOLD)
    DjangoRunRequests(CITY, CLOCK).done(request, "40 events")
    told = list(AuditRow.objects.order_by("sequence").values_list("actor", "action", "subject", "details"))
    assert told == [
        (
            "op",
            "run_requested",
            f"request:{row.pk}",
            {"kind": RELEASE_HOLD, "payload": HOLD, "reason": "団地が完成した"},
        ),
        ("night", "run_performed", f"request:{row.pk}", {"kind": RELEASE_HOLD, "outcome": "40 events"}),
    ]
    checked = verify(CITY, installed().paths.anchor)
    assert (checked.intact, checked.unanchored) == (True, 0)


@pytest.mark.parametrize("change", [{"reason": "x"}, {"payload": {"code": "E10"}}], ids=["why", "what"])
def test_a_changed_request_in_the_chain_is_found(change: dict[str, object]) -> None:
    ask(RELEASE_HOLD, HOLD, officer=OPERATOR, reason="団地が完成した", at=AT)
    row = AuditRow.objects.get()
    AuditRow.objects.update(details=row.details | change)
    assert not verify(CITY, installed().paths.anchor).intact


@pytest.mark.parametrize(
    ("kind", "roles", "allowed"),
    [
        (RELEASE_HOLD, ("operator",), True),
        (RELEASE_HOLD, ("approver", "reviewer", "administrator"), False),
        (SWEEP, ("approver",), True),
        (SWEEP, ("viewer",), False),
    ],
)
def test_a_role_may_ask_for_its_kinds_alone(kind: str, roles: tuple[str, ...], allowed: bool) -> None:
    if allowed:
        ask(kind, {}, officer=officer("a", roles=roles), reason="x", at=AT)
    else:
        with pytest.raises(NotAllowed):
            ask(kind, {}, officer=officer("a", roles=roles), reason="x", at=AT)
    assert RunRequest.objects.exists() == AuditRow.objects.exists() == allowed


@pytest.mark.parametrize(
    ("asker", "reason", "said"), [(OPERATOR, " ", "--reason"), (officer(" ", roles=("operator",)), "x", "--by")]
)
def test_a_request_says_who_and_why(asker: object, reason: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ask(RELEASE_HOLD, HOLD, officer=asker, reason=reason, at=AT)  # type: ignore[arg-type]
    assert not RunRequest.objects.exists()


def test_the_same_is_not_asked_twice_while_it_waits() -> None:
    row = ask(RELEASE_HOLD, HOLD, officer=OPERATOR, reason="x", at=AT)
    with pytest.raises(InputError, match="op has asked"):
        ask(RELEASE_HOLD, HOLD, officer=officer("other", roles=("operator",)), reason="y", at=AT)
    ask(RELEASE_HOLD, HOLD | {"code": "E10"}, officer=OPERATOR, reason="x", at=AT)
    done(row.pk, "0 events", at=AT)
    ask(RELEASE_HOLD, HOLD, officer=OPERATOR, reason="x", at=AT)


def test_only_what_the_snapshot_says_is_held_can_be_released(tmp_path: Path, settings: Settings) -> None:
    register = Register(tmp_path)
    for number in range(40):
        register.lives(f"m{number}", household_id=f"m{number}")
        register.row(f"m{number}", FIRST, "MOVE_WITHIN", household_id=f"m{number}", addr_line=f"9-{number}")
    register.run(BASELINE, FIRST)
    publish_snapshot(register.night(FIRST))
    site = installed()
    paths = site.paths.model_copy(update={"snapshot": register.settings.paths.snapshot})
    settings.TODOKE = site.model_copy(update={"paths": paths})
    with pytest.raises(InputError, match="no event E05"):
        ask_release("E05", FIRST.isoformat(), officer=OPERATOR, reason="x", at=AT)
    assert not RunRequest.objects.exists()
    assert ask_release("E09", FIRST.isoformat(), officer=OPERATOR, reason="x", at=AT).payload == HOLD
