import pytest

from engine.core.errors import WordingError
from notices.wording.language import KINDS, languages, read_language, voice, voices
from notices.wording.slots import BLOCK_SECTIONS, OPENING_SECTIONS


@pytest.mark.parametrize("code", languages())
def test_a_language_folder_is_complete(code: str) -> None:
    language = read_language(code)
    assert language.code == code
    assert language.openings.keys() == voices().keys()
    assert all(opening.keys() == OPENING_SECTIONS.keys() for opening in language.openings.values())
    assert all(language.blocks[kind].keys() == BLOCK_SECTIONS.keys() for kind in KINDS)
    assert all(language.clauses.item[tone].keys() == set(KINDS) for tone in ("plain", "quiet"))
    assert language.dates.pattern


def test_a_language_without_a_folder_is_an_error() -> None:
    with pytest.raises(WordingError, match="there is no language 'vi'"):
        read_language("vi")


def test_an_event_nobody_decided_the_tone_of_is_an_error() -> None:
    assert voice("E10").tone == "quiet"
    with pytest.raises(WordingError, match="E03"):
        voice("E03")
