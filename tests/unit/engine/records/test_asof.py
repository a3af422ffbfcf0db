"""`now` and `before` show what was known on the night asked for, and nothing younger."""

from datetime import date, timedelta
from pathlib import Path

from engine.records.asof import bind, bind_night
from tests.support.feed_folder import OTHER, PERSON, FeedFolder, allowance, resident
from tests.support.small_site import CODE
from tests.support.truth import opened

MON = date(2026, 11, 9)
TUE, WED = MON + timedelta(days=1), MON + timedelta(days=2)


def three_nights(folder: Path) -> FeedFolder:
    feeds = FeedFolder(folder)
    feeds.write(MON, "residents", [resident(), resident(OTHER)])
    feeds.write(MON, "child_allowance", [allowance(benefit_status="APPLIED")])
    feeds.load(MON)
    feeds.write(TUE, "residents", [resident(hist_no=2, status="MOVED_OUT", move_reason="DOMESTIC_OUT")])
    feeds.write(TUE, "child_allowance", [allowance(benefit_status="RECEIVING")])
    feeds.load(TUE)
    feeds.write(WED, "child_allowance", [], kind="full")
    feeds.load(WED)
    return feeds


def known(feeds: FeedFolder, schema: str, on: date) -> tuple[dict[str, str], list[str]]:
    with opened(feeds.settings) as warehouse:
        bind(warehouse, CODE, on, schema)
        people = warehouse.read(f"SELECT resident_id, status FROM {schema}.residents", {})
        states = warehouse.read(f"SELECT benefit_status FROM {schema}.child_allowance", {})
    return dict(people.iter_rows()), states["benefit_status"].to_list()


def test_any_past_night_can_be_asked_again(tmp_path: Path) -> None:
    feeds = three_nights(tmp_path)
    assert known(feeds, "past", MON) == ({PERSON: "RESIDENT", OTHER: "RESIDENT"}, ["APPLIED"])
    assert known(feeds, "past", TUE) == ({PERSON: "MOVED_OUT", OTHER: "RESIDENT"}, ["RECEIVING"])
    assert known(feeds, "past", WED) == ({PERSON: "MOVED_OUT", OTHER: "RESIDENT"}, [])
    assert known(feeds, "past", MON - timedelta(days=1)) == ({}, [])


def test_a_night_sees_itself_and_the_day_before(tmp_path: Path) -> None:
    feeds = three_nights(tmp_path)
    with opened(feeds.settings) as warehouse:
        bind_night(warehouse, CODE, TUE)
        now = warehouse.read("SELECT status FROM now.residents WHERE resident_id = $who", {"who": PERSON}).item()
        before = warehouse.read("SELECT status FROM before.residents WHERE resident_id = $who", {"who": PERSON}).item()
    assert (now, before) == ("MOVED_OUT", "RESIDENT")


def test_another_municipality_sees_nothing_of_this_one(tmp_path: Path) -> None:
    feeds = three_nights(tmp_path)
    with opened(feeds.settings) as warehouse:
        bind(warehouse, "131016", WED, "theirs")
        assert warehouse.read("SELECT * FROM theirs.residents", {}).height == 0
