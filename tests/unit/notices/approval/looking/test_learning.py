from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings as DjangoSettings

from engine.core.settings import LookFirst, Settings
from notices.approval.looking import learning
from notices.approval.looking.cases import Case, decided
from notices.approval.looking.scoring import models_in_use, offices_with_model
from notices.approval.models import Notice
from notices.site import installed
from tests.support.approvals import CITY
from tests.support.office_habits import FIRST, OFFICE, draw, settle, work

pytestmark = pytest.mark.django_db
NIGHTS = 200
UNTIL = FIRST + timedelta(days=NIGHTS)


@pytest.fixture
def site(tmp_path: Path, settings: DjangoSettings) -> Settings:
    """A site whose models stand in a folder of the test's own."""
    paths = installed().paths.model_copy(update={"models": tmp_path / "models"})
    settings.TODOKE = installed().model_copy(update={"paths": paths})
    return installed()


def cases(count: int, *, calm: float = 1.0, seed: int = 3) -> list[Case]:
    work(list(draw(count, nights=NIGHTS, seed=seed, calm=calm)))
    return decided(CITY, OFFICE, until=UNTIL)


def test_an_office_with_habits_has_a_model_and_one_with_none_has_not(site: Settings) -> None:
    work(list(draw(1_500, nights=NIGHTS, seed=3)))
    work(list(draw(1_500, nights=NIGHTS, seed=3, calm=0.0)), office="insurance")
    found = learning.learn(site, on=UNTIL)["offices"]
    assert found[OFFICE]["in_use"]
    assert found[OFFICE]["found_first"] > found[OFFICE]["found_first_by_deadline"]
    assert not found["insurance"]["in_use"]
    assert found["insurance"]["why"]["en"].startswith("AUC")
    assert set(models_in_use(site)) == {OFFICE}
    card = next((site.paths.models / f"look_first-{OFFICE}").glob("*.card.md")).read_text(encoding="utf-8")
    for words in ("見てほしい順", "Look here first", "性別", "sex", "AUC", "先頭の2割"):
        assert words in card


def test_the_habits_are_what_it_learned() -> None:
    fitted, card, why = learning.train(cases(1_500), office=OFFICE, rules=LookFirst(), until=UNTIL, seed=1)
    assert (fitted is not None, why) == (True, {})
    strongest = sorted(card["weights"], key=lambda name: -card["weights"][name])[:6]
    assert {"flag:backdated", "unknown"} & set(strongest)
    assert abs(card["weights"].get("language:en", 0)) < card["weights"]["unknown"]


def test_few_decisions_teach_nothing() -> None:
    _, card, why = learning.train(cases(300), office=OFFICE, rules=LookFirst(), until=UNTIL, seed=1)
    assert card == {}
    assert "300" in why["ja"]
    assert "1000" in why["en"]


def test_decisions_that_all_went_well_teach_nothing() -> None:
    good = [Case(**{**one.__dict__, "troubled": False}) for one in cases(300)]
    _, _, why = learning.train(good, office=OFFICE, rules=LookFirst(decisions=200), until=UNTIL, seed=1)
    assert "0" in why["en"]


GOOD = {"auc": 0.8, "calibration_error": 0.02, "found_first": 0.5, "found_first_by_deadline": 0.2}


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        pytest.param({}, "", id="good enough"),
        pytest.param({"auc": 0.64}, "AUC", id="hardly better than a coin"),
        pytest.param({"calibration_error": 0.09}, "calibration", id="its numbers are not what they say"),
        pytest.param({"found_first": 0.2}, "by deadline", id="no better than the plain order"),
    ],
)
def test_a_figure_below_its_floor_refuses(figures: dict[str, float], said: str) -> None:
    why = learning.refusal(GOOD | figures, LookFirst())
    assert set(why) == ({"ja", "en"} if said else set())
    assert said in why.get("en", "")


def test_a_refused_model_is_used_no_longer(site: Settings) -> None:
    work(list(draw(1_500, nights=NIGHTS, seed=3)), undecided_from=FIRST + timedelta(days=190))
    easy = site.model_copy(update={"look_first": LookFirst(calibration_error=0.2)})
    assert learning.learn(easy, on=UNTIL)["scored"] > 0
    assert offices_with_model(site) == {OFFICE}
    strict = site.model_copy(update={"look_first": LookFirst(auc=0.99)})
    found = learning.learn(strict, on=UNTIL)
    assert (found["scored"], offices_with_model(strict)) == (0, frozenset())
    assert not Notice.objects.exclude(look=0, look_says={}).exists()


def test_no_part_knows_what_was_decided_after_it() -> None:
    parts = learning.split(cases(400))
    starts = {name: min(one.night for one in part) for name, part in parts.items()}
    for earlier, after in (("train", "calibrate"), ("calibrate", "evaluate")):
        assert max(one.night for one in parts[earlier]) < starts[after]
    assert all(one.decided_on and one.decided_on < starts["evaluate"] for one in [*parts["train"], *parts["calibrate"]])


def told(count: int, *, real: float, said: float, seed: int = 1) -> list[Case]:
    """Recent cases that the queue gave a probability near `said`, of which a share `real` was troubled."""
    rng = np.random.default_rng(seed)
    return [
        Case(notice_id=at, night=UNTIL - timedelta(days=3), due_order=UNTIL, event="E01", language="ja", decided_on=UNTIL,
             troubled=bool(rng.random() < real), said=float(said * (0.5 + rng.random())), values={})
        for at in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("recent", "drifted"),
    [
        pytest.param(told(30, real=0.5, said=0.5), None, id="too few to say"),
        pytest.param(told(400, real=0.5, said=0.05), True, id="the office sends back what it used to approve"),
    ],
)
def test_drift_is_seen_on_recent_decisions(recent: list[Case], drifted: bool | None) -> None:
    figures = learning.recent(recent, LookFirst(), UNTIL)
    assert figures["cases"] == len(recent)
    assert figures.get("drifted") is drifted


def test_an_office_that_goes_on_as_before_has_not_drifted(site: Settings) -> None:
    """Learned on day 169; what stood in the queue is held against what was decided of it a month later."""
    drawn, day = list(draw(2_400, nights=NIGHTS, seed=3)), FIRST + timedelta(days=170)
    work(drawn, undecided_from=day)
    assert learning.learn(site, on=day)["scored"] == sum(one.night >= day for one in drawn)
    settle([one for one in drawn if one.night >= day])
    recent = learning.learn(site, on=UNTIL)["offices"][OFFICE]["recent"]
    assert recent["cases"] > 300
    assert recent["auc"] > 0.7
    assert not recent["drifted"]
