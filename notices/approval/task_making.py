"""Making staff tasks and named suppressions: each once per key, so that a night run again adds none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from engine.core.dates import next_business_day
from notices.approval.hashing import identity
from notices.approval.models import StaffTask, Suppression

#: who answers for a task that belongs to no programme
OFFICE_OF_EVENT: Mapping[str, str] = {
    "E02": "maternal_health",
    "E14": "child_benefits",
    "E17": "child_benefits",
    "E19": "child_benefits",
    "E20": "child_benefits",
    "E21": "insurance",
    "E25": "long_term_care",
    "E26": "elderly_medical",
    "E27": "child_benefits",
    "E28": "insurance",
    "E29": "child_benefits",
    "E30": "disability",
    "E31": "long_term_care",
    "E32": "public_assistance",
    "E33": "child_benefits",
    "E34": "tax",
    "E35": "tax",
    "E36": "property_tax",
    "E39": "maternal_health",
    "E43": "long_term_care",
    "E54": "public_assistance",
}
CITIZEN = "citizen"
_DAYS: Mapping[str, int] = {
    "retraction": 1,
    "sent_despite_stop": 1,
    "failed_delivery": 2,
    "unprintable": 2,
    "support_measure": 1,
    "missed_deadline": 1,
    "too_late": 3,
    "no_addressee": 3,
}
_USUAL_DAYS = 5

#: kind → what to find out; {name} is a programme's public name, nothing of a person
REASONS: Mapping[str, str] = {
    "support_measure": "取扱注意の方に関わる届出です。お知らせは作られていません。担当者だけで確認してください。",
    "quarantined": "読み取れない記録がある方です。記録が直るまでお知らせを止めています。記録を確認してください。",
    "held_by_call": "申出により止めている方です。再開できるか確認してください。",
    "backdated": "届出より大きくさかのぼった出来事です。間に合う制度があるか、本人に確認してください。",
    "unknown_date": "出来事の日付が不詳です。日付を確認し、対象になる制度を案内してください。",
    "unnamed_birth": "お子さんの氏名が登録されないままです。戸籍の届出を確認してください。",
    "held_volume": "件数がふだんと大きく違うため、この種類の出来事を保留しました。記録の一括処理がなかったか確認してください。",
    "staff_only": "職員だけが扱う出来事です。必要な案内を確認してください。",
    "staff_event": "自動でお知らせにできない出来事です。内容を確認してください。",
    "probable": "「{name}」。記録からの推定で、事実ではありません。連絡できるときに、困っていることがないか確認してください。",
    "sensitive": "自動のお知らせをしない事柄です。必要な案内を職員が判断してください。",
    "verify": "「{name}」の条件を記録で確かめられません。確認して、対象なら案内してください。",
    "too_late": "「{name}」の対象かもしれませんが、制度の期間を過ぎています。救済できるか確認してください。",
    "review_date_passed": "「{name}」の基準の見直し期日を過ぎています。制度の内容を確認してください。",
    "no_addressee": "「{name}」の宛先を記録だけでは決められません。だれに案内するか確認してください。",
    "ward_without_address": "成年後見の方で、送付先の登録がありません。送付先を確認してください。",
    "addressee_changed": "宛先の方の記録が変わったため、お知らせを取り下げました。だれに案内するか確認してください。",
    "wording_missing": "「{name}」の承認済みの文面がありません。文面を承認するか、個別に案内してください。",
    "missed_deadline": "お知らせを送らないまま期限を過ぎました。急いで送るか連絡し、救済できるか確認してください。",
    "retraction": "送ったお知らせのもとになった記録が取り消されました。本人に連絡して訂正してください。",
    "content_changed": "承認したあとで内容が変わりました。送付を止めています。内容を確認してください。",
    "wrong_channel": "この送り方は使えません。送付を止めています。送り方を確認してください。",
    "unprintable": "宛名か住所に、手紙のフォントにない文字があります。外字のフォントを入れるか、別の方法で案内してください。",
    "unknown_delivery": "送れたかどうか分かりません。送り先の記録で確認してください。自動では送り直しません。",
    "failed_delivery": "送れませんでした。別の方法で本人に連絡してください。",
    "sent_despite_stop": "送ったあとで、送ってはいけない理由が分かりました。取り戻せるか確認してください。",
    "wrong_address": "本人から住所が違うと連絡がありました。住民記録と送付先を確認してください。確認がすむまで何も送りません。",
    "sent_back": "差し戻されたお知らせです。直すか、個別に案内してください。",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class About:
    """What a task or a suppression is about."""

    municipality: str
    night: date
    event: str
    event_id: str
    subject_id: str
    programme: str = ""
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)


def make_task(
    kind: str,
    about: About,
    *,
    office: str = "",
    at: datetime,
    name: str = "",
    key: str = "",
    due_on: date | None = None,
) -> StaffTask:
    """The task of this kind about this; made if there is none yet. `key` tells tasks of one kind and event apart.

    A task about a support measure is restricted, and says neither event nor programme outside its sealed details.
    """
    restricted = kind == "support_measure"
    details = dict(about.details)
    if restricted:
        details |= {"event": about.event, "programme": about.programme}
    found, _ = StaffTask.objects.get_or_create(
        municipality_code=about.municipality,
        key=identity("task", about.municipality, kind, about.event_id, about.subject_id, key or about.programme),
        defaults={
            "kind": kind,
            "office": office or OFFICE_OF_EVENT.get(about.event, CITIZEN),
            "subject_id": about.subject_id,
            "event": "" if restricted else about.event,
            "event_id": about.event_id,
            "programme": "" if restricted else about.programme,
            "reason": REASONS[kind].format(name=name),
            "details": details,
            "night": about.night,
            "due_on": _due(kind, about.night, due_on),
            "restricted": restricted,
            "created_at": at,
        },
    )
    return found


def suppress(reason: str, law: str, about: About) -> None:
    """Notes once that something was not prepared or not sent, and why."""
    Suppression.objects.get_or_create(
        municipality_code=about.municipality,
        key=identity("suppression", about.municipality, reason, about.event_id, about.subject_id, about.programme),
        defaults={
            "reason": reason,
            "law": law[:80],
            "event_id": about.event_id,
            "event": about.event,
            "programme": about.programme,
            "subject_id": about.subject_id,
            "night": about.night,
        },
    )


def _due(kind: str, night: date, deadline: date | None) -> date:
    """Some office days on, but not past the deadline it is about, nor before the next office day."""
    soonest = next_business_day(night + timedelta(days=1))
    due = soonest
    for _ in range(_DAYS.get(kind, _USUAL_DAYS) - 1):
        due = next_business_day(due + timedelta(days=1))
    return max(soonest, min(due, deadline)) if deadline else due
