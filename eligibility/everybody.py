"""Programmes judged over everybody in a register, in one pass: verdicts, and why, as columns with an element for each person."""

from collections.abc import Iterable, Mapping, Sequence

from eligibility.columnar.expressions import Expressions
from eligibility.columnar.vectors import Array
from eligibility.compiled import Compiled, Joined
from eligibility.language.nodes import Constant, Node
from eligibility.language.sources import columns_of

_UNKNOWN = Constant(value=None, kind="boolean")
_ALWAYS = Constant(value=True, kind="boolean")
_NEVER = Constant(value=False, kind="boolean")


def columns_read(programmes: Iterable[Compiled]) -> dict[str, set[str]]:
    """Table → the columns that these programmes read of it."""
    return {"residents": set()} | columns_of(node for one in programmes for node in one.trees)


def judged(rules: Expressions, programmes: Sequence[Compiled], *, explained: bool = False) -> Mapping[str, Array]:
    """Each programme's verdict by its slug, for everybody in the order of the register: 2 eligible, 1 possible, 0 ineligible.

    `explained`: also `<slug>|criterion:<id>`, `<slug>|exclusion:<id>` and `<slug>|amount:<place>` (whether it counts): 2 yes, 1 not
    known, 0 no. `rules`: over which register, as of when and of which event.
    """
    asked: dict[str, int] = {}
    for one in programmes:
        assert one.holds(rules.as_of), f"{one.slug} is another on {rules.as_of}"
        trees = asked_of(one)
        asked[one.slug] = _verdict(rules, one, trees)
        if explained:
            asked |= {f"{one.slug}|{name}": rules.asked(node) for name, node in trees.items()}
    return dict(zip(asked, rules.plan.answers(list(asked.values())), strict=True))


def asked_of(programme: Compiled) -> dict[str, Node]:
    """Every criterion and exclusion of a programme, and when each amount counts, as expressions by their names."""
    asked = {f"criterion:{name}": _UNKNOWN if tree is None else tree for name, tree in programme.criteria.items()}
    asked |= {f"exclusion:{name}": tree for name, tree in programme.exclusions.items()}
    return asked | {
        f"amount:{place}": _ALWAYS if tree is None else tree for place, tree in enumerate(programme.amounts)
    }


def _verdict(rules: Expressions, programme: Compiled, asked: Mapping[str, Node]) -> int:
    """`judge.verdict` as a step: what is met, unless something surely excludes."""
    if not programme.in_force(rules.as_of):
        return rules.asked(_NEVER)
    barred = (rules.asked(asked[f"exclusion:{name}"]) for name in programme.exclusions)
    return rules.every([_met(rules, programme.met, asked), *map(rules.not_surely, barred)])


def _met(rules: Expressions, joined: Joined, asked: Mapping[str, Node]) -> int:
    """What criteria come to together."""
    parts = [
        rules.asked(asked[f"criterion:{one}"]) if isinstance(one, str) else _met(rules, one, asked)
        for one in joined.parts
    ]
    if joined.how == "all":
        return rules.every(parts)
    return rules.some(parts) if joined.how == "any" else rules.opposite(rules.some(parts))
