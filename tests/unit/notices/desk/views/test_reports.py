import re
from datetime import date, timedelta

from pytest_django import Settings

from notices.approval import audit
from notices.approval.models import JobRun, Notice, Suppression
from notices.desk.nights import NightState
from notices.desk.views.reports import volumes
from tests.support.anchor_bucket import anchored_in
from tests.support.morning import HOSTILE, MUNICIPALITY, NIGHT, NOW
from tests.unit.notices.desk.conftest import SignIn


def test_the_night_report_counts_what_the_night_did(morning: list[Notice], sign_in: SignIn) -> None:
    page = sign_in("aoki").get("/night/").content.decode()
    for words in ("受け入れ 3件", "読み込み 118行、隔離 0行", "見つけた出来事", "支援措置（L1）", "作った業務"):
        assert words in page


def test_a_halt_says_its_one_line_reason(morning: list[Notice], sign_in: SignIn) -> None:
    JobRun.objects.update(state="halted", summary={"halted": f"support_measures missing {HOSTILE}"})
    page = sign_in("aoki").get("/night/").content.decode()
    assert "support_measures missing" in page
    assert HOSTILE not in page
    for words in ("原因のファイル", "支援措置", "もう一度受け取り", "todoke night --date 2026-11-23"):
        assert words in page


def test_a_night_that_failed_says_what_the_operator_does(morning: list[Notice], sign_in: SignIn) -> None:
    JobRun.objects.update(state="failed", summary={})
    page = sign_in("aoki").get("/night/").content.decode()
    for words in ("途中で失敗しました", "サーバーの記録で原因を確かめ", "todoke night --date 2026-11-23"):
        assert words in page
    assert "もう一度受け取り" not in page


def test_while_a_night_runs_the_page_asks_by_itself_until_it_has_ended(morning: list[Notice], sign_in: SignIn) -> None:
    doing = {"stage": "detect_events", "done": 5, "of": 10}
    JobRun.objects.update(state="running", summary={"doing": doing}, ended_at=None)
    client = sign_in("aoki")
    page = client.get("/night/").content.decode()
    assert "10段階のうち6段階目：出来事を見つけています" in page
    assert 'src="/static/vendor/htmx/htmx.min.js"' in page
    asked = re.findall(r'hx-get="([^"]+)"', page)
    assert (len(asked), client.get(asked[0]).status_code) == (1, 204)
    JobRun.objects.update(summary={"doing": doing | {"stage": "match_programmes", "done": 7}})
    part = client.get(asked[0]).content.decode()
    assert "8段階目：制度と照合しています" in part
    assert "hx-get" in part
    JobRun.objects.update(state="done", summary={})
    part = client.get(asked[0]).content.decode()
    assert "夜間処理が終わりました" in part
    assert "hx-" not in part
    assert "htmx.min.js" not in client.get("/night/").content.decode()


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    client.get("/night/")
    session = client.session
    session["seen"] -= 600
    session.save()
    client.get("/night/progress/")
    assert client.session["seen"] == session["seen"]
    client.get("/night/")
    assert client.session["seen"] == session["seen"] + 600


def test_a_night_without_a_word_for_an_hour_says_whom_to_tell(morning: list[Notice], sign_in: SignIn) -> None:
    JobRun.objects.update(state="running", summary={}, heartbeat_at=NOW - timedelta(minutes=61))
    assert "1時間以上" in sign_in("aoki").get("/queue/").content.decode()


def test_before_the_first_night_the_report_says_so(morning: list[Notice], sign_in: SignIn) -> None:
    JobRun.objects.all().delete()
    assert "まだ動いていません" in sign_in("aoki").get("/night/").content.decode()


def test_the_audit_trail_walks_back_in_pages(morning: list[Notice], sign_in: SignIn) -> None:
    for number in range(120):
        audit.append(
            municipality=MUNICIPALITY,
            actor="aoki",
            action="address_opened",
            subject=f"notice:{number}",
            details={},
            at=NOW,
        )
    client = sign_in("endo")
    first = client.get("/audit/").content.decode()
    assert "notice:119" in first
    assert "notice:5<" not in first
    older = client.get("/audit/?before=21").content.decode()
    assert "notice:5<" in older
    assert client.get("/audit/?before=x").status_code == 200


def night_of(day: int, state: str = "done", **events: int) -> NightState:
    return NightState(
        on=date(2026, 11, day), state=state, started_at=NOW, ended_at=NOW, heartbeat_at=NOW, summary={"events": events}
    )


def test_volumes_stand_beside_what_the_nights_before_brought() -> None:
    found = volumes(
        [night_of(23, E01=8), night_of(22, E01=2, E05=4), night_of(21, E01=4), night_of(20, "failed", E01=99)]
    )
    assert [(one.code, one.tonight, one.usual, one.most) for one in found] == [("E01", 8, 3.0, 4), ("E05", 0, 2.0, 4)]
    assert [(one.width, one.mark) for one in found] == [(100.0, 37.5), (0.0, 25.0)]


def test_a_first_night_has_nothing_to_be_compared_with() -> None:
    assert volumes([]) == []
    (only,) = volumes([night_of(23, E01=8)])
    assert (only.tonight, only.usual) == (8, None)


def test_the_report_names_each_reason_with_its_law_and_draws_without_scripts(
    morning: list[Notice], sign_in: SignIn
) -> None:
    for number, (reason, law) in enumerate(
        [("support_measure", "law.md L1"), ("opted_out", "law.md L10"), ("opted_out", "law.md L10")]
    ):
        Suppression.objects.create(municipality_code=MUNICIPALITY, key=str(number), reason=reason, law=law, event_id="e", event="E01", subject_id="x", night=NIGHT)  # fmt: skip
    page = sign_in("endo").get("/night/").content.decode()
    for words in (
        "本人の希望（L10）",
        "law.md L10</span></th><td>2</td>",
        "law.md L1</span></th><td>1</td>",
        "<svg",
        "昨夜",
    ):
        assert words in page
    assert " style=" not in page


LEARNED = {
    "child_benefits": {
        "decisions": 2410, "in_use": True, "why": {}, "auc": 0.771, "calibration_error": 0.031, "found_first": 0.48, "found_first_by_deadline": 0.28,
        "recent": {"since": "2026-10-26", "cases": 310, "auc": 0.61, "calibration_error": 0.12, "troubled": 0.2, "troubled_before": 0.11, "drifted": True},
    },
    "insurance": {
        "decisions": 214, "in_use": False, "why": {"ja": "判断がまだ214件です", "en": "214 decisions so far"},
        "recent": {"since": "2026-10-26", "cases": 3},
    },
}  # fmt: skip


def test_what_was_learned_is_told_by_office_with_its_drift_or_why_it_is_not_used(
    morning: list[Notice], sign_in: SignIn
) -> None:
    assert "まだ学習していません" in sign_in("aoki").get("/night/").content.decode()
    JobRun.objects.create(
        job="learn", municipality_code=MUNICIPALITY, on=NIGHT, state="done", holder="test", heartbeat_at=NOW, started_at=NOW, ended_at=NOW,
        summary={"offices": LEARNED, "scored": 8},
    )  # fmt: skip
    page = sign_in("aoki").get("/night/").content.decode()
    for words in (
        "0.771",
        "ずれています",
        "11% → 20%",
        "先頭の2割に差し戻し・修正の48%",
        "判断がまだ214件です",
        "3件（比べるには足りません）",
    ):
        assert words in page


def test_a_bucket_of_anchors_that_is_away_is_said_on_the_audit_page(
    morning: list[Notice], sign_in: SignIn, settings: Settings
) -> None:
    settings.TODOKE = anchored_in(settings.TODOKE, "http://127.0.0.1:9")
    page = sign_in("endo").get("/audit/").content.decode()
    assert "バケット（消せない保管）に届きません" in page
    assert "設定 audit.bucket" in page
