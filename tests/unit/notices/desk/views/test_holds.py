from pathlib import Path

import pytest
from pytest_django import Settings

from notices.approval.models import AuditRow, Notice, RunRequest
from notices.site import installed
from tests.support.held_moves import CODE, NIGHT, hold_moves, with_its_snapshot
from tests.unit.notices.desk.conftest import SignIn

ADDRESS = f"/night/held/{NIGHT}/{CODE}/"


@pytest.fixture
def held(morning: list[Notice], tmp_path: Path, settings: Settings) -> None:
    hold_moves(tmp_path)
    settings.TODOKE = with_its_snapshot(installed(), tmp_path)


def test_the_report_shows_what_is_held_with_band_count_and_cause(held: None, sign_in: SignIn) -> None:
    page = sign_in("ikeda").get("/night/").content.decode()
    for words in ("転居", "4.2件前後、14件まで", "<strong>40</strong>", "住所コードが変わった", ADDRESS):
        assert words in page


def test_an_operator_asks_the_next_night_for_the_release(held: None, sign_in: SignIn) -> None:
    client = sign_in("ikeda")
    assert "次の夜に解除するよう頼む" in client.get(ADDRESS).content.decode()
    page = client.post(f"{ADDRESS}release/", {"reason": "団地が完成した"}, follow=True).content.decode()
    assert "転居の保留の解除を頼みました" in page
    assert "次の夜に解除" in page
    row = RunRequest.objects.get()
    assert (row.payload, row.asked_by, row.reason) == (
        {"code": CODE, "night": NIGHT.isoformat()},
        "ikeda",
        "団地が完成した",
    )
    assert AuditRow.objects.get().action == "run_requested"
    page = client.get(ADDRESS).content.decode()
    assert "池田が 11/24 08:30 に解除を頼みました" in page
    assert "/release/" not in page


def test_a_release_needs_a_reason(held: None, sign_in: SignIn) -> None:
    answer = sign_in("ikeda").post(f"{ADDRESS}release/", {"reason": " "})
    assert (answer.status_code, "解除する理由を書いてください" in answer.content.decode()) == (400, True)
    assert not RunRequest.objects.exists()


def test_what_the_records_do_not_hold_is_not_asked_for(morning: list[Notice], held: None, sign_in: SignIn) -> None:
    client = sign_in("ikeda")
    client.post(f"{ADDRESS}release/", {"reason": "x"})
    answer = client.post(f"{ADDRESS}release/", {"reason": "y"})
    assert (answer.status_code, "もう保留ではありません" in answer.content.decode()) == (400, True)
    assert RunRequest.objects.get().reason == "x"
    assert client.get(f"/night/held/{NIGHT}/E01/").status_code == 404


def test_others_are_told_who_releases(held: None, sign_in: SignIn) -> None:
    client = sign_in("aoki")
    assert "解除できるのは運用担当です" in client.get(ADDRESS).content.decode()
    assert client.post(f"{ADDRESS}release/", {"reason": "x"}).status_code == 403
    assert not RunRequest.objects.exists()
