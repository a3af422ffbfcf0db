import re
from datetime import date

import pytest

from engine.core.errors import WordingError
from notices.wording.figures import date_figure, figures
from notices.wording.language import KINDS, OTHER, code_of, languages, read_language, use_of, voice, voices
from notices.wording.slots import BLOCK_SECTIONS, OPENING_SECTIONS


@pytest.mark.parametrize("code", languages())
def test_a_language_folder_is_complete(code: str) -> None:
    language = read_language(code)
    assert language.code == code
    assert OTHER in language.openings
    assert language.openings.keys() <= voices().keys()
    assert language.openings.keys() == read_language("ja").openings.keys()
    assert all(opening.keys() == OPENING_SECTIONS.keys() for opening in language.openings.values())
    assert all(language.blocks[kind].keys() == BLOCK_SECTIONS.keys() for kind in KINDS)
    assert all(language.clauses.item[tone].keys() == set(KINDS) for tone in ("plain", "quiet"))
    assert language.dates.pattern


def test_a_language_without_a_folder_is_an_error() -> None:
    with pytest.raises(WordingError, match="there is no language 'ne'"):
        read_language("ne")


def test_an_event_nobody_decided_the_tone_of_is_quiet_and_names_nothing() -> None:
    assert voice("E10").tone == "quiet"
    assert voice("E03").sensitive
    assert voice("E03").tone == "quiet"


@pytest.mark.parametrize("code", languages())
def test_a_date_reads_back_in_every_form(code: str) -> None:
    language, on = read_language(code), date(2026, 12, 8)
    for both in (False, True):
        said = language.say_date(on, with_year=language.always_with_year, both=both)
        (figure,) = figures(said, language)
        assert figure == date_figure(on, with_year=both or language.always_with_year, both=both)


def _large_numbers(text: str) -> set[int]:
    """What a text counts beyond months and small counts: 20万 is 200,000, seven 割 are 70 percent."""
    plain = re.sub(r"(?<=\d)[.,](?=\d{3})", "", text)
    found = {
        int(number) * {"万": 10_000, "만": 10_000, "割": 10, "할": 10, "成": 10}.get(unit, 1)
        for number, unit in re.findall(r"(\d+)([万만割할成]?)", plain)
    }
    return {number for number in found if number > 12}


@pytest.mark.parametrize("code", [code for code in languages() if read_language(code).phrases])
def test_a_phrase_keeps_the_large_numbers_of_its_japanese(code: str) -> None:
    phrases = read_language(code).phrases
    assert {ja: said for ja, said in phrases.items() if _large_numbers(ja) != _large_numbers(said)} == {}


@pytest.mark.parametrize(
    ("code", "parts"),
    [("ja-easy", ("ja", "easy")), ("en", ("en", "plain")), ("ja", ("ja", "plain"))],
)
def test_a_code_is_a_language_and_a_register(code: str, parts: tuple[str, str]) -> None:
    assert use_of(code) == parts
    assert code_of(*parts) == code
    assert code_of(code, "plain") == code
