"""Why a decision is refused: each a StateError with a stable code, in words for the officer who reads it."""

from engine.core.errors import StateError


class NotAllowed(StateError):
    """This officer may not do that; the message says who may."""

    code = "not_allowed"


class SecondPersonNeeded(NotAllowed):
    """What one administrator asked for, another one confirms."""

    code = "second_person"


class AlreadyDecided(StateError):
    """Somebody decided it before, or it no longer waits for a decision."""

    code = "already_decided"


class ContentChanged(StateError):
    """The notice is no longer what was prepared or shown."""

    code = "content_changed"


class Stopped(StateError):
    """A hard stop came up since the notice was prepared; it was taken back. A block's own reason is never in the message."""

    code = "stopped"
