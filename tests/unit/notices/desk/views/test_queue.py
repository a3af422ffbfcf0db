import html
import re
from datetime import timedelta
from pathlib import Path

import pytest

from notices.approval import decide, queue
from notices.approval.models import JobRun, Notice, StaffMember
from notices.approval.officer import officer_of
from notices.recipients.models import SafetyPublication
from tests.support.looking import put_model
from tests.support.morning import HOSTILE, NOW, set_up_accounts, set_up_night
from tests.unit.notices.desk.conftest import SignIn


def queue_of(client: object, query: str = "") -> str:
    answer = getattr(client, "get")(f"/queue/{query}")  # noqa: B009
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_the_queue_shows_what_happened_how_many_and_by_when(morning: list[Notice], sign_in: SignIn) -> None:
    page = queue_of(sign_in("aoki"))
    for words in (
        "出生",
        "転入",
        morning[0].number,
        "児童手当",
        "11/27（金）",
        "あと3日",
        "さかのぼった届出",
        "英語",
        "ほか2制度",
    ):
        assert words in page


def test_an_office_sees_only_its_own_notices(morning: list[Notice], sign_in: SignIn) -> None:
    page = queue_of(sign_in("chiba"))
    assert morning[6].number in page
    assert morning[0].number not in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        pytest.param("?event=E05", 4, 0, id="event"),
        pytest.param("?language=en", 4, 0, id="language"),
        pytest.param("?urgency=2", 0, 3, id="urgency"),
        pytest.param("?flag=backdated", 0, 1, id="flag"),
        pytest.param("?programme=child_medical_subsidy", 0, 3, id="programme"),
    ],
)
def test_a_filter_leaves_what_fits(query: str, shown: int, hidden: int, morning: list[Notice], sign_in: SignIn) -> None:
    page = queue_of(sign_in("aoki"), query)
    assert morning[shown].number in page
    assert morning[hidden].number not in page


def test_a_filter_nothing_fits_says_how_to_see_all(morning: list[Notice], sign_in: SignIn) -> None:
    page = queue_of(sign_in("aoki"), "?event=E99")
    assert "条件に合うお知らせはありません" in page
    assert "条件を消す" in page


def test_a_colleague_on_a_notice_is_named(morning: list[Notice], sign_in: SignIn) -> None:
    baba = officer_of(StaffMember.objects.get(user__username="baba").user)
    decide.claim(morning[2].pk, officer=baba, at=NOW)
    assert "馬場が確認中" in queue_of(sign_in("aoki"))
    assert "あなたが確認中" in queue_of(sign_in("baba"))


def test_a_lease_that_ran_out_names_nobody(morning: list[Notice], sign_in: SignIn) -> None:
    baba = officer_of(StaffMember.objects.get(user__username="baba").user)
    decide.claim(morning[2].pk, officer=baba, at=NOW - timedelta(hours=3))
    assert "馬場が確認中" not in queue_of(sign_in("aoki"))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        pytest.param("running", "夜間処理が動いています", id="running"),
        pytest.param("halted", "昨夜の処理が止まりました", id="halted"),
        pytest.param("failed", "昨夜の処理が止まりました", id="failed"),
    ],
)
def test_a_night_that_is_not_finished_is_said_on_top(
    state: str, words: str, morning: list[Notice], sign_in: SignIn
) -> None:
    JobRun.objects.update(state=state)
    assert words in queue_of(sign_in("aoki"))


def test_an_empty_queue_says_why(db: None, desk_clock: None, sign_in: SignIn) -> None:
    set_up_accounts()
    assert "まだ一度も動いていません" in queue_of(sign_in("aoki"))
    set_up_night("done")
    assert "すべて判断済みです" in queue_of(sign_in("aoki"))


def test_stale_safety_data_is_said_before_anybody_tries(morning: list[Notice], sign_in: SignIn) -> None:
    SafetyPublication.objects.update(complete=False, reason="支援措置のファイルが届いていません")
    page = queue_of(sign_in("aoki"))
    assert "いまは承認できません" in page
    assert "支援措置のファイルが届いていません" in page


def test_hostile_text_is_shown_as_text(morning: list[Notice], sign_in: SignIn) -> None:
    Notice.objects.filter(pk=morning[0].pk).update(flags=[HOSTILE])
    assert HOSTILE not in queue_of(sign_in("aoki"))


def test_a_long_queue_is_turned_over_page_by_page_with_its_filter(
    morning: list[Notice], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notices.approval.queue.page.__kwdefaults__", {**queue.page.__kwdefaults__, "limit": 2})  # type: ignore[dict-item]
    client = sign_in("aoki")
    seen: list[str] = []
    address = "/queue/?event=E01"
    for _ in range(2):
        page = client.get(address).content.decode()
        seen += re.findall(r"N-2026-\d{6}</a>", page)
        assert "全4件のうち2件を表示" in page
        assert '出生 <span class="number">4件' in page
        following = re.search(r'href="(/queue/\?event=E01&amp;after=[^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    assert len(set(seen)) == 4
    assert address == ""


def test_the_filters_offer_what_is_on_every_page(
    morning: list[Notice], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notices.approval.queue.page.__kwdefaults__", {**queue.page.__kwdefaults__, "limit": 1})  # type: ignore[dict-item]
    page = queue_of(sign_in("aoki"))
    for words in (
        '<option value="E05"',
        '<option value="en"',
        '<option value="backdated"',
        '<option value="child_medical_subsidy"',
    ):
        assert words in page


SAID = {"child_benefits": {"probability": 0.4123, "spoke": [["flag:backdated", 1.0]], "shown": True}}


def test_what_the_model_would_look_at_first_is_marked_with_its_reason_and_hides_nothing(
    morning: list[Notice], sign_in: SignIn, models: Path
) -> None:
    Notice.objects.filter(pk=morning[3].pk).update(look=412, look_says=SAID)
    page = queue_of(sign_in("aoki"))
    assert "見てほしい順" not in page
    put_model(models, "child_benefits")
    page = queue_of(sign_in("aoki"), "?sort=look")
    for words in ("見てほしい順", "見てほしい 0.41", "理由：さかのぼった届出"):
        assert words in page
    shown = re.findall(r"(N-2026-\d{6})</a>", page)
    assert len(shown) == len(set(shown)) == 6
    first = morning[3].number
    assert shown.index(first) < shown.index(morning[0].number)
    assert "見てほしい" not in queue_of(sign_in("chiba"))


def test_only_what_may_go_together_can_be_ticked(morning: list[Notice], sign_in: SignIn) -> None:
    page = queue_of(sign_in("aoki"))
    ticks = re.findall(r'name="pick" value="(\d+)"', page)
    assert {int(pk) for pk in ticks} == {morning[at].pk for at in (2, 3, 4, 5)}
    assert 'name="pick"' not in queue_of(sign_in("goto"))
