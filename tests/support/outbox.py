"""Approved notices on their way out, and channels that do what a real one might."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.core.clock import FixedClock
from engine.core.settings import Dispatch, Settings
from notices.approval.hashing import content_hash
from notices.approval.models import Notice, NoticeState, OutboxRow
from notices.dispatch.channel import Channel, Parcel
from notices.dispatch.folder import FolderChannel
from notices.dispatch.reconcile import reconcile
from notices.dispatch.run import Dispatched, dispatch
from notices.recipients.models import Block
from tests.django_settings import settings_in
from tests.support.morning import MUNICIPALITY, NOW, Plan, make_notice

LATER = NOW + timedelta(minutes=5)
AFTER_LEASE = LATER + timedelta(minutes=15)
PLAN = Plan(event="E01", programmes=("child_allowance", "infant_health_checks"), due_on=date(2026, 12, 8))


def outbox_settings(folder: Path, *, stopped: bool = False) -> Settings:
    """Settings whose stores are in one folder."""
    return settings_in(folder).model_copy(update={"dispatch": Dispatch(stopped=stopped, attempts=3)})


def approved(
    number: int,
    *,
    plan: Plan = PLAN,
    not_before: datetime = NOW,
    not_after: date | None = None,
    channel: str = "folder",
    subject_ids: Sequence[str] = (),
) -> Notice:
    """A notice as an approval leaves it: approved, with its row in the outbox. It is about the addressee unless told."""
    notice = make_notice(number, plan)
    notice.subject_ids = list(subject_ids) or notice.subject_ids
    notice.content_hash = content_hash(notice, list(notice.items.all()), notice.body.text)
    notice.state = NoticeState.APPROVED
    notice.save()
    OutboxRow.objects.create(
        notice=notice, municipality_code=notice.municipality_code, channel=channel, content_hash=notice.content_hash,
        not_before=not_before, not_after=not_after or plan.due_on, created_at=NOW,
    )  # fmt: skip
    return notice


def send(site: Settings, *, channel: Channel | None = None, at: Any = LATER) -> Dispatched:
    """One run of dispatch; the books agree afterwards."""
    found = dispatch(settings=site, clock=FixedClock(at), channel=channel)
    assert reconcile(MUNICIPALITY).faults == ()
    return found


def files(site: Settings) -> list[str]:
    """What stands in the outbox folder."""
    return sorted(path.name for path in site.paths.outbox.iterdir()) if site.paths.outbox.exists() else []


def state(notice: Notice) -> str:
    """A notice's state as it is in the store now."""
    notice.refresh_from_db()
    return notice.state


def block(notice: Notice, reason: str) -> None:
    """Lets something stand against writing to the addressee."""
    Block.objects.create(
        municipality_code=MUNICIPALITY, resident_id=notice.addressee_id, reason=reason, law="law", since=NOW.date()
    )


class ScriptedChannel:
    """A channel that answers as told, one answer a call; it keeps what it was given."""

    def __init__(self, answers: Sequence[Exception | str], *, idempotent: bool = False, name: str = "folder") -> None:
        self.answers = list(answers)
        self.idempotent = idempotent
        self.name = name
        self.parcels: list[Parcel] = []
        self.has: dict[str, str] = {}

    def open(self) -> None:
        """Always ready."""

    def send(self, parcel: Parcel) -> str:
        """The next answer; an exception is raised."""
        self.parcels.append(parcel)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.has[parcel.number] = answer
        return answer

    def taken(self, *, number: str, key: str) -> str | None:
        """What it was given and took."""
        return self.has.get(number)

    def clear(self, number: str) -> None:
        """Nothing is left half done."""

    def close(self) -> None:
        """Nothing is open."""


class CountingFolder(FolderChannel):
    """The real folder, and a line in `calls` for each call it gets."""

    def __init__(self, folder: Path, calls: Path) -> None:
        super().__init__(folder)
        self._calls = calls

    def send(self, parcel: Parcel) -> str:
        """Counts, then sends."""
        with self._calls.open("a") as stream:
            stream.write(f"{parcel.number}\n")
        return super().send(parcel)
