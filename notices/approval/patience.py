"""Anchoring in a bucket that may be away: told once, tried again after a while, and never in the way of a decision."""

from threading import Lock
from time import monotonic

from engine.alert import alert
from engine.core.settings import Settings
from notices.approval.anchor_bucket import AnchorBucket, AnchorUnreachable
from notices.approval.anchors import Anchor

AGAIN_SECONDS = 15  #: after an outage was seen, nobody waits for the bucket for this long


class PatientBucket:
    """`AnchorBucket` for a process: it remembers what it put and that the bucket was away."""

    def __init__(self, settings: Settings, *, again_seconds: float = AGAIN_SECONDS) -> None:
        """Calls nothing yet."""
        self._bucket = AnchorBucket(settings)
        self._alert = settings.alert
        self._again = again_seconds
        self._lock = Lock()
        self._put: tuple[int, str] | None = None
        self._away_since: float | None = None
        self._tried_at = 0.0

    def write(self, anchor: Anchor) -> None:
        """Puts the anchor. While the bucket is away, nothing: the next anchor after it covers all rows before it."""
        head = (anchor.sequence, anchor.hash)
        with self._lock:
            waits = self._away_since is not None and monotonic() - self._tried_at < self._again
            if head == self._put or waits:
                return
            self._tried_at = monotonic()
        try:
            self._bucket.write(anchor)
        except AnchorUnreachable as error:
            self._is_away(error)
            return
        self._is_back(head)

    def close(self) -> None:
        """Closes the connections."""
        self._bucket.close()

    def _is_away(self, error: AnchorUnreachable) -> None:
        with self._lock:
            first, self._away_since = self._away_since is None, self._away_since or monotonic()
        if first:
            alert(self._alert, f"todoke: the audit chain is in its anchor file alone until the bucket is back: {error}")

    def _is_back(self, head: tuple[int, str]) -> None:
        with self._lock:
            self._put, away, self._away_since = head, self._away_since, None
        if away is not None:
            minutes = (monotonic() - away) / 60
            alert(self._alert, f"todoke: the audit chain is anchored in the bucket again, after {minutes:.0f} minutes")
