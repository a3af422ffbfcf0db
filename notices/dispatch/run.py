"""Dispatch: hands over what is approved and due, each notice once, and only after a last look at every reason not to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction

from engine.core.clock import Clock
from engine.core.errors import InputError, SafetyStop, StateError
from engine.core.settings import Settings
from notices.approval import audit
from notices.approval.models import NoticeState
from notices.approval.states import move
from notices.approval.withdraw import SAFETY
from notices.dispatch.channel import Channel, Refused, Unsure
from notices.dispatch.lastlook import last_look, parcel_for
from notices.dispatch.outbox import Claimed, accept, claim, due, end, expire, sweep, taken_before, waiting
from notices.dispatch.reconcile import reconcile
from notices.dispatch.stopping import ACTOR, give_retraction, give_task, record, stop_notice
from notices.dispatch.ways import channels_of, way_now
from notices.recipients.checks import Stop, require_safety
from notices.recipients.ways import EMAIL, letter_way

_STOPPED = (NoticeState.WITHDRAWN, NoticeState.SUPPRESSED, NoticeState.HELD, NoticeState.EXPIRED)
STOP_FILE = "STOP"  #: beside the notices: while a file of this name is in the outbox folder, nothing is sent


@dataclass(frozen=True, kw_only=True)
class Dispatched:
    """What one run did. waiting: not yet due, or to be tried again. faults: what does not add up, which is never right."""

    accepted: int
    stopped: int
    expired: int
    refused: int
    unknown: int
    failed: int
    swept: int
    waiting: int
    faults: int

    def summary(self) -> Mapping[str, int]:
        """The counts by name."""
        return asdict(self)


def dispatch(*, settings: Settings, clock: Clock, channel: Channel | None = None) -> Dispatched:
    """Sends what is approved and due, once; safe to repeat, and two may run at the same time.

    Raises SafetyStop when the kill switch is on or the safety facts are not good: nothing (more) is sent then, whenever it
    was approved. Raises InputError when a channel cannot be used as it is set up. `channel`: instead of the site's own.
    """
    run = _Run(settings, clock, {channel.name: channel} if channel else channels_of(settings))
    run.require_leave()
    run.open()
    try:
        run.everything()
    finally:
        fault = run.close()
        dispatched = run.report()
    if fault:
        raise InputError(f"what was due has left, but is not listed: {fault}; the next run lists it")
    return dispatched


class _Run:
    """One run over the outbox, and its counts."""

    def __init__(self, settings: Settings, clock: Clock, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        self._settings = settings
        self._clock = clock
        self._municipality = settings.municipality.code
        self._counts: Counter[str] = Counter()

    def require_leave(self) -> None:
        """Raises SafetyStop unless things may be sent at this moment."""
        if self._settings.dispatch.stopped:
            raise SafetyStop("nothing is sent: the kill switch is on (setting dispatch.stopped)")
        if (self._settings.paths.outbox / STOP_FILE).exists():
            raise SafetyStop(f"nothing is sent: the kill switch is on (file {STOP_FILE} in paths.outbox)")
        require_safety(self._municipality, now=self._clock.now())

    def open(self) -> None:
        """Makes every channel ready."""
        for channel in self._channels.values():
            channel.open()

    def close(self) -> str:
        """Ends every channel's run; returns what one could not do, or an empty text."""
        faults = []
        for channel in self._channels.values():
            try:
                channel.close()
            except (Refused, Unsure) as fault:
                faults.append(str(fault))
        return "; ".join(faults)

    def everything(self) -> None:
        """What died is settled, then every due notice is sent or stopped."""
        ways = self._settings.dispatch
        lease = timedelta(seconds=ways.lease_seconds)
        self._counts["swept"] = sweep(self._municipality, self._channels, lease=lease, now=self._clock.now())
        for pk in list(due(self._municipality, settings=ways, now=self._clock.now())):
            self._one(pk)

    def _one(self, pk: int) -> None:
        try:
            if expire(pk, now=self._clock.now()):
                self._counts["expired"] += 1
                return
        except StateError:
            return  # somebody changed it at this moment: it is theirs
        claimed = claim(pk, now=self._clock.now())
        if claimed is None:
            return
        try:
            became = self._hand_over(claimed)
        except StateError:
            became = self._overtaken(claimed, "")
        self._counts[became] += 1

    def _hand_over(self, claimed: Claimed) -> str:
        """Asks once more, then calls the channel; returns what became of the notice."""
        try:
            self.require_leave()
        except SafetyStop:
            self._give_back(claimed)
            raise
        channel = self._channel(claimed)
        found = last_look(claimed.row)
        if channel is None:
            return self._stop(claimed, [*found, Stop("wrong_channel", "")])
        try:
            receipt = self._taken_before(claimed, channel)
            if receipt is None and found:
                return self._stop(claimed, found)
            if receipt is None:
                receipt = channel.send(parcel_for(claimed.row))
        except Refused as refused:
            return self._refused(claimed, refused)
        except Unsure as unsure:
            return self._unsure(claimed, unsure, again=channel.idempotent)
        return self._accepted(claimed, receipt, found)

    def _channel(self, claimed: Claimed) -> Channel | None:
        """The channel that takes the notice now; that it is another than approved stands in the audit chain before it is called."""
        way = way_now(claimed.row, self._settings, self._channels)
        if way.name != claimed.row.channel:
            with transaction.atomic():
                self._change_way(claimed, way.name, way.why)
        return self._channels.get(way.name)

    def _change_way(self, claimed: Claimed, to: str, why: str) -> None:
        row = claimed.row
        details = {"from": row.channel, "to": to, "why": why}
        row.channel = to
        row.save(update_fields=["channel"])
        record(row.notice, "channel_changed", details, at=self._clock.now())

    def _taken_before(self, claimed: Claimed, channel: Channel) -> str | None:
        """The receipt of an earlier attempt that ended in doubt."""
        doubted = channel.idempotent and claimed.row.attempts.filter(outcome="unknown").exists()
        return taken_before(claimed.row, channel) if doubted else None

    def _accepted(self, claimed: Claimed, receipt: str, found: list[Stop]) -> str:
        """`found` is not empty only when an earlier attempt had already brought it out of the house."""
        now = self._clock.now()
        try:
            with transaction.atomic():
                accept(claimed, receipt, found, at=now)
        except StateError:
            return self._overtaken(claimed, receipt)
        return "accepted"

    def _overtaken(self, claimed: Claimed, receipt: str) -> str:
        """The notice was moved while it was in our hands: by a sweeper that took us for dead, or by a person.

        With a receipt the channel has it nevertheless.
        """
        now = self._clock.now()
        with transaction.atomic():
            claimed.attempt.refresh_from_db()
            if claimed.attempt.ended_at is None:
                end(claimed.attempt, "unknown", at=now, receipt=receipt)
            claimed.row.notice.refresh_from_db()
            if receipt and claimed.row.notice.state in _STOPPED:
                give_retraction(claimed.row.notice, restricted=claimed.row.notice.state_reason == SAFETY, at=now)
        return "unknown"

    def _give_back(self, claimed: Claimed) -> None:
        with transaction.atomic():
            move(claimed.row.notice, NoticeState.QUEUED, at=self._clock.now(), reason="safety_stop")
            end(claimed.attempt, "stopped", at=self._clock.now())

    def _stop(self, claimed: Claimed, found: list[Stop]) -> str:
        now = self._clock.now()
        with transaction.atomic():
            reason = stop_notice(claimed.row.notice, found, at=now)
            end(claimed.attempt, "stopped", at=now, receipt=reason)
        return "stopped"

    def _refused(self, claimed: Claimed, refused: Refused) -> str:
        """Certainly not sent: tried again later by itself, unless it is final or was tried often enough. An e-mail becomes a letter."""
        notice, now = claimed.row.notice, self._clock.now()
        given_up = refused.final or claimed.row.attempts.count() >= self._settings.dispatch.attempts
        with transaction.atomic():
            if given_up and claimed.row.channel == EMAIL:
                given_up = False
                self._change_way(claimed, letter_way(self._settings.dispatch), str(refused))
            move(notice, NoticeState.FAILED if given_up else NoticeState.RETRY_WAIT, at=now, reason=str(refused))
            end(claimed.attempt, "refused", at=now, receipt=str(refused))
            if given_up:
                give_task(notice, "failed_delivery", at=now)
            record(notice, "notice_failed" if given_up else "notice_refused", {"reason": str(refused)}, at=now)
        return "failed" if given_up else "refused"

    def _unsure(self, claimed: Claimed, unsure: Unsure, *, again: bool) -> str:
        """Perhaps sent: never again by itself where the channel would not notice; else it is asked and sent once more."""
        notice, now = claimed.row.notice, self._clock.now()
        again = again and claimed.row.attempts.count() < self._settings.dispatch.attempts
        with transaction.atomic():
            move(notice, NoticeState.RETRY_WAIT if again else NoticeState.UNKNOWN, at=now, reason=str(unsure))
            end(claimed.attempt, "unknown", at=now, receipt=str(unsure))
            if not again:
                give_task(notice, "unknown_delivery", at=now)
            record(notice, "notice_unknown", {"reason": str(unsure), "again": again}, at=now)
        return "refused" if again else "unknown"

    def report(self) -> Dispatched:
        """The counts, the state of the outbox, one audit row for the run and the anchor of the chain."""
        names = ("accepted", "stopped", "expired", "refused", "unknown", "failed", "swept")
        counts = {name: self._counts[name] for name in names}
        faults = reconcile(self._municipality).faults
        if any(counts.values()) or faults:
            audit.append(
                municipality=self._municipality,
                actor=ACTOR,
                action="dispatch_run",
                subject=f"channel:{'+'.join(self._channels)}",
                details={**counts, "faults": list(faults)},
                at=self._clock.now(),
            )
        audit.anchor(self._settings, at=self._clock.now())
        return Dispatched(**counts, waiting=waiting(self._municipality), faults=len(faults))
