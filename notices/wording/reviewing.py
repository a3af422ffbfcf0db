"""Everything a reviewer needs to decide on one version of a text, in one object."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from eligibility.catalogue import published
from notices.site import installed
from notices.wording.backwards import why_none
from notices.wording.draft import TemplateDrafter, requests_for
from notices.wording.evaluate import STEP_OF
from notices.wording.language import code_of
from notices.wording.library import diff, same_use, unapprovable
from notices.wording.models import Wording
from notices.wording.public import public_facts
from notices.wording.slots import sections_for


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section: the text, what the template says there, what is in force, and what the text says in Japanese. Empty: nothing."""

    name: str
    text: str
    template: str
    approved: str
    back: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A version as its reviewer sees it. Findings are those of the library: code, section, text, hint."""

    wording: Wording
    sections: tuple[Section, ...]
    changes: tuple[str, ...]  #: lines of a unified diff from the approved version; empty when nothing is in force
    guard: tuple[Mapping[str, str], ...]  #: refuse it
    readability: tuple[Mapping[str, str], ...]  #: refuse it too
    of_programme: tuple[Mapping[str, str], ...]  #: hard to read in the programme's own text: its office's affair
    measured: Mapping[str, Any]  #: sentences, mean, longest, ari
    fallback: str  #: why the model's own draft was not taken
    no_template: str  #: why there is no template beside it
    no_approved: str  #: why there is nothing to compare with
    no_back: str  #: why there is no back-translation
    slots_differ: tuple[str, ...]  #: sections whose back-translation lost or gained a slot: look there first
    obstacle: str  #: why nobody can approve it as it is, or an empty text

    def as_json(self) -> dict[str, Any]:
        """The sheet as `wording show --json` prints it."""
        told = {name: value for name, value in vars(self).items() if name not in {"wording", "sections"}}
        return told | {"sections": [vars(section) for section in self.sections]}


def sheet(wording_id: int, *, on: date) -> Sheet:
    """One version of this municipality's library. Raises Wording.DoesNotExist. `on`: the day whose published programmes count."""
    site = installed()
    wording = Wording.objects.get(pk=wording_id, municipality_code=site.municipality.code)
    template = template_of(wording, on=on)
    force = same_use(wording).filter(state=Wording.State.APPROVED).exclude(pk=wording.pk).first()
    before: Mapping[str, str] = force.sections if force else {}
    back = wording.back_translation.get("sections", {})
    names = dict.fromkeys([*sections_for(wording.programme), *wording.sections, *before])
    guard = tuple(finding for finding in wording.findings if finding["code"] in STEP_OF)
    measured = {name: value for name, value in wording.readability.items() if name not in {"findings", "programme"}}
    return Sheet(
        wording=wording,
        sections=tuple(
            Section(
                name=name,
                text=wording.sections.get(name, ""),
                template=template.get(name, ""),
                approved=before.get(name, ""),
                back=back.get(name, ""),
            )
            for name in names
            if any(name in side for side in (wording.sections, template, before))
        ),
        changes=tuple(diff(before, wording.sections)) if force else (),
        guard=guard,
        readability=tuple(finding for finding in wording.findings if finding not in guard),
        of_programme=tuple(wording.readability.get("programme", ())),
        measured=measured,
        fallback=wording.fallback,
        no_template="" if template else f"{wording.programme or wording.event} is not published now",
        no_approved="" if force else "nothing is in force for this use yet",
        no_back=why_none(wording, has_model=site.wording.drafter != "template"),
        slots_differ=tuple(wording.back_translation.get("slots_differ", ())),
        obstacle=unapprovable(wording),
    )


def template_of(wording: Wording, *, on: date) -> Mapping[str, str]:
    """The template's draft for the same use; empty when its programme is not published."""
    site = installed()
    found = published(site.paths.catalogue, on, mode=site.mode)
    facts = [public_facts(one.programme) for one in found if wording.programme in {"", one.programme.slug}]
    for request in requests_for(facts, languages=[code_of(wording.language, wording.register)]):
        if (request.programme, request.event) == (wording.programme, wording.event):
            return TemplateDrafter().draft(request).sections
    return {}
