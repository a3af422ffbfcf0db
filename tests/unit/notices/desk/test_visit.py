from django.urls import reverse

from notices.approval.models import Notice
from notices.desk.visit import desk_clock
from tests.support.morning import CLOCK
from tests.unit.notices.desk.conftest import SignIn


def test_the_clock_is_the_one_of_the_process(morning: list[Notice]) -> None:
    assert desk_clock() == CLOCK


def test_the_frame_says_where_when_and_who(morning: list[Notice], sign_in: SignIn) -> None:
    page = sign_in("aoki").get("/queue/").content.decode()
    for words in ("奈良市", "正常", "47秒", "青木", "承認者", "ログアウト", "本文へ進む"):
        assert words in page
    assert f'href="{reverse("audit")}"' not in page
