from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from notices.approval import decide, editing, undo
from notices.approval.looking.cases import Case, Priors, decided, offices_with_decisions, priors_of, read, with_prior
from notices.approval.models import Notice
from tests.support.approvals import AT, CITY, FRIDAY, Town, approve_wordings, later, officer, run

pytestmark = pytest.mark.django_db
AOKI, BABA = officer("aoki"), officer("baba")


@pytest.fixture
def notice(town: Town) -> Notice:
    approve_wordings()
    town.birth()
    run(town)
    return Notice.objects.get()


def case() -> Case:
    return next(read(Notice.objects.all(), CITY, "child_benefits"))


def approved(notice: Notice) -> None:
    decide.approve(notice.pk, officer=AOKI, at=AT)


def sent_back(notice: Notice) -> None:
    decide.reject(notice.pk, officer=AOKI, at=AT, reason_code="wording", comment="")


def edited(notice: Notice) -> None:
    block = next(one for one in editing.blocks(notice, BABA) if one.programme == "child_allowance")
    words = {**block.sections, "gives": block.sections["gives"] + "ご確認ください。"}
    assert not editing.edit(
        notice.pk, officer=BABA, at=AT, programme=block.programme, sections=words, seen=notice.content_hash
    ).findings
    decide.approve(notice.pk, officer=AOKI, at=AT)


def taken_back(notice: Notice) -> None:
    approved(notice)
    undo.undo(notice.pk, officer=AOKI, at=AT)


@pytest.mark.parametrize(
    ("happens", "troubled"),
    [
        pytest.param(lambda notice: None, None, id="nothing yet"),
        pytest.param(approved, False, id="approved as it was"),
        pytest.param(sent_back, True, id="sent back"),
        pytest.param(edited, True, id="edited, then approved"),
        pytest.param(taken_back, None, id="approved and taken back"),
    ],
)
def test_what_came_of_a_notice(happens: Callable[[Notice], None], troubled: bool | None, notice: Notice) -> None:
    happens(notice)
    assert case().troubled is troubled
    assert (case().decided_on == AT.date()) is (troubled is not None)


def test_a_case_is_the_offices_own_part_and_nothing_of_a_person(notice: Notice) -> None:
    found = case()
    assert found.parts == (("child_allowance", False),)
    assert {name for name in found.values if ":" in name} == {"event:E01", "language:ja", "programme:child_allowance"}
    said = str(found)
    for private in (notice.addressee_id, notice.household_id, notice.number, "奈良 ", *notice.subject_ids):
        assert private not in said


@pytest.mark.parametrize(
    ("given", "feature", "value"),
    [
        pytest.param({"deadline_on": FRIDAY + timedelta(days=7)}, "due_within_7", 1, id="due in a week"),
        pytest.param({"deadline_on": FRIDAY + timedelta(days=8)}, "due_within_7", 0, id="due in eight days"),
        pytest.param({"deadline_on": FRIDAY + timedelta(days=14)}, "due_within_14", 1, id="due in two weeks"),
        pytest.param({"deadline_on": FRIDAY + timedelta(days=30)}, "no_deadline", 0, id="a deadline"),
        pytest.param({"criteria": '[{"result": "unknown"}, {"result": "met"}]'}, "unknown", 1, id="one unknown"),
        pytest.param({"verdict": "possible"}, "possible", 1, id="possible"),
        pytest.param({"late": True}, "flag:late", 1, id="late"),
        pytest.param(
            {"ask": [{"id": "public_servant", "ja": "公務員ですか。", "en": "Are you one?"}]}, "flag:ask", 1, id="ask"
        ),
    ],
)
def test_what_a_model_reads(given: dict[str, Any], feature: str, value: float, town: Town) -> None:
    approve_wordings()
    town.birth(**given)
    run(town)
    assert case().values.get(feature, 0) == value


def test_the_flag_of_an_edit_is_not_read(notice: Notice) -> None:
    edited(notice)
    assert "edited" in Notice.objects.get().flags
    assert "flag:edited" not in case().values


def test_an_edited_text_is_as_old_as_the_one_it_rests_on(notice: Notice) -> None:
    before = case().values["wording_new"]
    edited(notice)
    assert (before, case().values["wording_new"]) == (1, 1)


def test_the_share_of_trouble_is_the_offices_until_decisions_speak() -> None:
    priors = Priors()
    priors.decided.update({("a", "E01"): 40, ("b", "E01"): 50})
    priors.troubled.update({("a", "E01"): 20})
    usual = 21 / 100
    assert priors.share([("new", "E01")]) == pytest.approx(usual)
    assert priors.share([("a", "E01")]) == pytest.approx((20 + 5 * usual) / 45)
    assert priors.share([("b", "E01"), ("a", "E01")]) == priors.share([("a", "E01")])


def test_the_database_counts_what_the_decisions_say(notice: Notice) -> None:
    sent_back(notice)
    assert offices_with_decisions(CITY) == ["child_benefits"]
    by_count, by_case = priors_of(CITY, "child_benefits"), Priors()
    by_case.learn(case())
    assert (by_count.decided, by_count.troubled) == (by_case.decided, by_case.troubled)
    assert by_count.troubled["child_allowance", "E01"] == 1


def test_a_decision_is_known_on_later_nights_only(town: Town) -> None:
    """A notice's own outcome, and those decided after it was prepared, are not in what it is judged by."""
    approve_wordings()
    town.birth("H1")
    run(town)
    first = Notice.objects.get()
    town.birth("H2")
    run(town, FRIDAY + timedelta(days=10), at=later(240))
    second = Notice.objects.exclude(pk=first.pk).get()
    for one, at in ((first, later(24)), (second, later(250))):
        decide.reject(one.pk, officer=AOKI, at=at, reason_code="wording", comment="")
    nothing, one_bad = Priors(), Priors()
    one_bad.learn(case())
    found = decided(CITY, "child_benefits", until=FRIDAY + timedelta(days=30))
    assert [one.values["prior"] for one in found] == [
        with_prior(found[0], nothing).values["prior"],
        with_prior(found[1], one_bad).values["prior"],
    ]
