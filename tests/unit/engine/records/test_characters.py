"""Signs of the register, variants apart from their base, with how many people have them."""

from datetime import date
from pathlib import Path

from engine.records.characters import signs_in_use
from engine.records.snapshot import publish_snapshot, read_snapshot
from tests.support.feed_folder import OTHER, PERSON, FeedFolder, resident
from tests.support.truth import opened

MON = date(2026, 11, 9)


def test_signs_are_counted_by_people_and_a_variant_is_a_sign_of_its_own(tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    feeds.write(
        MON,
        "residents",
        [resident(PERSON, name="辻\U000e0100辻 𠮷", addr_line="辻"), resident(OTHER, name="辻", alias="\ufa11")],
    )
    feeds.load(MON)
    with opened(feeds.settings) as warehouse:
        publish_snapshot(feeds.night(warehouse, MON))
    found = dict(signs_in_use(read_snapshot(feeds.settings)).iter_rows())
    assert found == {"辻\U000e0100": 1, "辻": 2, "𠮷": 1, "\ufa11": 1, " ": 1}
