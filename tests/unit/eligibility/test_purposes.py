from pathlib import Path
from typing import Any

import pytest

from eligibility.catalogue import files
from eligibility.programme import Programme, parse_programme, read_programme
from eligibility.purposes import Grant, refusals, register, register_page
from engine.core.errors import RuleError
from tests.support.programmes import TEXT, plain

STATUTE = Grant(kind="statute", basis="法", columns=("birth_date",))


def _programme(**changes: Any) -> Programme:
    return parse_programme(plain(**changes))


def _reading(table: str, column: str, expr: str, *, where: str = "criteria", **more: Any) -> Programme:
    reads = {table: {"basis": "法2条", "columns": [column], **more}}
    part = {"id": "it", "label": TEXT, "expr": expr, "cites": "法"}
    other = {"id": "known", "label": TEXT, "expr": "true", "cites": "法", "verify": TEXT}
    if where == "exclusions":
        return _programme(reads=reads, criteria={"all": [other]}, exclusions=[part], examples=None)
    return _programme(reads=reads, criteria={"all": [part | {"verify": TEXT}]}, examples=None)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in files()])
def test_every_programme_of_ours_reads_only_what_the_register_grants(path: Path) -> None:
    assert refusals(read_programme(path)) == []


@pytest.mark.parametrize(
    ("granted", "said"),
    [
        pytest.param({"residents": (STATUTE,)}, [], id="granted to everybody"),
        pytest.param({}, ["the register grants it to nobody"], id="not granted at all"),
        pytest.param(
            {"residents": (STATUTE.model_copy(update={"offices": ("tax",)}),)},
            ["grants it to tax"],
            id="another office",
        ),
        pytest.param(
            {"residents": (STATUTE.model_copy(update={"programmes": ("other",)}),)},
            ["grants it to other"],
            id="another programme",
        ),
        pytest.param(
            {"residents": (STATUTE.model_copy(update={"offices": ("tax",), "programmes": ("other",)}),)},
            ["grants it to tax for other;"],
            id="another office's programme",
        ),
        pytest.param(
            {"residents": (STATUTE.model_copy(update={"columns": ("sex",)}),)}, ["to nobody"], id="another column"
        ),
    ],
)
def test_what_is_not_granted_is_refused(granted: dict[str, tuple[Grant, ...]], said: list[str]) -> None:
    found = refusals(_programme(), granted)
    assert len(found) == len(said)
    assert all(part in line for part, line in zip(said, found, strict=True))


def test_columns_refused_for_the_same_reason_are_one_refusal() -> None:
    reads = {"residents": {"basis": "法2条", "columns": ["birth_date", "name", "alias"]}}
    (found,) = refusals(_programme(reads=reads))
    assert "may not read residents.name, residents.alias: the register grants it to nobody" in found


TAX = "any_of(subject.resident_tax as t, t.income_yen < 1000000)"


@pytest.mark.parametrize(("consent", "refused"), [("TAX", False), ("HEALTH", True), (None, True)])
def test_tax_records_are_read_by_consent_only(consent: str | None, refused: bool) -> None:
    found = refusals(_reading("resident_tax", "income_yen", TAX, consent=consent))
    assert bool(found) is refused
    assert not refused or "by consent only; write consent: TAX" in found[0]


@pytest.mark.parametrize(("where", "refused"), [("criteria", True), ("exclusions", False)])
def test_public_assistance_may_leave_somebody_out_and_never_let_them_in(where: str, refused: bool) -> None:
    expr = "any_of(subject.public_assistance as p, p.started_on <= as_of)"
    assert bool(refusals(_reading("public_assistance", "started_on", expr, where=where))) is refused


@pytest.mark.parametrize("table", ["support_measures", "family_register", "seal_registration", "voters"])
def test_some_tables_are_granted_to_no_rule(table: str) -> None:
    assert table not in register()


@pytest.mark.parametrize("column", ["name", "addr_line", "nationality", "visa_code", "alias"])
def test_neither_names_nor_addresses_nor_nationality_are_granted(column: str) -> None:
    assert all(column not in grant.columns for grant in register()["residents"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("nhi: [{kind: own, basis: 法, columns: [nothing]}]", r"there is no nhi\.nothing", id="a column"),
        pytest.param("moon: [{kind: own, basis: 法, columns: [x]}]", r"there is no moon\.x", id="a table"),
        pytest.param("nhi: [{kind: may, basis: 法, columns: [lost_on]}]", r"nhi\.kind", id="a kind"),
        pytest.param(
            "nhi: [{kind: consent, basis: 法, columns: [lost_on]}]", "names its group", id="a consent to what"
        ),
    ],
)
def test_a_register_that_cannot_be_read_says_where(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "purposes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=message):
        register(tmp_path / "purposes.yaml")


def test_the_page_names_programme_column_kind_and_basis() -> None:
    page = register_page([read_programme(path) for path in files() if path.stem == "special_child_allowance"])
    assert "| 特別児童扶養手当（special_child_allowance） | disability | 個人住民税 |" in page
    assert "本人の同意（地方税法22条）" in page
    assert "個人情報保護担当" in page
