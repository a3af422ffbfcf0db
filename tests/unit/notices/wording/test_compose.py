import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.core.errors import WordingError
from notices.wording.compose import PUSH_LIMIT, WordingMissing, compose, flatten, recheck
from notices.wording.language import languages, read_language, voices
from tests.support.wordings import (
    BORN_ON,
    NARA,
    OFFICES,
    Shelf,
    birth_items,
    child_allowance,
    child_medical_subsidy,
    funeral_grant,
    written,
)


def test_the_most_urgent_card_stands_first() -> None:
    assert [card["name"] for card in written().text["cards"]] == ["児童手当", "子ども医療費助成", "4か月児健康診査"]


def test_a_late_item_goes_to_the_top_and_says_apply_now() -> None:
    text = written([child_allowance(due_on=date(2026, 12, 1)), child_allowance(late=True)]).text
    assert text["cards"][0]["by"] == "今すぐ"
    assert "次の月の分から数えます" in text["details"][0]["when"]


def test_a_card_says_name_gain_deadline_and_step_and_nothing_else() -> None:
    assert written().text["cards"][0] == {
        "programme": "child_allowance",
        "name": "児童手当",
        "gives": (
            "子どもを育てるためのお金です。\n第1子・第2子：お子さん1人につき月15,000円（3歳になる月まで）\n"
            "第3子から：お子さん1人につき月30,000円"
        ),
        "by": "12月8日（火）まで",
        "do": "申請する",
    }


def test_the_opening_names_the_change_and_that_nothing_is_decided() -> None:
    assert written().text["opening"] == (
        "お子さんの出生の届出がありました。ご家庭で受けられる可能性がある制度をお知らせします。これは決定の通知ではありません。"
    )


def test_conditions_to_check_are_listed() -> None:
    assert written().text["details"][0]["ask"] == [
        "あなた（または配偶者）は公務員ですか。公務員の方は勤務先へ申請してください。"
    ]


def test_english_says_the_whole_date() -> None:
    composed = written(language="en")
    assert composed.text["cards"][0]["by"] == "Tuesday, 8 December 2026"
    assert "15,000 yen a month each" in composed.text["cards"][0]["gives"]


def test_a_far_deadline_says_its_year() -> None:
    assert written([funeral_grant()], event="E10").text["cards"][0]["by"] == "2028年11月18日（土）まで"


def test_a_death_is_quiet() -> None:
    composed = written([funeral_grant()], event="E10")
    whole = json.dumps(composed.text, ensure_ascii=False)
    assert composed.text["title"] == "手続きのお知らせ"
    assert "お悔やみ" in composed.text["opening"]
    assert composed.text["push"] == "奈良市から手続きのお知らせがあります。"
    assert not [word for word in ("おめでとう", "制度をお知らせ", "お祝い") if word in whole]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("event", list(voices()))
def test_the_push_form_is_short_and_sensitive_ones_say_nothing(event: str, language: str) -> None:
    push = written(event=event, language=language).text["push"]
    assert len(push) <= PUSH_LIMIT
    if voices()[event].sensitive:
        city = NARA.name_ja if read_language(language).names_from == "ja" else NARA.name_en
        assert push == read_language(language).push_neutral.replace("{municipality}", city)


def test_one_sensitive_item_makes_the_push_neutral() -> None:
    items = [replace(child_allowance(), sensitivity="sensitive")]
    assert written(items).text["push"] == "奈良市から手続きのお知らせがあります。"


def test_the_birth_push_says_only_that_and_the_date() -> None:
    assert (
        written().text["push"] == "奈良市：お子さんの手続きのお知らせがあります。期限が12月8日（火）のものがあります。"
    )


def test_a_disability_record_is_never_named_by_our_own_words() -> None:
    text = written([child_medical_subsidy()], event="E30").text
    assert not [word for word in ("障", "手帳") if word in json.dumps(text, ensure_ascii=False)]


@pytest.mark.parametrize(
    ("kind", "stoppable"), [("entitlement", True), ("information", True), ("duty", False), ("ending", False)]
)
def test_only_what_the_law_does_not_require_can_be_stopped(kind: Any, stoppable: bool) -> None:
    clauses = " ".join(written([replace(child_allowance(), kind=kind)]).text["clauses"])
    assert ("止めたい方は" in clauses) is stoppable


def test_twins_with_the_same_words_get_one_card() -> None:
    assert len(written([child_allowance(), child_allowance()]).text["cards"]) == 1


def test_the_text_is_stable_plain_data() -> None:
    composed = written()
    assert json.loads(json.dumps(composed.text)) == composed.text == written().text
    assert composed.wording_versions.keys() == {
        "opening:E01", "clauses:ja", "child_allowance", "child_medical_subsidy", "infant_health_checks",
    }  # fmt: skip


def test_a_language_without_approved_text_is_missing_not_guessed() -> None:
    for language, library in (("en", Shelf("ja")), ("ne", Shelf())):
        with pytest.raises(WordingMissing):
            compose(
                event="E01", number="N-2026-000001", language=language, municipality=NARA, offices=OFFICES,
                items=birth_items(), occurred_on=BORN_ON, library=library,
            )  # fmt: skip


def test_a_deadline_that_is_not_the_items_is_refused() -> None:
    with pytest.raises(WordingError, match="due_on"):
        written([replace(child_allowance(), due_on=date(2026, 12, 9))])


def test_an_office_the_settings_do_not_know_is_named() -> None:
    with pytest.raises(WordingError, match="nowhere"):
        written([replace(child_allowance(), office="nowhere")])


def _texts(text: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    for key, value in text.items() if isinstance(text, dict) else enumerate(text):
        if isinstance(value, str):
            yield (*path, key), value
        elif key != "labels":
            yield from _texts(value, (*path, key))


def _with(text: dict[str, Any], path: tuple[Any, ...], value: str) -> dict[str, Any]:
    changed: Any = copy.deepcopy(text)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", languages())
def test_every_changed_digit_is_caught(language: str) -> None:
    composed = written(language=language)
    assert recheck(composed.text, composed) == []
    mutants = [
        _with(composed.text, path, said[:index] + digit + said[index + 1 :])
        for path, said in _texts(composed.text)
        if path[-1] not in {"event", "language"}
        for index, old in enumerate(said)
        if old.isdigit()
        for digit in "0123456789９"
        if digit != old
    ]
    assert len(mutants) > 500
    assert [mutant for mutant in mutants if not recheck(mutant, composed)] == []


@pytest.mark.parametrize("language", languages())
def test_amounts_that_change_places_are_caught(language: str) -> None:
    composed = written(language=language)
    gives = composed.text["cards"][0]["gives"]
    less, more = (read_language(language).say_yen(value) for value in (15_000, 30_000))
    assert less in gives
    swapped = gives.replace(less, "#").replace(more, less).replace("#", more)
    assert recheck(_with(composed.text, ("cards", 0, "gives"), swapped), composed)


def test_labels_that_change_places_are_caught() -> None:
    items = [child_allowance()]
    items[0].facts["amount"][0].update(label_ja="出産のとき")
    items[0].facts["amount"][1].update(label_ja="育てるとき")
    composed = written(items)
    gives = composed.text["cards"][0]["gives"]
    swapped = gives.replace("出産", "#").replace("育てるとき", "出産のとき").replace("#のとき", "育てるとき")
    assert recheck(_with(composed.text, ("cards", 0, "gives"), swapped), composed)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param(("cards", 0, "by"), "（火）", "（水）", id="weekday"),
        pytest.param(("details", 0, "when"), "令和8年", "令和9年", id="the other calendar"),
        pytest.param(("cards", 0, "by"), "12月8日（火）", "十二月八日", id="date in words"),
        pytest.param(("details", 0, "whom"), "0742-00-0001", "0742-00-0002", id="another office's phone"),
        pytest.param(("clauses", 4), "https://www.city.example", "https://www.city.example.evil", id="another page"),
        pytest.param(("opening",), "お子さん", "3人のお子さん", id="a number that nobody gave"),
        pytest.param(("cards", 1, "by"), "できるだけ早く", "12月8日（火）まで", id="a deadline on another card"),
    ],
)
def test_an_edit_that_changes_a_fact_is_caught(path: tuple[Any, ...], old: str, new: str) -> None:
    composed = written()
    said = dict(_texts(composed.text))[path]
    assert old in said
    assert recheck(_with(composed.text, path, said.replace(old, new)), composed)


def test_details_say_the_deadline_in_both_calendars() -> None:
    assert written().text["details"][0]["when"] == "2026年（令和8年）12月8日（火）までに申請してください。"


def test_a_programme_that_is_not_said_in_a_language_is_missing_there() -> None:
    item = child_medical_subsidy()
    item.facts["gives"].pop("ko")
    with pytest.raises(WordingMissing, match="child_medical_subsidy: 1 of its texts"):
        written([item], language="ko")


def test_a_kanji_without_a_reading_stops_a_text_with_ruby() -> None:
    item = child_medical_subsidy()
    item.facts["gives"]["ja-easy"] = "鬱"
    with pytest.raises(WordingMissing, match="readings"):
        written([item], language="ja-easy")


def test_flatten_knows_every_word_a_resident_reads() -> None:
    flat = flatten(written().text)
    assert {"title", "opening", "push", "cards.0.by", "details.0.ask.0", "clauses.0"} <= flat.keys()
