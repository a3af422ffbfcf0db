"""What a channel is: something that takes a parcel and says what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.core.errors import TodokeError


class Refused(TodokeError):
    """The channel certainly did not take the parcel. `final`: trying again would bring the same."""

    code = "refused"

    def __init__(self, why: str, *, final: bool = False) -> None:
        """`why` names the channel's fault, without personal data."""
        super().__init__(why)
        self.final = final


class Unsure(TodokeError):
    """The channel was called and nobody knows whether it took the parcel: a time-out, a broken connection."""

    code = "unsure"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One notice ready to leave, with the name and address of this moment. Nothing of it that identifies prints."""

    key: str  #: idempotency key: the same notice always has the same
    number: str
    municipality: str
    language: str
    content_hash: str
    text: Mapping[str, Any] = field(repr=False)  #: personal data
    name: str = field(repr=False)  #: personal data
    postal: str = field(repr=False)  #: personal data
    address: str = field(repr=False)  #: personal data
    email: str = field(default="", repr=False)  #: personal data
    mobile: str = field(default="", repr=False)  #: personal data, as SNS takes it
    push_endpoint: str = field(default="", repr=False)  #: personal data
    large_print: bool = field(default=False, repr=False)  #: personal data

    @property
    def lines(self) -> list[str]:
        """Postal code and address as they stand in a window."""
        return [f"〒{self.postal}", self.address] if self.postal else [self.address]


class Channel(Protocol):
    """A way out. An `idempotent` one may be given the same parcel again: it recognises the key."""

    @property
    def name(self) -> str:
        """As outbox rows name it."""
        ...

    @property
    def idempotent(self) -> bool:
        """Whether a parcel may be handed over again after a crash."""
        ...

    def open(self) -> None:
        """Makes ready for a run. Raises InputError when the channel cannot be used as it is set up."""
        ...

    def send(self, parcel: Parcel) -> str:
        """Hands the parcel over and returns a receipt. Raises Refused or Unsure."""
        ...

    def taken(self, *, number: str, key: str) -> str | None:
        """The receipt of a parcel it took earlier, or None. Only asked of an idempotent channel."""
        ...

    def clear(self, number: str) -> None:
        """Removes what a hand-over that died left half done. Only asked of an idempotent channel."""
        ...

    def close(self) -> None:
        """Ends a run, however it ended: lists what went, closes connections."""
        ...
