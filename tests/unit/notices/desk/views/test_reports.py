from datetime import date

from notices.approval import audit
from notices.approval.models import JobRun, Notice, Suppression
from notices.desk.nights import NightState
from notices.desk.views.reports import volumes
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


def test_what_the_volume_breaker_holds_is_said_with_its_numbers(morning: list[Notice], sign_in: SignIn) -> None:
    JobRun.objects.update(summary={"held": {"E09": {"expected": 4.2, "seen": 180}}})
    page = sign_in("aoki").get("/night/").content.decode()
    assert "転居" in page
    assert "予想 4.2、実際 180" in page


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
    return NightState(on=date(2026, 11, day), state=state, started_at=NOW, ended_at=NOW, summary={"events": events})


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
