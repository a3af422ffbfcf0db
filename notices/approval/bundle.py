"""From a bundle of matches to a notice in the queue: number, language, text, items in order, how many must approve it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.errors import WordingError
from engine.night import Night
from notices.approval import audit, printing
from notices.approval.composing import FALLBACK, Shelf, bind, order, write
from notices.approval.models import Item, Notice, NoticeBody
from notices.approval.safety import DEATH
from notices.approval.sift import Bundle, subjects_of
from notices.approval.task_making import About, make_task
from notices.approval.tonight import Match
from notices.approval.withdraw import NIGHT
from notices.recipients.models import Contact
from notices.recipients.ways import way_for
from notices.site import installed
from notices.wording.compose import Composed

#: two officers: a death (a letter to the bereaved of somebody alive cannot be taken back) and a disability certificate
#: (要配慮個人情報, law.md section 2); besides every item whose programme is sensitive
FOUR_EYES_EVENTS = frozenset({DEATH, "E30"})
#: a registration this long after the event is pointed out to the reviewer; the usual time to register is 14 days
_PROMPT_DAYS = 14


@dataclass
class Numbers:
    """Hands out notice numbers of a municipality and year: N-2026-004217, without gaps in the order they are asked for."""

    prefix: str
    last: int

    def following(self) -> str:
        """The next number."""
        self.last += 1
        return f"{self.prefix}{self.last:06d}"


def numbers_of(municipality: str, year: int) -> Numbers:
    """The numbers of a year, behind the last one given out."""
    prefix = f"N-{year}-"
    newest = (
        Notice.objects.filter(municipality_code=municipality, number__startswith=prefix).order_by("-number").first()
    )
    return Numbers(prefix=prefix, last=int(newest.number.removeprefix(prefix)) if newest else 0)


def prepare_bundle(
    night: Night, bundle: Bundle, contact: Contact, *, numbers: Numbers, shelf: Shelf, at: datetime
) -> Notice | None:
    """Writes one notice with its text and items. None when none of it has an approved wording: then there are tasks instead."""
    notice = _notice(night, bundle, contact, at)
    items = sorted((_item(notice, bundle, match) for match in bundle.matches), key=order)
    notice.language, items = _sayable(notice, items, contact.language, shelf)
    notice.flags = _flags(notice, items, contact)
    said = {item.match_id for item in items}
    missing = [match for match in bundle.matches if match.match_id not in said]
    composed: Composed | None = None
    if items:
        notice.number = numbers.following()
        try:
            composed = write(notice, items, shelf)
        except WordingError:
            numbers.last -= 1
            missing = list(bundle.matches)
    _tell_staff(night, bundle, missing, at)
    if composed is None:
        return None
    _save(notice, items, composed, at)
    printing.hold(notice, contact, actor=NIGHT, at=at, night=night.on)
    return notice


def _notice(night: Night, bundle: Bundle, contact: Contact, at: datetime) -> Notice:
    happening = bundle.happening
    grief = happening.happened_on + timedelta(days=night.settings.waits.grief_days)
    sensitive = any(match.sensitivity == "sensitive" for match in bundle.matches)
    return Notice(
        municipality_code=night.municipality,
        key=bundle.key,
        event=happening.code,
        event_id=happening.event_id,
        occurred_on=happening.happened_on,
        night=night.on,
        addressee_id=bundle.addressee.resident_id,
        addressee_reason=bundle.addressee.reason,
        subject_ids=subjects_of(bundle.matches),
        household_id=contact.household_id,
        not_before=grief if happening.code == DEATH else None,
        four_eyes=2 if sensitive or happening.code in FOUR_EYES_EVENTS else 1,
        prepared_at=at,
        changed_at=at,
    )


def _item(notice: Notice, bundle: Bundle, match: Match) -> Item:
    return Item(
        notice=notice,
        municipality_code=notice.municipality_code,
        programme=match.programme,
        programme_version=match.version,
        office=match.office,
        kind=match.kind,
        sensitivity=match.sensitivity,
        match_id=match.match_id,
        subject_id=match.subject_id,
        verdict=match.verdict,
        due_on=match.deadline_on,
        last_loss_free_on=match.last_loss_free_on,
        late=match.late,
        facts=match.facts,
        criteria=match.criteria,
        evidence=bundle.happening.evidence,
    )


def _sayable(notice: Notice, items: list[Item], wished: str, shelf: Shelf) -> tuple[str, list[Item]]:
    """The wished language where everything can be said in it, else Japanese with the items that have an approved text."""
    for language in dict.fromkeys((wished, FALLBACK)):
        opens = shelf.opens(notice.municipality_code, notice.event, language)
        said = [item for item in items if shelf.has(item, notice.event, language)] if opens else []
        if len(said) == len(items) or language == FALLBACK:
            return language, said
    return FALLBACK, []


def _flags(notice: Notice, items: Sequence[Item], contact: Contact) -> list[str]:
    """What a reviewer must read before approving."""
    way = way_for(contact, {item.office for item in items}, installed().dispatch)
    flags = {
        "late": any(item.late for item in items),
        "backdated": (notice.night - notice.occurred_on).days > _PROMPT_DAYS,
        "ask": any(item.facts.get("ask") for item in items),
        "sensitive": any(item.sensitivity == "sensitive" for item in items),
        "grief": notice.event == DEATH,
        "language_fallback": contact.language != notice.language,
        "channel_fallback": bool(way.why),
    }
    return [name for name, raised in flags.items() if raised]


def _tell_staff(night: Night, bundle: Bundle, missing: Sequence[Match], at: datetime) -> None:
    """What cannot be said with an approved wording becomes a task: nobody silently gets nothing."""
    for match in missing:
        about = About(
            municipality=night.municipality,
            night=night.on,
            event=bundle.happening.code,
            event_id=bundle.happening.event_id,
            subject_id=match.subject_id,
            programme=match.programme,
        )
        make_task("wording_missing", about, office=match.office, at=at, name=match.name_ja, due_on=match.deadline_on)


def _save(notice: Notice, items: list[Item], composed: Composed, at: datetime) -> None:
    for position, item in enumerate(items):
        item.position = position
    bind(notice, items, composed)
    notice.save(force_insert=True)
    for item in items:
        item.notice = notice
    Item.objects.bulk_create(items)
    NoticeBody.objects.create(notice=notice, text=composed.text, wording_versions=dict(composed.wording_versions))
    audit.append(
        municipality=notice.municipality_code,
        actor=NIGHT,
        action="notice_prepared",
        subject=f"notice:{notice.pk}",
        details={"content": notice.content_hash, "items": len(items)},
        at=at,
    )
