import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from eligibility import catalogue
from eligibility.match import match_programmes
from eligibility.programme import Programme, read_programme
from engine.core.clock import TOKYO
from tests.support.history import CITY, Records

AT = datetime(2026, 11, 9, 9, tzinfo=TOKYO)
BASELINE = date(2026, 11, 9)
ON = date(2026, 11, 20)
EARLIER = date(2026, 11, 16)
BORN = date(2026, 11, 12)
#: what the cases below are about; every programme's own rules are held to their examples in tests/rules
USED = (
    "child_allowance",
    "child_medical_subsidy",
    "elderly_medical_at_75",
    "infant_health_checks",
    "light_vehicle_tax_relief",
    "ltc_at_65",
    "nhi_funeral_grant",
    "nhi_job_loss_reduction",
)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with (found := Records(tmp_path)).warehouse:
        for slug in USED:
            _publish(found, read_programme(catalogue.FOLDER / f"{slug}.yaml"))
        found.resident("head", BASELINE, rel1="HEAD", birth_date=date(1990, 5, 5))
        yield found


def _publish(records: Records, programme: Programme, *, demonstration: bool = True) -> str:
    return catalogue.publish(
        programme,
        signed_off_by=[programme.office],
        at=AT,
        folder=records.settings.paths.catalogue,
        demonstration=demonstration,
    )


def _matched(records: Records, on: date = ON) -> dict[tuple[str, str], dict[str, Any]]:
    match_programmes(records.night(on))
    rows = [row for row in records.rows("matches.matches") if row["night"] == on]
    return {(row["programme"], row["subject_id"]): row for row in rows}


def _birth(records: Records, *children: str, night: date = ON, **more: Any) -> None:
    for child in children:
        records.resident(child, night, birth_date=BORN, move_reason="BIRTH", effective_date=BORN)
    records.event("E01", list(children), **({"occurred_on": BORN, "detected_on": night} | more))


def test_a_birth_matches_each_programme_it_triggers(records: Records) -> None:
    _birth(records, "baby")
    matched = _matched(records)
    assert {name for name, _ in matched} == {"child_allowance", "child_medical_subsidy", "infant_health_checks"}
    row = matched["child_allowance", "baby"]
    assert (row["municipality_code"], row["event_code"], row["household_id"]) == (CITY, "E01", "h1")
    assert (row["verdict"], row["excluded"], row["kind"]) == ("possible", "", "entitlement")
    assert (row["office"], row["recipient"], row["sensitivity"]) == ("child_benefits", "guardian", "normal")
    assert (row["deadline_on"], row["last_loss_free_on"]) == (date(2026, 11, 27), date(2026, 11, 30))
    assert row["late"] is False
    assert row["verify"] == []


def test_each_criterion_is_kept_as_assess_prints_it(records: Records) -> None:
    _birth(records, "baby")
    criteria = {one["id"]: one for one in json.loads(_matched(records)["child_allowance", "baby"]["criteria"])}
    assert criteria["within_age"] == {
        "id": "within_age",
        "label": {"ja": "18歳になって最初の3月31日まで", "en": "until the first 31 March after turning 18"},
        "result": "met",
        "when_unknown": "verify",
        "value": "2045-03-31",
        "threshold": "2026-11-20",
        "unit": "date",
        "cites": "児童手当法3条1項",
        "find_out": None,
    }
    assert criteria["not_public_servant"]["result"] == "unknown"
    assert criteria["not_public_servant"]["when_unknown"] == "ask"


def test_the_facts_of_a_notice_name_what_to_ask_and_nothing_of_the_person(records: Records) -> None:
    _birth(records, "baby")
    matched = _matched(records)
    facts = json.loads(matched["child_allowance", "baby"]["facts"])
    assert [one["id"] for one in facts["ask"]] == ["not_public_servant"]
    assert facts["deadline"] == {"type": "date", "value": "2026-11-27"}
    assert [one["value"] for one in facts["amount"]] == [15000]
    assert "baby" not in json.dumps(facts)
    waits = json.loads(matched["infant_health_checks", "baby"]["facts"])["how_to_apply"]
    assert "待っていてください" in waits["ja"]


def test_twins_are_one_event_and_a_match_each(records: Records) -> None:
    _birth(records, "one", "two")
    matched = _matched(records)
    assert {subject for name, subject in matched if name == "child_allowance"} == {"one", "two"}
    assert len({row["match_id"] for row in matched.values()}) == len(matched) == 6
    assert len({row["event_id"] for row in matched.values()}) == 1


def test_twins_after_one_elder_child_are_shown_both_amounts(records: Records) -> None:
    records.resident("elder", BASELINE, birth_date=date(2020, 5, 5))
    _birth(records, "one", "two")
    facts = json.loads(_matched(records)["child_allowance", "one"]["facts"])
    assert [one["value"] for one in facts["amount"]] == [15000, 30000]


def test_a_family_that_moves_in_is_matched_person_by_person(records: Records) -> None:
    records.resident("parent", ON, household="h2", rel1="HEAD", birth_date=date(1985, 1, 1))
    records.resident("teen", ON, household="h2", birth_date=date(2012, 6, 1))
    records.resident("toddler", ON, household="h2", birth_date=date(2024, 6, 1))
    subjects = ["parent", "teen", "toddler"]
    records.event("E05", subjects, occurred_on=date(2026, 11, 18), detected_on=ON, household_id="h2")
    verdicts = {key: row["verdict"] for key, row in _matched(records).items()}
    assert verdicts == {
        ("child_allowance", "parent"): "ineligible",
        ("child_allowance", "teen"): "possible",
        ("child_allowance", "toddler"): "possible",
        ("child_medical_subsidy", "parent"): "ineligible",
        ("child_medical_subsidy", "teen"): "possible",
        ("child_medical_subsidy", "toddler"): "possible",
        ("infant_health_checks", "parent"): "ineligible",
        ("infant_health_checks", "teen"): "ineligible",
        ("infant_health_checks", "toddler"): "eligible",
    }


ALLOWANCE = {"claimant_id": "head", "child_id": "baby", "benefit_status": "APPLIED"}


@pytest.mark.parametrize(
    ("seen_on", "excluded"),
    [
        pytest.param(EARLIER - timedelta(days=1), "already_receiving", id="known before the event"),
        pytest.param(EARLIER, "", id="came in the same night, so the event may have brought it"),
        pytest.param(ON, "", id="came while the event waited"),
    ],
)
def test_exclusions_see_the_records_from_before_the_event_was_found(
    records: Records, seen_on: date, excluded: str
) -> None:
    _birth(records, "baby", night=EARLIER, settled_on=ON)
    records.put("child_allowance", seen_on, **ALLOWANCE)
    row = _matched(records)["child_allowance", "baby"]
    assert row["excluded"] == excluded
    assert row["verdict"] == ("ineligible" if excluded else "possible")


def test_a_death_is_judged_by_the_insurance_on_that_day(records: Records) -> None:
    died = date(2026, 11, 17)
    records.resident("old", BASELINE, household="h3", rel1="HEAD", birth_date=date(1958, 5, 5))
    records.put("nhi", BASELINE, resident_id="old", hist_no=1, acquired_on=date(2018, 4, 1))
    records.resident("old", ON, household="h3", rel1="HEAD", birth_date=date(1958, 5, 5), hist_no=2, status="DEAD")
    records.put(
        "nhi",
        ON,
        resident_id="old",
        hist_no=2,
        acquired_on=date(2018, 4, 1),
        lost_on=date(2026, 11, 18),
        lost_reason="DEATH",
    )
    records.event("E10", ["old"], occurred_on=died, detected_on=ON, household_id="h3")
    row = _matched(records)["nhi_funeral_grant", "old"]
    assert (row["verdict"], row["recipient"], row["deadline_on"]) == ("possible", "next_of_kin", date(2028, 11, 17))
    assert [one["id"] for one in json.loads(row["facts"])["ask"]] == ["held_the_funeral", "no_other_grant"]


@pytest.mark.parametrize(
    ("detail", "attended", "excluded"),
    [
        pytest.param("4", None, "", id="not attended"),
        pytest.param("4", "M4", "attended", id="attended"),
        pytest.param("10", "M4", "", id="attended an earlier one"),
    ],
)
def test_months_of_age_know_which_check_is_meant(
    records: Records, detail: str, attended: str | None, excluded: str
) -> None:
    records.resident("infant", BASELINE, birth_date=date(2026, 7, 20))
    if attended:
        records.put("health_checks", BASELINE, resident_id="infant", check_kind=attended, attended_on=BASELINE)
    records.event("E39", ["infant"], occurred_on=ON, detected_on=ON, detail=detail)
    assert _matched(records)["infant_health_checks", "infant"]["excluded"] == excluded


def test_an_unknown_fact_that_staff_can_find_out_goes_to_verify(records: Records) -> None:
    records.resident("mover", ON, household="h2", birth_date=None)
    records.event("E05", ["mover"], occurred_on=date(2026, 11, 18), detected_on=ON, household_id="h2")
    row = _matched(records)["child_allowance", "mover"]
    assert (row["verdict"], row["verify"]) == ("possible", ["within_age"])
    assert [one["value"] for one in json.loads(row["amount"])] == [15000, 10000]


@pytest.mark.parametrize(
    ("born", "late", "deadline", "verify"),
    [
        pytest.param(date(2026, 11, 2), False, date(2026, 11, 30), [], id="past the 15 days, before the month's end"),
        pytest.param(date(2026, 10, 20), True, None, [], id="late: it counts from the next month"),
        pytest.param(date(2026, 9, 21), True, None, [], id="sixty days"),
        pytest.param(date(2026, 9, 20), True, None, ["too_late"], id="older than the programme's limit"),
    ],
)
def test_late_entries(records: Records, born: date, late: bool, deadline: date | None, verify: list[str]) -> None:
    records.resident("baby", ON, birth_date=born)
    records.event("E01", ["baby"], occurred_on=born, detected_on=ON)
    row = _matched(records)["child_allowance", "baby"]
    assert (row["late"], row["deadline_on"], row["verify"]) == (late, deadline, verify)
    assert json.loads(row["facts"])["late"] is late


def test_a_programme_past_its_review_date_is_matched_but_held_for_staff(records: Records) -> None:
    stale = read_programme(catalogue.FOLDER / "child_medical_subsidy.yaml").model_copy(
        update={"next_review": ON - timedelta(days=1)}
    )
    _publish(records, stale)
    _birth(records, "baby")
    assert match_programmes(records.night(ON)).summary()["programmes_past_review"] == ["child_medical_subsidy"]
    matched = _matched(records)
    assert matched["child_medical_subsidy", "baby"]["verdict"] == "possible"
    assert matched["child_medical_subsidy", "baby"]["verify"] == ["review_date_passed"]
    assert matched["child_allowance", "baby"]["verify"] == []


@pytest.mark.parametrize("state", ["waiting", "void", "held", "staff", "suppressed"])
def test_only_settled_events_are_matched(records: Records, state: str) -> None:
    _birth(records, "baby", state=state)
    assert _matched(records) == {}


def test_an_event_is_matched_on_the_night_it_settles_and_not_again(records: Records) -> None:
    _birth(records, "baby", night=EARLIER)
    assert _matched(records, EARLIER)
    assert _matched(records, ON) == {}


def test_staff_only_events_are_never_matched(records: Records) -> None:
    more: dict[str, Any] = {"class": "staff-only"}
    _birth(records, "baby", **more)
    assert _matched(records) == {}


def test_the_same_night_twice_is_the_same_rows(records: Records) -> None:
    _birth(records, "one", "two")
    first, again = _matched(records), _matched(records)
    assert first == again
    assert len(records.rows("matches.matches")) == len(first)


def test_production_leaves_out_what_was_signed_as_a_demonstration_and_says_so(tmp_path: Path) -> None:
    with (records := Records(tmp_path, mode="production")).warehouse:
        _publish(records, read_programme(catalogue.FOLDER / "child_medical_subsidy.yaml"), demonstration=False)
        _publish(records, read_programme(catalogue.FOLDER / "child_allowance.yaml"))
        records.resident("head", BASELINE, rel1="HEAD", birth_date=date(1990, 5, 5))
        _birth(records, "baby")
        report = match_programmes(records.night(ON))
        assert {row["programme"] for row in records.rows("matches.matches")} == {"child_medical_subsidy"}
        assert report.summary() == {
            "matches": {"eligible": 0, "possible": 1, "ineligible": 0},
            "programmes": {"child_medical_subsidy": 1},
            "programmes_left_out": {"child_allowance": "signed off as a demonstration only"},
        }


def test_a_night_without_a_catalogue_matches_nothing(tmp_path: Path) -> None:
    with (records := Records(tmp_path)).warehouse:
        records.resident("head", BASELINE, rel1="HEAD")
        _birth(records, "baby")
        assert match_programmes(records.night(ON)).summary() == {
            "matches": {"eligible": 0, "possible": 0, "ineligible": 0},
            "programmes": {},
        }


def test_a_rule_may_read_what_other_members_of_the_household_have_on_record(records: Records) -> None:
    slug = "nhi_childbirth_lump_sum"
    _publish(records, read_programme(catalogue.FOLDER / f"{slug}.yaml"))
    records.resident("mother", BASELINE, rel1="WIFE", sex="2", birth_date=date(1993, 6, 6))
    _birth(records, "baby")
    assert _matched(records)[slug, "baby"]["verdict"] == "ineligible"
    records.put("nhi", BASELINE, resident_id="mother", hist_no=1, acquired_on=date(2024, 4, 1))
    assert _matched(records)[slug, "baby"]["verdict"] == "possible"
