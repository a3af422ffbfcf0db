import csv
import io

import pytest
from django.test import Client

from notices.approval.models import AuditRow, Notice, StaffTask
from tests.support.morning import HOSTILE
from tests.unit.notices.desk.conftest import SignIn


def file_of(client: Client, address: str) -> list[list[str]]:
    answer = client.post(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer["Cache-Control"]
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_file_of_the_queue_says_what_the_queue_says(morning: list[Notice], sign_in: SignIn) -> None:
    head, *rows = file_of(sign_in("aoki"), "/queue/export/")
    assert head == ["番号", "出来事", "制度", "期限", "残り日数", "言語", "確認すること", "見てほしい", "理由"]
    assert [row[0] for row in rows] == [one.number for one in (morning[at] for at in (0, 1, 2, 4, 3, 5))]
    assert rows[0] == [
        morning[0].number, "出生", "児童手当、子ども医療費助成、乳幼児健康診査", "2026-11-27", "3", "日本語",
        "本人に確かめてもらう条件あり、さかのぼった届出", "", "",
    ]  # fmt: skip


def test_a_filter_and_an_order_are_kept(morning: list[Notice], sign_in: SignIn) -> None:
    rows = file_of(sign_in("aoki"), "/queue/export/?event=E05&sort=new")[1:]
    assert [row[0] for row in rows] == [morning[5].number, morning[4].number]


def test_nobody_reads_another_offices_rows_in_a_file(morning: list[Notice], sign_in: SignIn) -> None:
    rows = file_of(sign_in("chiba"), "/queue/export/")[1:]
    assert {row[0] for row in rows} == {morning[6].number, morning[7].number}


@pytest.mark.parametrize("address", ["/queue/export/", "/tasks/export/"])
def test_no_person_is_in_a_file(address: str, morning: list[Notice], sign_in: SignIn) -> None:
    text = str(file_of(sign_in("aoki"), address))
    for private in ("試験", "二条大路", "000000000000001", "000000000009001", "000000000000777"):
        assert private not in text


def test_a_formula_in_the_records_is_text_in_the_file(morning: list[Notice], sign_in: SignIn) -> None:
    StaffTask.objects.filter(key="t1").update(reason="=cmd|' /C calc'!A0")
    Notice.objects.filter(pk=morning[0].pk).update(flags=["@SUM(1+1)", HOSTILE])
    assert file_of(sign_in("aoki"), "/tasks/export/")[1][2] == "'=cmd|' /C calc'!A0"
    assert file_of(sign_in("aoki"), "/queue/export/")[1][6].startswith("'@SUM")


def test_tasks_of_support_measures_are_in_no_file(morning: list[Notice], sign_in: SignIn) -> None:
    assert "支援措置" not in str(file_of(sign_in("fujii"), "/tasks/export/"))
    assert len(file_of(sign_in("aoki"), "/tasks/export/")) == 2


def test_who_took_what_is_in_the_audit_chain(morning: list[Notice], sign_in: SignIn) -> None:
    file_of(sign_in("aoki"), "/queue/export/?event=E05")
    file_of(sign_in("aoki"), "/tasks/export/")
    rows = AuditRow.objects.filter(action__endswith="exported").order_by("sequence")
    assert [(row.actor, row.action, row.details) for row in rows] == [
        ("aoki", "queue_exported", {"filters": {"event": "E05"}, "rows": 2}),
        ("aoki", "tasks_exported", {"rows": 1}),
    ]


def test_the_queue_on_paper_has_the_rows_and_who_printed_it(morning: list[Notice], sign_in: SignIn) -> None:
    page = sign_in("aoki").get("/queue/print/?event=E01").content.decode()
    for words in (morning[0].number, morning[3].number, "さかのぼった届出", "青木", "出来事 出生", "4件"):
        assert words in page
    assert morning[4].number not in page
    assert "http://" not in page and "https://" not in page.replace("https://www.w3.org", "")


def test_a_notice_on_paper_has_its_grounds_and_takes_nothing_on(morning: list[Notice], sign_in: SignIn) -> None:
    page = sign_in("aoki").get(f"/notices/{morning[0].pk}/print/").content.decode()
    for words in (morning[0].number, "住民状態", "児童手当法 4条", "奈良市", "青木"):
        assert words in page
    for private in ("試験 1子", "二条大路"):
        assert private not in page
    assert Notice.objects.get(pk=morning[0].pk).claimed_by == ""


def test_another_offices_evidence_is_not_on_paper(morning: list[Notice], sign_in: SignIn) -> None:
    assert sign_in("chiba").get(f"/notices/{morning[0].pk}/print/").status_code == 404
