from pathlib import Path

import pytest
from pytest_django import Settings as DjangoSettings

from engine.core.errors import InputError
from engine.core.settings import Settings
from notices.approval import decide
from notices.approval.looking.scoring import models_in_use, offices_with_model, score_waiting
from notices.approval.models import Notice
from notices.site import installed
from tests.support.approvals import AT, Town, approve_wordings, officer, run
from tests.support.looking import put_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(tmp_path: Path, settings: DjangoSettings) -> Settings:
    paths = installed().paths.model_copy(update={"models": tmp_path / "models"})
    settings.TODOKE = installed().model_copy(update={"paths": paths})
    return installed()


def scores() -> list[tuple[int, list[str]]]:
    return [(one.look, sorted(one.look_says)) for one in Notice.objects.order_by("pk")]


def test_what_a_night_prepares_has_its_scores(town: Town, site: Settings) -> None:
    put_model(site.paths.models, "child_benefits", feature="programme:child_allowance")
    approve_wordings()
    town.birth()
    town.settings = site
    run(town)
    notice = Notice.objects.get()
    assert notice.look == 500
    assert notice.look_says == {
        "child_benefits": {"probability": 0.5, "spoke": [["programme:child_allowance", 1.0]], "shown": True}
    }


def test_an_office_without_a_model_says_nothing(town: Town, site: Settings) -> None:
    approve_wordings()
    town.birth()
    run(town)
    assert score_waiting(site) == 0
    assert scores() == [(0, [])]


def test_the_order_is_by_the_highest_and_what_is_decided_is_left_alone(town: Town, site: Settings) -> None:
    approve_wordings()
    town.birth("H1")
    town.birth("H2")
    run(town)
    put_model(site.paths.models, "child_benefits")
    put_model(site.paths.models, "maternal_health", feature="event:E01")
    assert score_waiting(site) == 2
    assert scores() == [(500, ["child_benefits", "maternal_health"])] * 2
    both = officer(offices=("child_benefits", "maternal_health"))
    first = Notice.objects.order_by("pk")[0]
    decide.approve(first.pk, officer=both, at=AT)
    (site.paths.models / "look_first-child_benefits" / "current").unlink()
    assert score_waiting(site) == 1
    assert scores() == [(500, ["child_benefits", "maternal_health"]), (500, ["maternal_health"])]


def test_a_score_changes_nothing_that_is_approved(town: Town, site: Settings) -> None:
    approve_wordings()
    town.birth()
    run(town)
    before = Notice.objects.values("content_hash", "version", "state", "flags").get()
    put_model(site.paths.models, "child_benefits")
    score_waiting(site)
    assert Notice.objects.values("content_hash", "version", "state", "flags").get() == before


def test_a_model_that_is_not_what_it_was_is_not_used_and_the_night_goes_on(
    town: Town, site: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    put_model(site.paths.models, "child_benefits")
    next((site.paths.models / "look_first-child_benefits").glob("*.json")).write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="todoke notices learn"):
        models_in_use(site)
    approve_wordings()
    town.birth()
    town.settings = site
    assert run(town).prepared == 1
    assert "no notice of 2026-11-20 is marked to look at first" in capfd.readouterr().err
    assert scores() == [(0, [])]


def test_the_offices_are_read_from_what_is_in_use(site: Settings) -> None:
    assert offices_with_model(site) == frozenset()
    put_model(site.paths.models, "child_benefits")
    assert offices_with_model(site) == {"child_benefits"}
