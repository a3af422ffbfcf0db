from notices.approval import audit
from notices.approval.models import JobRun, Notice
from tests.support.morning import HOSTILE, MUNICIPALITY, NOW
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
