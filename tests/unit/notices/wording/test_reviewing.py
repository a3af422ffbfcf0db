"""Everything a reviewer needs, in one object."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from eligibility.catalogue import publish
from eligibility.programme import read_programme
from notices.site import installed
from notices.wording import drafting, library
from notices.wording.backwards import NO_MODEL
from notices.wording.draft import TemplateDrafter
from notices.wording.models import Wording
from notices.wording.public import public_facts
from notices.wording.reviewing import sheet, template_of
from tests.support.approvals import AT, CITY

pytestmark = pytest.mark.django_db
PROGRAMME = read_programme(Path(__file__).parents[4] / "eligibility" / "programmes" / "child_allowance.yaml")
ON = date(2026, 11, 24)


@pytest.fixture
def english() -> Wording:
    """The English block of a published programme, as the template wrote it."""
    publish(PROGRAMME, folder=installed().paths.catalogue, signed_off_by=("demo",), at=AT, demonstration=True)
    drafting.ensure([public_facts(PROGRAMME)], languages=["en"], drafter=TemplateDrafter(), at=AT)
    return Wording.objects.get(programme="child_allowance", event="E01", language="en")


def test_a_first_version_stands_beside_its_template_and_says_what_is_not_there(english: Wording) -> None:
    seen = sheet(english.pk, on=ON)
    assert {section.name: section.text for section in seen.sections} == english.sections
    assert all(section.text == section.template for section in seen.sections)
    assert (seen.no_template, seen.no_approved) == ("", "nothing is in force for this use yet")
    assert (seen.no_back, seen.changes, seen.guard, seen.readability, seen.obstacle) == (NO_MODEL, (), (), (), "")
    assert seen.measured["longest"] > 0


def test_an_edit_shows_what_changes_and_what_is_wrong_with_it(english: Wording) -> None:
    library.approve(english.pk, officer="clerk-a", at=AT)
    long = "Hand in the form at the office and then wait until we write to you because we must look at it first and ask you more."
    wrong = {**english.sections, "to_do": "Get double money", "possible": long}
    edit = library.revise(english, wrong, editor="clerk-b", at=AT)
    Wording.objects.filter(pk=edit.pk).update(
        back_translation={"sections": {**wrong, "to_do": "2倍"}, "slots_differ": ["gives"]}
    )
    seen = sheet(edit.pk, on=ON)
    assert [finding["code"] for finding in seen.guard] == ["number_word"]
    assert "sentence_length" in [finding["code"] for finding in seen.readability]
    assert any(line.startswith("+Get double money") for line in seen.changes)
    section = next(one for one in seen.sections if one.name == "to_do")
    assert (section.approved, section.back) == (english.sections["to_do"], "2倍")
    assert (seen.no_back, seen.no_approved, seen.slots_differ) == ("", "", ("gives",))
    assert "findings of the guard" in seen.obstacle
    assert seen.as_json()["sections"][0]["name"] == seen.sections[0].name


def test_a_programme_that_is_not_published_has_no_template(english: Wording) -> None:
    shutil.rmtree(installed().paths.catalogue)
    assert template_of(english, on=ON) == {}
    assert sheet(english.pk, on=ON).no_template == "child_allowance is not published now"


def test_another_citys_text_is_not_shown(english: Wording) -> None:
    Wording.objects.filter(pk=english.pk).update(municipality_code="131016")
    assert english.municipality_code == CITY
    with pytest.raises(Wording.DoesNotExist):
        sheet(english.pk, on=ON)
