import json

import pytest
from django.db import connection

from notices.approval import audit
from notices.site import installed
from tests.support.approvals import AT, CITY
from tests.unit.notices.commands.conftest import Run


def add(count: int) -> None:
    for number in range(count):
        audit.append(municipality=CITY, actor="aoki", action="approve", subject=f"N-{number}", details={}, at=AT)
    audit.anchor(installed(), at=AT)


def test_an_untouched_chain_is_intact(run: Run) -> None:
    add(3)
    done = run("audit", "verify")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["intact"] is True


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE approval_auditrow SET actor = 'baba' WHERE sequence = 2",
        "DELETE FROM approval_auditrow WHERE sequence = 2",
    ],
)
def test_a_touched_chain_exits_1_and_says_where(tampering: str, run: Run) -> None:
    add(3)
    with connection.cursor() as cursor:
        cursor.execute(tampering)
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["intact"] is False
    assert json.loads(done.stdout)["broken_at"] is not None
