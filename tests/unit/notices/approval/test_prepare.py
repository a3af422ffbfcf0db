from datetime import date
from pathlib import Path

import pytest

from notices.approval.models import Notice, StaffTask, Suppression
from notices.approval.prepare import Prepared, prepare_notices
from notices.recipients.publish import publish_safety
from tests.support.approvals import FRIDAY, Town, approve_wordings, items_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def run(town: Town, on: date = FRIDAY) -> Prepared:
    night = town.night(on)
    publish_safety(night)
    return prepare_notices(night)


def test_a_birth_becomes_one_notice(town: Town) -> None:
    approve_wordings()
    town.birth()
    report = run(town)
    notice = Notice.objects.get()
    assert report.summary() == {"notices": {"prepared": 1, "withdrawn": 0}, "tasks": {}, "suppressed": {}}
    assert (notice.number, notice.addressee_id) == ("N-2026-000001", "F1")
    assert [item.programme for item in items_of(notice)] == ["child_allowance", "infant_health_checks"]
    assert not StaffTask.objects.exists() and not Suppression.objects.exists()
