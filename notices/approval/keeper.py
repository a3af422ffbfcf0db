"""Keeps the audit chain anchored while a service runs: what a crash or an outage left behind is caught up within seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import Error, connection

from engine.alert import alert
from engine.core.clock import Clock
from engine.core.settings import Settings
from notices.approval import audit

EVERY_SECONDS = 20


@contextmanager
def kept_anchored(settings: Settings, clock: Clock, *, every_seconds: float = EVERY_SECONDS) -> Iterator[None]:
    """Anchors every few seconds, in a thread of its own, as long as the block lasts, and once more at its end."""
    ended = Event()

    def keep() -> None:
        told = False
        while not ended.wait(every_seconds):
            told = _anchored(settings, clock, told)

    thread = Thread(target=keep, name="keep-anchored", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _anchored(settings: Settings, clock: Clock, told: bool) -> bool:
    """One round; whether an operator has been told that it does not work."""
    try:
        audit.anchor(settings, at=clock.now())
    except (OSError, Error) as error:  # the next round tries again
        if not told:
            alert(settings.alert, f"todoke: the audit chain cannot be anchored: {type(error).__name__}")
        return True
    finally:
        connection.close()
    return False
