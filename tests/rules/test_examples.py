"""Every example of every programme, judged by the evaluator and by the SQL of the night."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eligibility.assess import assess, example_facts, facts_from
from eligibility.catalogue import FOLDER, files
from eligibility.judge import Case, verdict
from eligibility.language.compile import tables
from eligibility.programme import Example, Programme, read_programme
from tests.support.cases import SqlReader, sql_reader

PROGRAMMES = {path.stem: read_programme(path) for path in files()}
EXAMPLES = [
    pytest.param(programme, example, id=f"{slug}: {example.name}")
    for slug, programme in PROGRAMMES.items()
    for example in programme.examples
]
SLUGS = {
    "child_allowance",
    "child_medical_subsidy",
    "elderly_medical_at_75",
    "infant_health_checks",
    "light_vehicle_tax_relief",
    "ltc_at_65",
    "nhi_funeral_grant",
    "nhi_job_loss_reduction",
}


@pytest.fixture(scope="module")
def reader() -> Iterator[SqlReader]:
    read: set[str] = set()
    for programme in PROGRAMMES.values():
        trees = programme.compiled(programme.verified_on)
        nodes = [*trees.criteria.values(), *trees.exclusions.values(), *trees.amounts]
        read |= tables(node for node in nodes if node is not None)
    with sql_reader(*sorted(read - {"residents"})) as found:
        yield found


def _by_sql(reader: SqlReader, programme: Programme, example: Example) -> tuple[Case, list[bool | None]]:
    trees = programme.compiled(example.as_of)
    facts = facts_from(example_facts(example), example.as_of)
    asked = {name: tree for name, tree in (trees.criteria | trees.exclusions).items() if tree is not None}
    asked |= {f"amount {place}": tree for place, tree in enumerate(trees.amounts) if tree is not None}
    (found,) = reader.values(asked, [facts])
    case = Case(
        results={name: found.get(name) for name in trees.criteria},
        values={},
        excluded_by={name: found[name] for name in trees.exclusions},
    )
    return case, [found.get(f"amount {place}", True) for place in range(len(trees.amounts))]


@pytest.mark.parametrize(("programme", "example"), EXAMPLES)
def test_the_evaluator_gives_the_verdict(programme: Programme, example: Example) -> None:
    said = assess(programme, example_facts(example), example.as_of)
    assert (said["verdict"], said["excluded"]) == (example.verdict, example.excluded)


@pytest.mark.parametrize(("programme", "example"), EXAMPLES)
def test_the_sql_gives_the_same_verdict_and_the_same_criteria(
    reader: SqlReader, programme: Programme, example: Example
) -> None:
    case, _ = _by_sql(reader, programme, example)
    assert verdict(programme, case) == (example.verdict, example.excluded)
    said: list[dict[str, Any]] = assess(programme, example_facts(example), example.as_of)["criteria"]
    results = {True: "met", False: "not_met", None: "unknown"}
    assert {one["id"]: one["result"] for one in said} == {name: results[one] for name, one in case.results.items()}


def test_all_eight_programmes_are_here() -> None:
    assert set(PROGRAMMES) == SLUGS


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_the_examples_stand_on_both_sides(slug: str) -> None:
    verdicts = {example.verdict for example in PROGRAMMES[slug].examples}
    assert len(PROGRAMMES[slug].examples) >= 4
    assert "ineligible" in verdicts
    assert verdicts & {"eligible", "possible"}


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_every_text_is_there_in_both_languages_and_promises_nothing(slug: str) -> None:
    programme = PROGRAMMES[slug]
    texts = [programme.name, programme.gives, programme.how_to_apply, *programme.documents]
    texts += [one.ask for one in programme.criteria.criteria() if one.ask]
    assert all(text.ja and text.en for text in texts)
    promised = ("受けられます", "もらえます", "受給できます", "You will receive", "You are entitled")
    assert not [text for text in texts for word in promised if word in text.ja or word in text.en]


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_nobody_is_told_the_reduction_or_a_grant_for_certain_where_a_fact_is_not_ours(slug: str) -> None:
    possible_only = {
        "nhi_job_loss_reduction",
        "nhi_funeral_grant",
        "light_vehicle_tax_relief",
        "child_allowance",
        "child_medical_subsidy",
    }
    verdicts = {example.verdict for example in PROGRAMMES[slug].examples}
    assert ("eligible" in verdicts) is (slug not in possible_only)


def test_files_say_that_they_are_unsigned() -> None:
    for path in files():
        head = "".join(Path(path).read_text(encoding="utf-8").splitlines(keepends=True)[:3])
        assert "Unsigned research draft" in head, path.name
    assert FOLDER.is_dir()
