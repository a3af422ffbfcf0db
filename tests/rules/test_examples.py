"""Every example of every programme, judged by the evaluator and by the SQL of the night."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eligibility.assess import assess, example_facts, facts_from, unmet
from eligibility.catalogue import FOLDER, files
from eligibility.compiled import Compiled
from eligibility.judge import Case, verdict
from eligibility.language.sources import columns_of
from eligibility.parts import Criterion, Example
from eligibility.programme import Programme, read_programme
from tests.support.cases import sql_reader

PROGRAMMES = {path.stem: read_programme(path) for path in files()}
EXAMPLES = [
    pytest.param(programme, example, id=f"{slug}: {example.name}")
    for slug, programme in PROGRAMMES.items()
    for example in programme.examples
]
#: the whole draft catalogue of 51 but P30, which is applied without anybody asking, so that there is nothing to write
IDS = {f"P{number:02}" for number in range(1, 52)} - {"P30"}


def _by_sql(programme: Programme) -> Iterator[tuple[Example, Case]]:
    """Every example of a programme as the night's SQL sees it: one query for all that are judged by the same dated values."""
    alike: dict[int, tuple[Compiled, list[Example]]] = {}
    for example in programme.examples:
        trees = programme.compiled(example.as_of)
        alike.setdefault(id(trees), (trees, []))[1].append(example)
    for trees, examples in alike.values():
        asked = {name: tree for name, tree in {**trees.criteria, **trees.exclusions}.items() if tree is not None}
        facts = [facts_from(example_facts(one), one.as_of) for one in examples]
        with sql_reader(*sorted(columns_of(asked.values()).keys() - {"residents"})) as reader:
            found = reader.values(asked, facts)
        for example, values in zip(examples, found, strict=True):
            yield (
                example,
                Case(
                    results={name: values.get(name) for name in trees.criteria},
                    values={},
                    excluded_by={name: values[name] for name in trees.exclusions},
                    in_force=programme.in_force(example.as_of),
                ),
            )


@pytest.mark.parametrize(("programme", "example"), EXAMPLES)
def test_the_evaluator_gives_the_verdict(programme: Programme, example: Example) -> None:
    assert unmet(programme, example) == ""


@pytest.mark.parametrize("slug", sorted(PROGRAMMES))
def test_the_sql_gives_the_same_verdict_and_the_same_criteria(slug: str) -> None:
    programme, results = PROGRAMMES[slug], {True: "met", False: "not_met", None: "unknown"}
    for example, case in _by_sql(programme):
        assert verdict(programme, case) == (example.verdict, example.excluded), example.name
        said: list[dict[str, Any]] = assess(programme, example_facts(example), example.as_of)["criteria"]
        assert {one["id"]: one["result"] for one in said} == {name: results[one] for name, one in case.results.items()}


def test_every_programme_of_the_draft_catalogue_that_is_asked_for_is_here() -> None:
    heads = [path.read_text(encoding="utf-8").splitlines()[0] for path in files()]
    assert {found for head in heads for found in re.findall(r"P\d\d", head)} == IDS
    assert len(PROGRAMMES) >= 45


@pytest.mark.parametrize("slug", sorted(PROGRAMMES))
def test_the_examples_stand_on_both_sides(slug: str) -> None:
    verdicts = {example.verdict for example in PROGRAMMES[slug].examples}
    assert len(PROGRAMMES[slug].examples) >= 4
    assert "ineligible" in verdicts
    assert verdicts & {"eligible", "possible"}


@pytest.mark.parametrize("slug", sorted(PROGRAMMES))
def test_every_text_is_there_in_both_languages_and_promises_nothing(slug: str) -> None:
    programme = PROGRAMMES[slug]
    texts = [programme.name, programme.gives, programme.how_to_apply, *programme.documents]
    texts += [one.ask for one in programme.criteria.criteria() if one.ask]
    assert all(text.ja and text.en for text in texts)
    promised = ("受けられます", "もらえます", "受給できます", "You will receive", "You are entitled")
    assert not [text for text in texts for word in promised if word in text.ja or word in text.en]


@pytest.mark.parametrize("slug", sorted(PROGRAMMES))
def test_nobody_is_told_for_certain_where_a_fact_is_not_ours(slug: str) -> None:
    programme = PROGRAMMES[slug]
    asked = [part for part in programme.criteria.all or () if isinstance(part, Criterion) and part.expr is None]
    verdicts = {example.verdict for example in programme.examples}
    assert ("eligible" in verdicts) is (not asked)


@pytest.mark.parametrize("slug", sorted(PROGRAMMES))
def test_every_field_of_the_draft_is_a_column_or_is_asked(slug: str) -> None:
    assert PROGRAMMES[slug].fields


def test_files_say_that_they_are_unsigned() -> None:
    for path in files():
        head = "".join(Path(path).read_text(encoding="utf-8").splitlines(keepends=True)[:3])
        assert "Unsigned research draft" in head, path.name
    assert FOLDER.is_dir()
