from datetime import date

import pytest
import yaml

from engine.core.yaml_text import compose_yaml, load_yaml, values_of


def test_plain_values_are_read() -> None:
    text = "ja: 児童手当\non_date: 2026-11-20\nvalues: {2026-02-01: 20000}\n"
    assert load_yaml(text) == {"ja": "児童手当", "on_date": date(2026, 11, 20), "values": {date(2026, 2, 1): 20000}}


@pytest.mark.parametrize("text", ["a: [1", "!!python/object/apply:os.getcwd []", "a: 1\n b: 2\n"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)


def test_a_fault_says_its_line() -> None:
    with pytest.raises(yaml.MarkedYAMLError) as refused:
        load_yaml("a: 1\nb: [2\n")
    assert refused.value.problem_mark is not None


@pytest.mark.parametrize("text", ["", "ja: 児童手当\non_date: 2026-11-20\nlist: [1, {a: b}]\n"])
def test_values_by_way_of_nodes_are_the_same(text: str) -> None:
    assert values_of(compose_yaml(text)) == load_yaml(text)
