"""What becomes of a notice that may not leave: its state, the reason on record, and a task so that nobody silently gets nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.core.clock import TOKYO
from engine.core.dates import next_business_day
from notices.approval.audit import append
from notices.approval.hashing import identity
from notices.approval.models import Notice, NoticeState, StaffTask, Suppression
from notices.approval.states import move
from notices.recipients.checks import Stop

ACTOR = "dispatch"


@dataclass(frozen=True)
class Consequence:
    """Of a reason: the state it leads to, the kind of staff task (empty: somebody knows already), what to find out."""

    state: NoticeState
    task: str = ""
    what: str = ""
    restricted: bool = False


_MEASURE = Consequence(
    NoticeState.SUPPRESSED, "support_measure", "送付直前の確認で止まりました。どう連絡するか、担当者だけで決めてください。", restricted=True
)  # fmt: skip
CONSEQUENCES: Mapping[str, Consequence] = {
    "support_measure": _MEASURE,
    "shares_household": _MEASURE,
    "perpetrator": _MEASURE,
    "deceased": Consequence(
        NoticeState.SUPPRESSED, "addressee_deceased", "宛先の方が亡くなっています。ほかに受け取れる方がいるか確かめてください。"
    ),
    "opted_out": Consequence(NoticeState.SUPPRESSED),
    "moved_out": Consequence(
        NoticeState.WITHDRAWN, "addressee_moved", "宛先の方が市外へ転出しています。残る手続きがあるか確かめてください。"
    ),
    "left_household": Consequence(
        NoticeState.HELD, "addressee_changed", "宛先の方の世帯が変わりました。誰に送るか確かめてください。"
    ),
    "no_contact": Consequence(
        NoticeState.HELD, "no_contact", "宛先の方の今の住所が分かりません。台帳で確かめてください。"
    ),
    "quarantined": Consequence(
        NoticeState.HELD, "quarantined_record", "読み取れない記録があり、送付を止めています。記録を確かめてください。"
    ),
    "held_by_call": Consequence(NoticeState.HELD),
    "content_changed": Consequence(
        NoticeState.HELD, "content_changed", "承認した内容と今の内容が違います。もう一度確かめてください。"
    ),
    "wrong_channel": Consequence(
        NoticeState.HELD, "wrong_channel", "この送り方は使えません。送り方を確かめてください。"
    ),
    "deadline_passed": Consequence(
        NoticeState.EXPIRED, "missed_deadline", "送る前に期限が過ぎました。まだ間に合う手続きがあるか確かめてください。"
    ),
}  # fmt: skip
#: a reason nobody foresaw stops for good, and somebody looks
UNFORESEEN = Consequence(
    NoticeState.SUPPRESSED, "stopped_at_sending", "送付直前の確認で止まりました。理由を確かめてください。"
)
DELIVERY_UNKNOWN = Consequence(
    NoticeState.UNKNOWN, "unknown_delivery", "届いたかどうか分かりません。送り先の記録で確かめてください。"
)
SENT_BEFORE = "送ったあとで、送ってはいけない理由が分かりました。取り戻せるか確かめてください。"
GAVE_UP = Consequence(NoticeState.FAILED, "failed_delivery", "送れませんでした。別の方法で連絡してください。")
_STRENGTH = (NoticeState.SUPPRESSED, NoticeState.WITHDRAWN, NoticeState.EXPIRED, NoticeState.HELD)


def strongest(found: Sequence[Stop]) -> tuple[Stop, Consequence]:
    """The reason that decides: a restricted one first, then the one that is final. Never empty."""
    ranked = [(stop, CONSEQUENCES.get(stop.reason, UNFORESEEN)) for stop in found]
    return min(ranked, key=lambda pair: (not pair[1].restricted, _STRENGTH.index(pair[1].state)))


def stop_notice(notice: Notice, stop: Stop, consequence: Consequence, *, at: datetime) -> None:
    """Moves the notice where the reason leads, with its suppression, task and audit row. Call it inside a transaction.

    Raises StateError when somebody else changed the notice meanwhile.
    """
    move(notice, consequence.state, at=at, reason=stop.reason)
    if consequence.state == NoticeState.SUPPRESSED:
        Suppression.objects.get_or_create(
            municipality_code=notice.municipality_code,
            key=identity(notice.municipality_code, "stopped_at_sending", notice.key),
            defaults={
                "reason": stop.reason,
                "law": stop.law[:80],
                "event_id": notice.event_id,
                "event": notice.event,
                "subject_id": notice.addressee_id,
                "night": notice.night,
            },
        )
    if not _speaks_for_itself(notice, stop):
        give_task(notice, consequence, at=at)
    record(notice, f"notice_{consequence.state.value}", {"reason": stop.reason}, at=at)


def give_retraction(notice: Notice, consequence: Consequence | None, *, at: datetime) -> None:
    """A task to take back what turned out to be out of the house already when a reason against it came up."""
    restricted = consequence is not None and consequence.restricted
    give_task(notice, Consequence(NoticeState.ACCEPTED, "retraction", SENT_BEFORE, restricted=restricted), at=at)


def give_task(notice: Notice, consequence: Consequence, *, at: datetime) -> None:
    """A staff task for each office of the notice; one alone where only a named role may know."""
    if not consequence.task:
        return
    items = list(notice.items.order_by("position"))
    offices = list(dict.fromkeys(item.office for item in items))
    for office in offices[:1] if consequence.restricted else offices:
        StaffTask.objects.get_or_create(
            municipality_code=notice.municipality_code,
            key=identity(notice.municipality_code, "task", consequence.task, notice.key, office),
            defaults={
                "kind": consequence.task,
                "office": office,
                "subject_id": notice.addressee_id,
                "event": notice.event,
                "event_id": notice.event_id,
                "programme": next(item.programme for item in items if item.office == office),
                "reason": f"{consequence.what}（{notice.number}）",
                "night": notice.night,
                "due_on": _due_on(notice, at.astimezone(TOKYO).date()),
                "restricted": consequence.restricted,
                "created_at": at,
            },
        )


def record(notice: Notice, action: str, details: Mapping[str, object], *, at: datetime) -> None:
    """One audit row about a notice."""
    subject = f"notice:{notice.pk}"
    append(municipality=notice.municipality_code, actor=ACTOR, action=action, subject=subject, details=details, at=at)


def _speaks_for_itself(notice: Notice, stop: Stop) -> bool:
    """A person's own notice ends with their death: what follows from it is the death's notices."""
    return stop.reason == "deceased" and set(notice.subject_ids) <= {notice.addressee_id}


def _due_on(notice: Notice, today: date) -> date:
    """Within a week, sooner when the notice's own deadline is."""
    soon = next_business_day(today + timedelta(days=1))
    week = next_business_day(today + timedelta(days=7))
    return max(soon, min(notice.due_on or week, week))
