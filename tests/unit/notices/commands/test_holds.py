from engine.core.errors import InputError
from notices.approval.models import Notice
from tests.support.morning import set_up_morning
from tests.unit.notices.commands.conftest import Run


def test_a_hold_stops_a_persons_notices_and_its_release_gives_them_back(run: Run) -> None:
    notice = set_up_morning()[0]
    person = notice.addressee_id
    held = run("hold", person, "--reason", "asked by telephone", "--by", "aoki")
    assert held.exit_code == 0, held.exception
    assert held.stdout == "held: 1 notices\n"
    assert Notice.objects.get(pk=notice.pk).state == "held"
    released = run("release", person, "--reason", "asked again", "--by", "aoki")
    assert released.stdout == "released: 1\n"
    assert Notice.objects.get(pk=notice.pk).state == "prepared"


def test_a_hold_says_why_and_who_asked(run: Run) -> None:
    notice = set_up_morning()[0]
    done = run("hold", notice.addressee_id, "--reason", " ", "--by", "aoki")
    assert isinstance(done.exception, InputError)
    assert notice.addressee_id not in str(done.exception)
    assert Notice.objects.get(pk=notice.pk).state == "prepared"
