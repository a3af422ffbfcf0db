"""The text of a notice from its items: at preparation, and again when one of them leaves it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.core.errors import WordingError
from notices.approval.edits import standing
from notices.approval.hashing import LEFT_OUT, content_hash, item_hash
from notices.approval.models import Item, ItemState, Notice, NoticeBody, NoticeEdit
from notices.site import installed
from notices.wording import library
from notices.wording.compose import Approved, Composed, ItemContent, compose
from notices.wording.language import KINDS, Kind, languages
from notices.wording.models import Wording

FALLBACK = "ja"
_NO_DATE = date.max
_Use = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Shelf:
    """The wording library, each text looked up once, with what staff changed in this notice.

    An edit stands as long as the approved version it rests on does.
    """

    edits: Mapping[str, NoticeEdit] = field(default_factory=dict)
    _found: dict[_Use, Approved | None] = field(default_factory=dict)

    def approved(
        self, municipality: str, programme: str, event: str, kind: str, language: str, register: str
    ) -> Approved | None:
        """The text in force for a use, or None."""
        use = (municipality, programme, event, kind, language, register)
        if use not in self._found:
            wording = library.approved(*use)
            self._found[use] = self.said(wording) if wording else None
        return self._found[use]

    def said(self, wording: Wording) -> Approved:
        """The words of an approved text in this notice."""
        edit = self.edits.get(wording.programme)
        return edit if edit and edit.base_version == wording.version else wording

    def has(self, item: Item, event: str, language: str) -> bool:
        """Whether an item can be said in a language."""
        known = language in languages()
        return (
            known
            and self.approved(item.municipality_code, item.programme, event, item.kind, language, "plain") is not None
        )

    def opens(self, municipality: str, event: str, language: str) -> bool:
        """Whether an event's opening can be said in a language."""
        known = language in languages()
        return known and self.approved(municipality, "", event, "information", language, "plain") is not None


def write(notice: Notice, items: Sequence[Item], shelf: Shelf) -> Composed:
    """The text of these items in the notice's language. Raises WordingError when it cannot be said as approved."""
    site = installed()
    return compose(
        event=notice.event,
        number=notice.number,
        language=notice.language,
        municipality=site.municipality,
        offices=site.offices,
        items=[_content(item) for item in items],
        occurred_on=notice.occurred_on,
        library=shelf,
    )


def rewrite(notice: Notice, *, at: datetime) -> None:
    """Writes the text again from the items that are still in it, and binds the notice to the new text.

    Approvals of items whose own content stays what it was go on counting; the others are void and the item waits again.
    """
    items = [item for item in notice.items.order_by("position") if item.state not in LEFT_OUT]
    composed = write(notice, items, Shelf(edits=standing(notice)))
    bind(notice, items, composed)
    notice.changed_at = at
    notice.save(update_fields=["due_on", "urgency", "content_hash", "changed_at"])
    for item in items:
        item.save(update_fields=["wording_version"])
        approvals = item.decisions.filter(verdict="approve", voided=False)
        if approvals.exclude(content_hash=item_hash(notice, item)).update(voided=True):
            item.state = ItemState.OPEN
            item.save(update_fields=["state"])
    NoticeBody.objects.filter(pk=notice.pk).update(text=composed.text, wording_versions=dict(composed.wording_versions))


def bind(notice: Notice, items: Sequence[Item], composed: Composed) -> None:
    """Sets what follows from a text: each item's wording version, the nearest deadline, the content hash. Saves nothing."""
    for item in items:
        item.wording_version = composed.wording_versions[item.programme]
    notice.due_on = nearest(items)
    notice.urgency = urgency_of(items, notice.night)
    notice.content_hash = content_hash(notice, items, composed.text)


def nearest(items: Iterable[Item]) -> date | None:
    """The nearest deadline that can still be met."""
    return min((item.due_on for item in items if item.due_on and not item.late), default=None)


def urgency_of(items: Iterable[Item], on: date) -> int:
    """2 within 7 days or past the last loss-free day, 1 within 14, else 0."""
    listed = list(items)
    due = nearest(listed)
    left = (due - on).days if due else None
    if any(item.late for item in listed) or (left is not None and left <= 7):
        return 2
    return 1 if left is not None and left <= 14 else 0


def order(item: Item) -> tuple[bool, date, int, str, str]:
    """Most urgent first: late ones, then by deadline; without one, what asks for a step before what only informs."""
    return not item.late, item.due_on or _NO_DATE, _weight(item.kind), item.programme, item.subject_id


def _content(item: Item) -> ItemContent:
    return ItemContent(
        programme=item.programme,
        kind=_kind(item.kind),
        office=item.office,
        facts=_mapping(item.facts),
        due_on=item.due_on,
        late=item.late,
        sensitivity=item.sensitivity,
    )


def _mapping(facts: object) -> Mapping[str, object]:
    if not isinstance(facts, Mapping):
        raise WordingError("the facts of a match are not an object")
    return facts


def _kind(name: str) -> Kind:
    found = [kind for kind in KINDS if kind == name]
    if not found:
        raise WordingError(f"there is no kind of notice {name!r}")
    return found[0]


def _weight(kind: str) -> int:
    weights = ("duty", "entitlement", "ending", "information")
    return weights.index(kind) if kind in weights else len(weights)
