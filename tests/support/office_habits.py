"""An office with known habits, decision by decision: what troubles it is drawn here, and nothing of it is read by the models.

Each notice is drawn first, then its trouble from `chance_of`, which knows the draw and not one feature of the product. Officers decide a
day or two later. What has no effect here (language, the number of programmes) must not be found there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from engine.core.clock import TOKYO
from notices.approval.models import Decision, Item, ItemState, Notice, NoticeEdit, NoticeState
from notices.wording.models import Wording
from tests.support.approvals import CITY

FIRST = date(2025, 11, 3)
OFFICE = "child_benefits"
_EVENTS = ("E01", "E05", "E09", "E14")
_PROGRAMMES = ("child_allowance", "child_medical_subsidy", "child_rearing_allowance")
_LANGUAGES = ("ja", "ja-easy", "en", "zh")


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One notice as it was drawn, with the chance that it would be troubled."""

    number: int
    night: date
    event: str
    programmes: tuple[str, ...]
    language: str
    days_late: int
    unknown: int
    due_in: int | None
    fresh_wording: bool
    chance: float
    troubled: bool


def chance_of(event: str, programme: str, days_late: int, unknown: int, due_in: int | None, fresh: bool) -> float:
    """The habits: old entries, unclear conditions, a programme that is often wrong after a move, and texts nobody is used to yet."""
    chance = 0.03
    if days_late > 14:
        chance += 0.30
    chance += 0.16 * unknown
    if event == "E05" and programme == "child_rearing_allowance":
        chance += 0.25
    if fresh:
        chance += 0.15
    if due_in is not None and due_in <= 7:
        chance += 0.05
    return min(chance, 0.9)


def draw(count: int, *, nights: int, seed: int, calm: float = 1.0) -> Iterator[Drawn]:
    """`calm` below 1 makes the habits weaker: at 0 trouble is drawn without regard to anything."""
    rng = np.random.default_rng(seed)
    for number in range(1, count + 1):
        night = FIRST + timedelta(days=number * nights // (count + 1))
        event = str(rng.choice(_EVENTS, p=(0.4, 0.3, 0.2, 0.1)))
        many = 1 + int(rng.random() < 0.4)
        programmes = tuple(str(one) for one in rng.choice(_PROGRAMMES, size=many, replace=False, p=(0.6, 0.25, 0.15)))
        late = int(rng.integers(15, 60)) if rng.random() < 0.12 else int(rng.integers(0, 14))
        unknown = int(rng.choice((0, 1, 2), p=(0.7, 0.22, 0.08)))
        due_in = int(rng.integers(3, 60)) if rng.random() < 0.85 else None
        fresh = bool((number * nights // (count + 1)) % 120 < 20)
        chance = max(chance_of(event, one, late, unknown, due_in, fresh) for one in programmes)
        chance = calm * chance + (1 - calm) * 0.12
        yield Drawn(
            number=number, night=night, event=event, programmes=programmes, language=str(rng.choice(_LANGUAGES, p=(0.7, 0.1, 0.1, 0.1))),
            days_late=late, unknown=unknown, due_in=due_in, fresh_wording=fresh, chance=chance, troubled=bool(rng.random() < chance),
        )  # fmt: skip


def work(drawn: Sequence[Drawn], *, office: str = OFFICE, undecided_from: date | None = None) -> None:
    """Puts them into the queue store as nights would have prepared them, and decides those of the nights before a date."""
    _wordings(drawn)
    notices = Notice.objects.bulk_create([_notice(one, office) for one in drawn])
    pairs = zip(drawn, notices, strict=True)
    Item.objects.bulk_create([item for one, notice in pairs for item in _items(one, notice, office)])
    settle([one for one in drawn if undecided_from is None or one.night < undecided_from], office=office)


def settle(drawn: Sequence[Drawn], *, office: str = OFFICE) -> None:
    """What the officers decide of these: two of three troubled ones are sent back, the third is edited and approved."""
    keys = {f"{office}-{one.number}": one for one in drawn}
    items = list(Item.objects.filter(office=office).select_related("notice").defer("criteria", "evidence"))
    mine = [(item, keys[item.notice.key]) for item in items if item.notice.key in keys]
    for item, one in mine:
        item.state = ItemState.REJECTED if _sent_back(one) else ItemState.APPROVED
    Item.objects.bulk_update([item for item, _ in mine], ["state"], batch_size=500)
    for item, one in mine:
        item.notice.state = NoticeState.REJECTED if _sent_back(one) else NoticeState.ACCEPTED
    Notice.objects.bulk_update([item.notice for item, _ in mine if not item.position], ["state"], batch_size=500)
    Decision.objects.bulk_create([_decision(item, one) for item, one in mine])
    NoticeEdit.objects.bulk_create(
        NoticeEdit(
            notice_id=item.notice_id, municipality_code=CITY, programme=item.programme, base_version=item.wording_version,
            version="e" * 64, before={}, sections={}, editor="aoki", edited_at=_decided_at(one),
        )
        for item, one in mine
        if not item.position and one.troubled and not _sent_back(one)
    )  # fmt: skip


def _version(one: Drawn) -> str:
    return ("f" if one.fresh_wording else "a") + f"{(one.night - FIRST).days // 120:063d}"


def _wordings(drawn: Sequence[Drawn]) -> None:
    """A text approved at the start of each 120 days is new for 30; in between, notices are made of an old one."""
    for version in sorted({_version(one) for one in drawn}):
        approved = FIRST + timedelta(days=120 * int(version[1:])) if version[0] == "f" else FIRST - timedelta(days=200)
        at = datetime.combine(approved, time(9), TOKYO)
        Wording.objects.get_or_create(
            municipality_code=CITY, programme="child_allowance", event="E01", kind="entitlement", language="ja", register="plain",
            version=version, defaults={"sections": {}, "drafter": "template", "state": "approved", "approved_at": at, "created_at": at},
        )  # fmt: skip


def _notice(one: Drawn, office: str) -> Notice:
    at = datetime.combine(one.night, time(2), TOKYO)
    flags = [name for name, raised in (("backdated", one.days_late > 14), ("ask", one.unknown)) if raised]
    return Notice(
        municipality_code=CITY, key=f"{office}-{one.number}", number=f"N-{one.number}-{office}"[:20], event=one.event,
        event_id=f"{office}-{one.number}", occurred_on=one.night - timedelta(days=one.days_late), night=one.night,
        addressee_id=f"{one.number:015d}", addressee_reason="claimant", subject_ids=[], household_id=f"{one.number:015d}",
        language=one.language, due_on=_due(one), flags=flags,
        content_hash="", prepared_at=at, changed_at=at,
    )  # fmt: skip


def _items(one: Drawn, notice: Notice, office: str) -> Iterator[Item]:
    criteria = [{"id": "a", "result": "met"}] + [{"id": f"u{n}", "result": "unknown"} for n in range(one.unknown)]
    for position, programme in enumerate(one.programmes):
        yield Item(
            notice=notice, municipality_code=CITY, programme=programme, programme_version="p", office=office, kind="entitlement",
            match_id=f"{notice.key}-{programme}", subject_id=notice.addressee_id, verdict="possible" if one.unknown else "eligible",
            due_on=_due(one), facts={}, wording_version=_version(one), criteria=criteria, evidence=[], position=position,
        )  # fmt: skip


def _decision(item: Item, one: Drawn) -> Decision:
    verdict = "reject" if item.state == ItemState.REJECTED else "approve"
    return Decision(item=item, officer="aoki", verdict=verdict, content_hash="c", decided_at=_decided_at(one))


def _sent_back(one: Drawn) -> bool:
    return one.troubled and one.number % 3 != 0


def _decided_at(one: Drawn) -> datetime:
    return datetime.combine(one.night + timedelta(days=1 + one.number % 2), time(10), TOKYO)


def _due(one: Drawn) -> date | None:
    return one.night + timedelta(days=one.due_in) if one.due_in is not None else None
