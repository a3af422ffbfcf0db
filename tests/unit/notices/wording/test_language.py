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


@pytest.mark.parametrize("code", [code for code in languages() if read_language(code).phrases])
def test_a_phrase_keeps_the_large_numbers_of_its_japanese(code: str) -> None:
    wrong = {
        ja: said
        for ja, said in read_language(code).phrases.items()
        if {number for number in re.findall(r"\d+", ja) if int(number) > 12}
        != {number for number in re.findall(r"\d+", said) if int(number) > 12}
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("code", "parts"),
    [("ja-easy", ("ja", "easy")), ("en", ("en", "plain")), ("ja", ("ja", "plain"))],
)
def test_a_code_is_a_language_and_a_register(code: str, parts: tuple[str, str]) -> None:
    assert use_of(code) == parts
    assert code_of(*parts) == code
    assert code_of(code, "plain") == code
