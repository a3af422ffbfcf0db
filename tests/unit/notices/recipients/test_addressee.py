from collections.abc import Callable
from datetime import date

import pytest

from notices.recipients.addressee import Addressee, Unresolved, read_households, resolve
from tests.support.approvals import BIRTH, FRIDAY, Town


def named(town: Town, rule: str, subject: str, household: str = "H1") -> Addressee | Unresolved:
    households = read_households(town.night(), [(subject, household)])
    return resolve(households, rule=rule, subject=subject, household=household)


def claims(town: Town, claimant: str, child: str, **values: object) -> None:
    town.add(
        "child_allowance",
        claimant_id=claimant,
        child_id=child,
        benefit_status=values.pop("benefit_status", "RECEIVING"),
        **values,
    )


def guards(town: Town, child: str, adult: str, kind: str = "PARENT", **values: object) -> None:
    town.add("guardianship", child_id=child, adult_id=adult, guardian_kind=kind, **values)


def parents(town: Town) -> None:
    town.family()


def mother_claims(town: Town) -> None:
    town.family()
    claims(town, "M1", "C1")


def claims_for_a_sibling(town: Town) -> None:
    town.family()
    town.person("S1", "H1", rel="CHILD", born=date(2020, 1, 1))
    claims(town, "M1", "S1", benefit_status="APPLIED")


def claimant_lives_elsewhere(town: Town) -> None:
    town.family()
    town.person("X", "H2")
    claims(town, "X", "C1")


def claim_ended(town: Town) -> None:
    town.family()
    claims(town, "M1", "C1", benefit_status="ENDED")


def father_moved_out(town: Town) -> None:
    town.person("F1", "H1", status="MOVED_OUT")
    town.person("M1", "H1", rel="WIFE")
    town.person("C1", "H1", rel="CHILD", born=BIRTH)


def father_died(town: Town) -> None:
    town.person("F1", "H1", status="DEAD")
    town.person("M1", "H1")
    town.person("C1", "H1", rel="CHILD", born=BIRTH)


def grandparents_and_one_daughter(town: Town) -> None:
    town.person("G1", "H1", born=date(1955, 1, 1))
    town.person("M1", "H1", rel="CHILD")
    town.person("C1", "H1", rel="CHILD/CHILD", born=BIRTH)


def child_of_the_wife(town: Town) -> None:
    town.person("F1", "H1")
    town.person("M1", "H1", rel="WIFE")
    town.person("C1", "H1", rel="WIFE/CHILD", born=BIRTH)


def custody_is_with_the_mother(town: Town) -> None:
    town.family()
    guards(town, "C1", "M1", "CUSTODY")


def both_have_parental_rights(town: Town) -> None:
    town.family()
    guards(town, "C1", "M1")
    guards(town, "C1", "F1")


def mother_of_a_household_head(town: Town) -> None:
    town.person("M1", "H1", rel="MOTHER", born=date(1980, 1, 1))
    town.person("C1", "H1", born=date(2010, 1, 1))


@pytest.mark.parametrize(
    ("home", "expected", "why"),
    [
        pytest.param(parents, "F1", "parent_living_with_child", id="head's child: the head"),
        pytest.param(mother_claims, "M1", "claimant", id="registered claimant first"),
        pytest.param(claims_for_a_sibling, "M1", "claimant", id="claimant of a sibling"),
        pytest.param(
            claimant_lives_elsewhere, "F1", "parent_living_with_child", id="a claimant elsewhere is not written to"
        ),
        pytest.param(claim_ended, "F1", "parent_living_with_child", id="an ended claim does not count"),
        pytest.param(father_moved_out, "M1", "parent_living_with_child", id="head moved out: the other parent"),
        pytest.param(father_died, "M1", "parent_living_with_child", id="never the deceased"),
        pytest.param(grandparents_and_one_daughter, "M1", "parent_living_with_child", id="grandchild of the head"),
        pytest.param(child_of_the_wife, "M1", "parent_living_with_child", id="wife's child: not the head"),
        pytest.param(custody_is_with_the_mother, "M1", "parent_living_with_child", id="custody before the chain"),
        pytest.param(both_have_parental_rights, "F1", "parent_living_with_child", id="both: the chain chooses"),
        pytest.param(mother_of_a_household_head, "M1", "parent_living_with_child", id="child is the head"),
    ],
)
def test_a_childs_notice_goes_to_whom_the_law_names(
    home: Callable[[Town], None], expected: str, why: str, town: Town
) -> None:
    home(town)
    assert named(town, "guardian", "C1") == Addressee(expected, why)


def alone(town: Town) -> None:
    town.person("C1", "H1", born=BIRTH)


def two_daughters(town: Town) -> None:
    grandparents_and_one_daughter(town)
    town.person("A1", "H1", rel="CHILD", born=date(1992, 1, 1))


def two_claimants(town: Town) -> None:
    town.family()
    claims(town, "F1", "C1")
    claims(town, "M1", "C1")


def in_a_facility(town: Town) -> None:
    town.family()
    claims(town, "F1", "C1", facility=True)


def in_a_foster_family(town: Town) -> None:
    town.family()
    guards(town, "C1", "F1", "FOSTER")


def lives_with_a_cohabitant(town: Town) -> None:
    town.person("X1", "H1")
    town.person("C1", "H1", rel="COHABITANT", born=BIRTH)


def not_at_home(town: Town) -> None:
    town.family()
    town.person("C1", "H1", rel="CHILD", born=BIRTH, status="MOVED_OUT", hist_no=2)


@pytest.mark.parametrize(
    ("home", "why"),
    [
        pytest.param(alone, "no_parent_in_household", id="nobody else there"),
        pytest.param(two_daughters, "no_parent_in_household", id="grandchild, two could be the mother"),
        pytest.param(two_claimants, "several_claimants", id="two claimants"),
        pytest.param(in_a_facility, "child_in_care", id="facility"),
        pytest.param(in_a_foster_family, "child_in_care", id="foster family"),
        pytest.param(lives_with_a_cohabitant, "no_parent_in_household", id="not related to the head"),
        pytest.param(not_at_home, "child_not_in_household", id="child does not live there"),
    ],
)
def test_where_the_records_leave_it_open_staff_decide(home: Callable[[Town], None], why: str, town: Town) -> None:
    home(town)
    assert named(town, "guardian", "C1") == Unresolved(why)


@pytest.mark.parametrize(
    ("survivors", "expected"),
    [
        pytest.param([("W", "WIFE", 1950)], Addressee("W", "next_of_kin"), id="the wife"),
        pytest.param([("W", "HEAD", 1950), ("S", "CHILD", 1980)], Addressee("W", "next_of_kin"), id="the new head"),
        pytest.param(
            [("W", "WIFE", 1950), ("S", "CHILD", 1980)], Addressee("W", "next_of_kin"), id="wife before child"
        ),
        pytest.param([("S", "CHILD", 1980)], Addressee("S", "next_of_kin"), id="the only child"),
        pytest.param([("S", "CHILD", 1980), ("T", "CHILD", 1982)], Unresolved("several_survivors"), id="two children"),
        pytest.param([("S", "CHILD", 2015)], Unresolved("no_next_of_kin_in_household"), id="a minor alone"),
        pytest.param([], Unresolved("no_next_of_kin_in_household"), id="nobody"),
    ],
)
def test_a_death_is_told_to_a_survivor_never_to_the_deceased(
    survivors: list[tuple[str, str, int]], expected: Addressee | Unresolved, town: Town
) -> None:
    town.person("D", "H1", born=date(1945, 1, 1), status="DEAD")
    for resident, rel, year in survivors:
        town.person(resident, "H1", rel=rel, born=date(year, 1, 1))
    assert named(town, "next_of_kin", "D") == expected


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        pytest.param("F1", Addressee("F1", "nhi_payer"), id="the head pays"),
        pytest.param("M1", Addressee("M1", "self"), id="pays herself"),
        pytest.param(None, Addressee("M1", "self"), id="no payer on record"),
        pytest.param("X", Unresolved("payer_not_in_household"), id="the payer lives elsewhere"),
        pytest.param("C1", Unresolved("payer_is_a_minor"), id="a minor pays"),
    ],
)
def test_the_premium_is_about_whoever_owes_it(payer: str | None, expected: Addressee | Unresolved, town: Town) -> None:
    town.family()
    town.add("nhi", resident_id="M1", payer_id=payer, entry_kind="ENTRY")
    assert named(town, "nhi_payer", "M1") == expected


def test_self_is_the_subject(town: Town) -> None:
    town.person("A", "H1")
    assert named(town, "self", "A") == Addressee("A", "self")


def test_households_print_nobody(town: Town) -> None:
    town.family()
    assert "F1" not in repr(read_households(town.night(FRIDAY), [("C1", "H1")]))


@pytest.mark.parametrize(
    ("sex", "found"),
    [
        pytest.param("2", Addressee("M1", "mother_living_with_child"), id="the woman of two parents"),
        pytest.param("1", Unresolved("no_mother_in_household"), id="no woman among them"),
    ],
)
def test_what_concerns_a_birth_goes_to_the_mother_alone(town: Town, sex: str, found: Addressee | Unresolved) -> None:
    town.person("F1", "H1", sex="1")
    town.person("M1", "H1", rel="WIFE", sex=sex)
    town.person("C1", "H1", rel="CHILD", born=BIRTH)
    assert named(town, "mother", "C1") == found


def test_an_adult_is_written_to_and_for_a_minor_the_guardian(town: Town) -> None:
    mother_claims(town)
    assert named(town, "self_or_guardian", "M1") == Addressee("M1", "self")
    assert named(town, "self_or_guardian", "C1") == Addressee("M1", "claimant")
