"""Editing the wording of one notice: words only, held to the guard, kept with what stood before, approved by somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from engine.core.errors import InputError
from notices.approval import audit, decide
from notices.approval.composing import Shelf, rewrite
from notices.approval.edits import standing
from notices.approval.models import Decision, ItemState, Notice, NoticeEdit
from notices.approval.officer import Officer
from notices.approval.refusals import ContentChanged, NotAllowed
from notices.site import installed
from notices.wording import library
from notices.wording.guard import Finding, version_of
from notices.wording.models import Wording
from notices.wording.slots import slots_in

FLAG = "edited"  #: such a notice is never approved among many


@dataclass(frozen=True, kw_only=True)
class Block:
    """One text of a notice as it stands: an office's programme, or the event's opening when `programme` is empty."""

    programme: str
    sections: Mapping[str, str]
    wording: Wording  #: the approved version it rests on


@dataclass(frozen=True, kw_only=True)
class Edited:
    """What came of an edit. With findings nothing was kept."""

    notice: Notice
    findings: tuple[Finding, ...]


def blocks(notice: Notice, officer: Officer) -> list[Block]:
    """The texts an officer may edit: the opening, and each open programme of their own offices."""
    edits = standing(notice)
    mine = [item for item in notice.items.order_by("position") if item.office in officer.offices]
    uses = [("", "information"), *((item.programme, item.kind) for item in mine if item.state in _IN_TEXT)]
    found = []
    for programme, kind in dict.fromkeys(uses):
        wording = library.approved(notice.municipality_code, programme, notice.event, kind, notice.language, "plain")
        if wording is not None:
            said = Shelf(edits=edits).said(wording)
            found.append(Block(programme=programme, sections=said.sections, wording=wording))
    return found


def edit(
    notice_id: int, *, officer: Officer, at: datetime, programme: str, sections: Mapping[str, str], seen: str
) -> Edited:
    """Changes the words of one text of a notice. Every approval given before is void, and the editor gives none.

    seen: the content hash that was shown. Raises NotAllowed for another office's text, ContentChanged, InputError when
    nothing was changed, and like `decide.claim`.
    """
    with transaction.atomic():
        notice = decide.claim(notice_id, officer=officer, at=at)
        if seen != notice.content_hash:
            raise ContentChanged(f"notice {notice.number} is not what was shown; open it again")
        block = next((one for one in blocks(notice, officer) if one.programme == programme), None)
        if block is None or sections.keys() != block.sections.keys():
            raise NotAllowed("this text of the notice belongs to another office, or has other sections")
        if dict(sections) == dict(block.sections):
            raise InputError("nothing was changed; change a word, or go back to the notice")
        findings = (*_slots_kept(block.sections, sections), *library.examine(block.wording, sections))
        if not findings:
            _keep(notice, block, sections, officer, at)
            notice = decide.release(notice_id, officer=officer, at=at)
    audit.anchor(installed(), at=at)
    return Edited(notice=notice, findings=findings)


_IN_TEXT = frozenset({ItemState.OPEN, ItemState.APPROVED})


def _slots_kept(before: Mapping[str, str], after: Mapping[str, str]) -> list[Finding]:
    """Words may change; what the facts are filled into may not."""
    found = []
    for name, text in before.items():
        if sorted(slots_in(text)) != sorted(slots_in(after[name])):
            kept = " ".join(f"{{{slot}}}" for slot in slots_in(text))
            hint = f"keep each of these as it is: {kept}" if kept else "this section shows no fact: write words only"
            found.append(Finding(code="slots_kept", section=name, text=after[name], hint=hint))
    return found


def _keep(notice: Notice, block: Block, sections: Mapping[str, str], officer: Officer, at: datetime) -> None:
    """The edit with what stood before, the notice written anew, and no approval left."""
    before = notice.content_hash
    kept = NoticeEdit.objects.create(
        notice=notice,
        municipality_code=notice.municipality_code,
        programme=block.programme,
        base_version=block.wording.version,
        version=version_of(sections),
        before=dict(block.sections),
        sections=dict(sections),
        editor=officer.name,
        edited_at=at,
    )
    rewrite(notice, at=at)
    Decision.objects.filter(item__notice=notice, verdict="approve", voided=False).update(voided=True)
    notice.items.filter(state=ItemState.APPROVED).update(state=ItemState.OPEN)
    notice.flags = [*(flag for flag in notice.flags if flag != FLAG), FLAG]
    notice.save(update_fields=["flags"])
    audit.append(
        municipality=notice.municipality_code,
        actor=officer.name,
        action="wording_edited",
        subject=f"notice:{notice.pk}",
        details={
            "text": block.programme or "opening",
            "base": kept.base_version,
            "version": kept.version,
            "before": before,
            "content": notice.content_hash,
        },
        at=at,
    )
