from engine.core.errors import SafetyStop
from notices.recipients.models import SafetyPublication
from tests.support.morning import set_up_morning
from tests.unit.notices.commands.conftest import Run


def test_nothing_is_handed_over_without_safety_facts(run: Run) -> None:
    done = run("dispatch")
    assert isinstance(done.exception, SafetyStop)
    assert done.stdout == ""


def test_incomplete_safety_facts_stop_everything(run: Run) -> None:
    set_up_morning()
    SafetyPublication.objects.update(complete=False, data_date=None, reason="the file is missing")
    assert isinstance(run("dispatch").exception, SafetyStop)
