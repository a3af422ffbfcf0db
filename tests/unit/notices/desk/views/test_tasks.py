from notices.approval.models import AuditRow, Notice, StaffTask
from tests.support.approvals import WAS_INSURED
from tests.unit.notices.desk.conftest import SignIn


def test_the_list_says_what_to_find_out_and_by_when(morning: list[Notice], sign_in: SignIn) -> None:
    page = sign_in("aoki").get("/tasks/").content.decode()
    assert "条件を確かめる" in page
    assert "こども給付課の台帳で確かめてください" in page
    assert "あと2日" in page


def test_a_support_measure_task_is_for_its_desk_only(morning: list[Notice], sign_in: SignIn) -> None:
    task = StaffTask.objects.get(restricted=True)
    assert "支援措置の方に" not in sign_in("aoki").get("/tasks/").content.decode()
    assert sign_in("aoki").get(f"/tasks/{task.pk}/").status_code in {403, 404, 409}
    page = sign_in("fujii").get(f"/tasks/{task.pk}/").content.decode()
    assert "支援措置の方に出生の届出がありました" in page
    assert "ほかの職員や家族に伝えないでください" in page


def test_a_task_is_closed_with_what_was_found_out(morning: list[Notice], sign_in: SignIn) -> None:
    task = StaffTask.objects.get(kind="verify")
    answer = sign_in("aoki").post(f"/tasks/{task.pk}/close/", {"outcome": "台帳で確認した"}, follow=True)
    assert "業務を終えました" in answer.content.decode()
    task.refresh_from_db()
    assert (task.state, task.outcome, task.done_by) == ("done", "台帳で確認した", "aoki")
    assert AuditRow.objects.filter(subject=f"task:{task.pk}").exists()


def test_a_task_without_an_outcome_stays_open(morning: list[Notice], sign_in: SignIn) -> None:
    task = StaffTask.objects.get(kind="verify")
    answer = sign_in("aoki").post(f"/tasks/{task.pk}/close/", {"outcome": "  "})
    assert answer.status_code == 400
    assert "確かめた結果を書いてください" in answer.content.decode()
    task.refresh_from_db()
    assert task.state == "open"


def test_an_empty_list_says_so(morning: list[Notice], sign_in: SignIn) -> None:
    StaffTask.objects.all().delete()
    assert "開いている業務はありません" in sign_in("aoki").get("/tasks/").content.decode()


def test_a_task_names_the_condition_and_what_to_find_out(morning: list[Notice], sign_in: SignIn) -> None:
    task = StaffTask.objects.get(kind="verify")
    task.details = {"verify": [WAS_INSURED]}
    task.save()
    page = sign_in("aoki").get(f"/tasks/{task.pk}/").content.decode()
    assert "国民健康保険に入っていた" in page
    assert "国保の資格を確かめてください。" in page
