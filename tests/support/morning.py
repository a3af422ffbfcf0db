"""A small, realistic morning on the desk: a handful of notices, tasks, colleagues, and fresh safety tables."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from engine.core.clock import TOKYO, FixedClock
from notices.approval.accounts import make_account
from notices.approval.hashing import content_hash
from notices.approval.models import Item, JobRun, Notice, NoticeBody, StaffTask
from notices.recipients.models import Contact, SafetyPublication
from notices.wording.models import Wording

MUNICIPALITY = "292010"
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)
CLOCK = FixedClock(NOW)
NIGHT = date(2026, 11, 23)
PASSWORD = "tsurezure-naru-mama-ni"
HOSTILE = '<script>alert("x")</script>'

#: programme → (ja, office, what it may give)
PROGRAMMES = {
    "child_allowance": ("児童手当", "child_benefits", "お子さん1人につき月15,000円（3歳になる月まで）"),
    "child_medical_subsidy": ("子ども医療費助成", "child_benefits", "病院で払うお金の一部"),
    "infant_health_checks": ("4か月児健康診査", "maternal_health", "お子さんの健康を見ます。無料です"),
    "nhi_funeral_grant": ("葬祭費", "insurance", "葬儀を行った方に30,000円"),
    "nhi_job_loss_reduction": ("国民健康保険料の軽減", "insurance", "離職した方の保険料の一部"),
    "ltc_at_65": ("介護保険", "long_term_care", "介護保険証をお送りします"),
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one notice of the morning is about."""

    event: str
    programmes: tuple[str, ...]
    due_on: date | None
    urgency: int = 0
    language: str = "ja"
    flags: tuple[str, ...] = ()
    before: dict[str, Any] = field(default_factory=dict)


MORNING = (
    Plan(
        event="E01", programmes=("child_allowance", "child_medical_subsidy", "infant_health_checks"),
        due_on=date(2026, 11, 27), urgency=2, flags=("ask", "backdated"),
    ),
    Plan(event="E01", programmes=("child_allowance", "child_medical_subsidy"), due_on=date(2026, 12, 4), urgency=1, flags=("ask",)),
    Plan(event="E01", programmes=("child_allowance", "child_medical_subsidy"), due_on=date(2026, 12, 8), urgency=1),
    Plan(event="E01", programmes=("child_allowance",), due_on=date(2026, 12, 9)),
    Plan(event="E05", programmes=("child_allowance", "child_medical_subsidy"), due_on=date(2026, 12, 8), urgency=1, language="en"),
    Plan(event="E05", programmes=("child_allowance",), due_on=date(2026, 12, 10)),
    Plan(event="E10", programmes=("nhi_funeral_grant",), due_on=date(2028, 11, 20)),
    Plan(event="E28", programmes=("nhi_job_loss_reduction",), due_on=None, flags=("ask",)),
)  # fmt: skip

_WORDING = "b" * 64
_CRITERIA = [
    {"id": name, "label": {"ja": ja, "en": name.replace("_", " ")}, "result": result, "when_unknown": then, "value": value,
     "threshold": limit, "unit": unit, "cites": law, "find_out": None}
    for name, ja, result, then, value, limit, unit, law in (
        ("lives_here", "市に住んでいる", "met", "verify", "RESIDENT", "RESIDENT", "", "児童手当法 4条"),
        ("within_age", "18歳になって最初の3月31日まで", "met", "verify", 0, 18, "years", "児童手当法 3条"),
        ("not_public_servant", "公務員ではない", "unknown", "ask", None, None, "", "児童手当法 17条"),
    )
]  # fmt: skip
_EVIDENCE = [
    {"table": "residents", "column": "status", "ja": "住民状態", "before": None, "after": "RESIDENT", "file_date": "2026-11-20"},
    {"table": "residents", "column": "move_reason", "ja": "異動事由", "before": None, "after": "BIRTH", "file_date": "2026-11-20"},
    {"table": "residents", "column": "rel1", "ja": "続柄", "before": None, "after": "CHILD", "file_date": "2026-11-20"},
]  # fmt: skip


def set_up_morning(*, night_state: str = "done") -> list[Notice]:
    """Accounts, last night, safety tables, notices in the order of MORNING, and three staff tasks."""
    set_up_accounts()
    set_up_night(night_state)
    publish_safety()
    approve_wordings()
    notices = [make_notice(number, plan) for number, plan in enumerate(MORNING, start=1)]
    make_task(
        "verify",
        "child_benefits",
        "児童扶養手当を受けているか、こども給付課の台帳で確かめてください。",
        key="t1",
        due_days=2,
    )
    make_task("unknown_date", "insurance", "死亡日が不詳です。戸籍の写しで確かめてください。", key="t2", due_days=9)
    make_task(
        "support_measure", "citizen", "支援措置の方に出生の届出がありました。", key="t3", due_days=1, restricted=True
    )
    return notices


def set_up_more(count: int) -> list[Notice]:
    """Further births without a flag, one programme each, with deadlines over a month."""
    first = len(MORNING) + 1
    plans = [
        Plan(event="E01", programmes=("child_allowance",), due_on=date(2026, 12, 9) + timedelta(days=number % 30))
        for number in range(count)
    ]
    return [make_notice(number, plan) for number, plan in enumerate(plans, start=first)]


def set_up_accounts() -> None:
    """Two colleagues of child_benefits, one of insurance, a viewer, an auditor, and the support-measure desk."""
    accounts: tuple[tuple[str, str, list[str], list[str]], ...] = (
        ("aoki", "青木", ["child_benefits"], ["reviewer", "approver"]),
        ("baba", "馬場", ["child_benefits"], ["reviewer", "approver"]),
        ("chiba", "千葉", ["insurance"], ["reviewer", "approver"]),
        ("doi", "土井", ["child_benefits"], ["viewer"]),
        ("endo", "遠藤", [], ["auditor"]),
        ("fujii", "藤井", ["citizen"], ["support_measures"]),
        ("goto", "後藤", ["child_benefits"], ["reviewer"]),
    )
    for username, display_name, offices, roles in accounts:
        make_account(
            username, PASSWORD, display_name=display_name, offices=offices, roles=roles, municipality=MUNICIPALITY
        )


def set_up_night(state: str) -> JobRun:
    """The ledger's row of last night."""
    started = datetime(2026, 11, 24, 2, 0, tzinfo=TOKYO)
    summary: dict[str, Any] = {
        "feeds": {"accepted": ["residents", "support_measures", "child_allowance"], "rejected": []},
        "rows": {"loaded": 118, "quarantined": 0},
        "changes": {"appeared": 9, "changed": 31, "corrected": 4},
        "events": {"E01": 4, "E05": 2, "E10": 1, "E28": 1},
        "matches": {"eligible": 9, "possible": 5, "ineligible": 3},
        "notices": {"prepared": 8, "withdrawn": 0},
        "tasks": {"verify": 1, "unknown_date": 1, "support_measure": 1},
        "suppressed": {"support_measure": 1},
        "held": {},
    }
    if state == "halted":
        summary["halted"] = "支援措置のファイルが届いていません（support_measures、2026-11-20）"
    return JobRun.objects.create(
        job="night", municipality_code=MUNICIPALITY, on=NIGHT, state=state, holder="test", heartbeat_at=started,
        started_at=started, ended_at=None if state == "running" else started + timedelta(seconds=47),
        summary={} if state == "running" else summary,
    )  # fmt: skip


def publish_safety(*, complete: bool = True) -> SafetyPublication:
    """Safety tables whose data date is the last office day before NOW."""
    return SafetyPublication.objects.create(
        municipality_code=MUNICIPALITY, night=NIGHT, data_date=date(2026, 11, 20) if complete else None,
        complete=complete, reason="" if complete else "支援措置のファイルが届いていません", published_at=NOW,
    )  # fmt: skip


def approve_wordings() -> None:
    """The texts of the morning's notices, each approved."""
    uses = {(programme, plan.event) for plan in MORNING for programme in plan.programmes}
    for programme, event in sorted(uses):
        Wording.objects.create(
            municipality_code=MUNICIPALITY, programme=programme, event=event, kind="entitlement", language="ja",
            register="plain", version=_WORDING, sections={}, drafter="template", state=Wording.State.APPROVED,
            approved_by="clerk", approved_at=NOW, created_at=NOW,
        )  # fmt: skip


def make_notice(number: int, plan: Plan) -> Notice:
    """A prepared notice with its items, its text and its addressee's contact."""
    resident = f"{number:015d}"
    notice = Notice.objects.create(
        municipality_code=MUNICIPALITY, key=f"{number:064x}", number=f"N-2026-{4200 + number:06d}", event=plan.event,
        event_id=f"event-{number}", occurred_on=date(2026, 11, 18), night=NIGHT, addressee_id=resident,
        addressee_reason="next_of_kin" if plan.event == "E10" else "claimant", subject_ids=[resident],
        household_id=f"{9000 + number:015d}", language=plan.language, urgency=plan.urgency, due_on=plan.due_on,
        flags=list(plan.flags), content_hash="", prepared_at=NOW, changed_at=NOW,
    )  # fmt: skip
    for position, programme in enumerate(plan.programmes):
        _make_item(notice, programme, position, plan)
    body = NoticeBody.objects.create(notice=notice, text=text_of(notice, plan))
    notice.content_hash = content_hash(notice, notice.items.all(), body.text)
    notice.save(update_fields=["content_hash"])
    Contact.objects.create(
        municipality_code=MUNICIPALITY, resident_id=resident, household_id=notice.household_id, status="RESIDENT",
        name=f"試験 {number}子", postal="630-8580", address=f"奈良市二条大路南一丁目1番{number}号", source="residents",
        language=plan.language, data_date=date(2026, 11, 20),
    )  # fmt: skip
    return notice


def text_of(notice: Notice, plan: Plan) -> dict[str, Any]:
    """The body's text, shaped as the wording's `compose` makes it."""
    return {
        "language": plan.language,
        "event": plan.event,
        "sender": "奈良市",
        "title": "手続きのご案内",
        "number": notice.number,
        "opening": "届出がありました。ご家庭で受けられる可能性がある制度をお知らせします。",
        "cards": [
            {"programme": slug, "name": PROGRAMMES[slug][0], "gives": PROGRAMMES[slug][2], "by": "12月8日（火）まで", "do": "申請書を出す"}
            for slug in plan.programmes
        ],
        "details": [],
        "clauses": ["これは決定の通知ではありません。"],
        "push": "奈良市から手続きのお知らせがあります。",
    }  # fmt: skip


def make_task(kind: str, office: str, reason: str, *, key: str, due_days: int, restricted: bool = False) -> StaffTask:
    """An open staff task."""
    return StaffTask.objects.create(
        municipality_code=MUNICIPALITY, key=key, kind=kind, office=office, subject_id="000000000000777",
        event="E01", programme="child_allowance", reason=reason, night=NIGHT,
        due_on=NOW.date() + timedelta(days=due_days), restricted=restricted, created_at=NOW,
    )  # fmt: skip


def _make_item(notice: Notice, programme: str, position: int, plan: Plan) -> Item:
    ja, office, _ = PROGRAMMES[programme]
    return Item.objects.create(
        notice=notice, municipality_code=MUNICIPALITY, programme=programme, programme_version="a3f1" * 16,
        office=office, kind="entitlement", match_id=f"{notice.pk}-{programme}", subject_id=notice.subject_ids[0],
        verdict="possible" if "ask" in plan.flags else "eligible", due_on=plan.due_on,
        facts={"name": {"ja": ja, "en": programme}}, wording_version=_WORDING, criteria=_CRITERIA,
        evidence=_EVIDENCE, position=position,
    )  # fmt: skip
