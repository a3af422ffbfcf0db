"""Programmes judged over everybody in a register, in one pass: verdicts, and why, as columns with an element for each person."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from eligibility.columnar.expressions import Expressions
from eligibility.columnar.vectors import Array
from eligibility.language.nodes import Constant, Node
from eligibility.language.sources import columns_of
from eligibility.parts import Criterion, Group
from eligibility.programme import Programme

_UNKNOWN = Constant(value=None, kind="boolean")
_ALWAYS = Constant(value=True, kind="boolean")
_NEVER = Constant(value=False, kind="boolean")


def columns_read(programmes: Iterable[Programme]) -> dict[str, set[str]]:
    """Table → the columns that these programmes read of it."""
    trees = [one.compiled(one.verified_on) for one in programmes]
    every = (node for one in trees for node in (*one.criteria.values(), *one.exclusions.values(), *one.amounts))
    return {"residents": set()} | columns_of(node for node in every if node is not None)


def judged(rules: Expressions, programmes: Sequence[Programme], *, explained: bool = False) -> Mapping[str, Array]:
    """Each programme's verdict by its slug, for everybody in the order of the register: 2 eligible, 1 possible, 0 ineligible.

    `explained`: also `<slug>|criterion:<id>`, `<slug>|exclusion:<id>` and `<slug>|amount:<place>` (whether it counts): 2 yes, 1 not
    known, 0 no. `rules`: over which register, as of when and of which event.
    """
    asked: dict[str, int] = {}
    for one in programmes:
        trees = asked_of(one, rules.as_of)
        asked[one.slug] = _verdict(rules, one, trees)
        if explained:
            asked |= {f"{one.slug}|{name}": rules.asked(node) for name, node in trees.items()}
    return dict(zip(asked, rules.plan.answers(list(asked.values())), strict=True))


def asked_of(programme: Programme, on: date) -> dict[str, Node]:
    """Every criterion and exclusion of a programme, and when each amount counts, as expressions by their names."""
    trees = programme.compiled(on)
    asked = {f"criterion:{name}": _UNKNOWN if tree is None else tree for name, tree in trees.criteria.items()}
    asked |= {f"exclusion:{name}": tree for name, tree in trees.exclusions.items()}
    return asked | {f"amount:{place}": _ALWAYS if tree is None else tree for place, tree in enumerate(trees.amounts)}


def _verdict(rules: Expressions, programme: Programme, asked: Mapping[str, Node]) -> int:
    """`judge.verdict` as a step: what is met, unless something surely excludes."""
    if not programme.in_force(rules.as_of):
        return rules.asked(_NEVER)
    barred = (rules.asked(asked[f"exclusion:{one.id}"]) for one in programme.exclusions)
    return rules.every([_met(rules, programme.criteria, asked), *map(rules.not_surely, barred)])


def _met(rules: Expressions, group: Group, asked: Mapping[str, Node]) -> int:
    """What a group of criteria comes to."""
    parts = [
        rules.asked(asked[f"criterion:{one.id}"]) if isinstance(one, Criterion) else _met(rules, one, asked)
        for one in group.parts
    ]
    if group.all is not None:
        return rules.every(parts)
    return rules.some(parts) if group.any is not None else rules.opposite(rules.some(parts))
