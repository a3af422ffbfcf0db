"""The pages of the tables say what the contracts say."""

from pathlib import Path

from engine.records.contract import load_contracts
from engine.records.pages import page, pages, write_pages

REPOSITORY = Path(__file__).parents[4]


def test_the_pages_in_the_docs_are_those_of_the_contracts() -> None:
    """When this fails: todoke records contract --pages docs/tables"""
    folder = REPOSITORY / "docs" / "tables"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == pages()


def test_a_page_tells_every_column_and_the_delivery() -> None:
    contract = load_contracts()["support_measures"]
    text = page(contract)
    assert "the night stops without it" in text
    for name, column in contract.columns.items():
        assert f"| `{name}` | {column.ja} |" in text


def test_a_page_for_every_table_is_written(tmp_path: Path) -> None:
    written = {path.name for path in write_pages(tmp_path / "tables")}
    assert written == {"README.md"} | {f"{name}.md" for name in load_contracts()}
