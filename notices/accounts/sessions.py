"""How long a log-in lasts: half an hour without a request, a working day in all, and only the newest one of an account counts.

How long its second factor does for a grave act is shorter: that asks again.
"""

import hashlib
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from notices.accounts.models import Credential
from notices.approval.models import StaffMember
from notices.site import installed

NOBODYS = "-"  #: as the session that counts: an administrator ended whatever log-in there was
_BEGAN, _SEEN, _PROVED = "began", "seen", "proved"  #: seconds since 1970
_NOTE_SECONDS = 60  #: how often the last request is written down: not every page is a write


def begin(session: SessionBase, staff: StaffMember, *, at: datetime) -> None:
    """From here on this log-in is the account's one; call it after the session got its new key."""
    session[_BEGAN] = session[_SEEN] = int(at.timestamp())
    if not session.session_key:
        session.save()
    Credential.objects.update_or_create(staff=staff, defaults={"session": _digest(session)})


def why_ended(session: SessionBase, staff: StaffMember, *, at: datetime) -> str:
    """idle, long, elsewhere or by_administrator when the log-in no longer counts; else empty, and the request is noted."""
    rules, now = installed().accounts, int(at.timestamp())
    began, seen = session.get(_BEGAN), session.get(_SEEN)
    if began is None or seen is None:
        session[_BEGAN] = session[_SEEN] = now
        return ""
    if now - seen > rules.idle_minutes * 60:
        return "idle"
    if now - began > rules.longest_hours * 3600:
        return "long"
    if now - seen >= _NOTE_SECONDS:
        session[_SEEN] = now
    kept = staff.credential.session if hasattr(staff, "credential") else ""
    if kept == NOBODYS:
        return "by_administrator"
    return "elsewhere" if kept and kept != _digest(session) else ""


def prove(session: SessionBase, *, at: datetime) -> None:
    """Whoever sits behind this log-in showed the second factor at this moment."""
    session[_PROVED] = int(at.timestamp())


def is_fresh(session: SessionBase, *, at: datetime) -> bool:
    """Whether the second factor was shown so lately that a grave act need not ask for it."""
    proved = session.get(_PROVED)
    return proved is not None and int(at.timestamp()) - proved <= installed().accounts.fresh_minutes * 60


def _digest(session: SessionBase) -> str:
    return hashlib.sha256(str(session.session_key).encode()).hexdigest()
