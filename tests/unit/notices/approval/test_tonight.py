from datetime import date

from notices.approval.tonight import ADOPTION_DAYS, read_tonight
from tests.support.approvals import FRIDAY, Town


def test_tonight_is_what_was_decided_tonight(town: Town) -> None:
    town.birth("H1")
    town.night(FRIDAY)
    town.birth("H2")
    town.event("B1", "E01", ("C1",), "H1", state="void", reason="R2_cancelled")
    tonight = read_tonight(town.night(date(2026, 11, 21)))
    assert [one.event_id for one in tonight.settled()] == ["B2"]
    assert [(one.event_id, one.reason) for one in tonight.in_state("void", "suppressed")] == [("B1", "R2_cancelled")]
    assert [match.programme for match in tonight.settled()[0].matches] == ["child_allowance", "infant_health_checks"]
    assert tonight.settled()[0].matches[0].name_ja == "児童手当"
    assert (tonight.statuses["C1"], tonight.births["C2"]) == ("RESIDENT", date(2026, 11, 18))


def test_an_event_without_a_date_happened_when_it_was_found(town: Town) -> None:
    town.family()
    town.event("T1", "E01", ("C1",), "H1", on=None, state="staff", reason="R6_unknown_date")
    assert read_tonight(town.night()).happenings[0].happened_on == FRIDAY


def test_only_a_recent_adoption_is_looked_after_by_staff_alone(town: Town) -> None:
    for digit, on in (("1", FRIDAY), ("2", date(2026, 8, 22)), ("3", date(2026, 8, 21))):
        town.birth(f"H{digit}")
        town.add("family_register", resident_id=f"C{digit}", register_event="ADOPTION", register_event_on=on)
    town.add("family_register", resident_id="F1", register_event="MARRIAGE", register_event_on=FRIDAY)
    assert ADOPTION_DAYS == 90
    assert read_tonight(town.night()).adopted == {"C1", "C2"}


def test_what_is_read_prints_nobody(town: Town) -> None:
    town.birth()
    tonight = read_tonight(town.night())
    assert "二条大路" not in repr(tonight)
    assert "住民状態" not in repr(tonight)
