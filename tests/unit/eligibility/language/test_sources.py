import pytest

from eligibility.language.nodes import Kind
from eligibility.language.sources import codes_of, kind_of, numbers, sources


@pytest.mark.parametrize(
    ("name", "table", "join", "single"),
    [
        pytest.param("nhi", "nhi", "resident_id", True, id="history: the newest row"),
        pytest.param("pension", "pension", "resident_id", True, id="state, one row each"),
        pytest.param("child_allowance", "child_allowance", "claimant_id", False, id="as claimant"),
        pytest.param("allowance_as_child", "child_allowance", "child_id", False, id="as child"),
    ],
)
def test_records_of_a_person(name: str, table: str, join: str, single: bool) -> None:
    found = sources()[name]
    assert (found.table, found.join, found.single) == (table, join, single)


def test_residents_are_the_subject_and_the_household_not_a_source() -> None:
    assert "residents" not in sources()


@pytest.mark.parametrize(
    ("table", "found_by"),
    [
        pytest.param("residents", ("household_id", "resident_id"), id="the person and the household"),
        pytest.param("nhi", ("resident_id",), id="one person"),
        pytest.param("child_allowance", ("child_id", "claimant_id"), id="either of two"),
    ],
)
def test_the_columns_by_which_rows_are_found(table: str, found_by: tuple[str, ...]) -> None:
    assert numbers(table) == found_by


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        pytest.param("residents", "birth_date", "date", id="date"),
        pytest.param("residents", "status", "code", id="code"),
        pytest.param("residents", "name", "text", id="text"),
        pytest.param("resident_tax", "income_yen", "yen", id="yen"),
        pytest.param("resident_tax", "fiscal_year", "number", id="number"),
        pytest.param("nhi", "involuntary_relief", "boolean", id="boolean"),
        pytest.param("nhi", "nothing", None, id="none"),
    ],
)
def test_the_kind_of_a_column(table: str, column: str, kind: Kind | None) -> None:
    assert kind_of(table, column) == kind


def test_codes_come_from_the_contract() -> None:
    assert "RECEIVING" in codes_of("child_allowance", "benefit_status")
    assert codes_of("vaccinations", "vaccine") == ()
