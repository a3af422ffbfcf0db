"""Who raises whom and who is whose spouse, as far as the relationships to the head of the household (続柄) say: true, false or unknown.

A relationship is the way from the head: HEAD, CHILD, CHILD.CHILD (子の子). It names a child's parent where there is one person whom it can
mean (the head's child: the head), and leaves it open where there are several (of the children of the head, whose is the child's child?).
A child with neither parent nor such a person at home is raised by somebody else, who may be any grown-up there (養育者): unknown, too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eligibility.language.nodes import Call, Column, Comparison, Constant, Logic, Moment, Node, Quantified
from eligibility.language.relations import (
    BOTH_PARENTS,
    COUPLE,
    HEAD_OR_OWN,
    HEAD_OR_SIBLING,
    KNOWN,
    NEAR,
    OF_FATHER,
    OF_MOTHER,
    OWN,
    OWN_OR_IN_LAW,
    PARENTS,
    PARTNER,
    SETTLED_FOR_CHILD,
    SETTLED_FOR_HEAD,
    SIBLINGS,
    STEPPARENTS,
    STEPS,
    SUPPORTERS_OF_CHILD,
    SUPPORTERS_OF_HEAD,
    Kind,
    name_of,
)

#: what a rule calls them: `any_of(subject.raised as m, …)`
SOURCES = ("children", "wards", "raised", "spouse", "obligors")
#: the columns they are found in
COLUMNS = (*STEPS, "birth_date")
#: of age: nobody's ward any more, and may raise somebody who is not their own child
_OF_AGE = 18
#: a parent may be as young as this; so whoever is not of age has no child over the difference
_YOUNGEST_PARENT = 15
_UNKNOWN = Constant(value=None, kind="boolean")
_PERSON = "p"

_Test = Callable[[str], Node]


def _is(*kinds: Kind) -> _Test:
    """Whether a person's relationship to the head is of one of these kinds."""
    return lambda who: Call(
        function=name_of(kinds),
        arguments=tuple(Column(alias=who, table="residents", name=name, kind="code") for name in STEPS),
        kind="boolean",
    )


def _is_not(*kinds: Kind) -> _Test:
    return lambda who: _not(_is(*kinds)(who))


def _perhaps(test: _Test) -> _Test:
    """Unknown where the test holds, false where it does not."""
    return lambda who: _and(_UNKNOWN, test(who))


def _either(one: _Test, other: _Test) -> _Test:
    return lambda who: _or([one(who), other(who)])


def _under(age: int, test: _Test) -> _Test:
    return lambda who: _and(test(who), _not(_reached(who, age)))


def _grown(test: _Test) -> _Test:
    return lambda who: _and(test(who), _reached(who, _OF_AGE))


@dataclass(frozen=True, kw_only=True)
class _Line:
    """Children whose parents, if at home, are such people. `certain`: whoever of these is at home is one, and there is none beside."""

    children: _Test
    parents: _Test
    certain: bool = False


_OF_THE_COUPLE = _Line(children=_is(*OWN), parents=_is(*COUPLE), certain=True)
_OF_A_PARENT = _Line(children=_is(*HEAD_OR_SIBLING), parents=_is(*PARENTS), certain=True)
_OF_A_CHILD = _Line(children=_is(Kind.GRANDCHILD), parents=_is(*OWN_OR_IN_LAW))
_OF_OTHERS = _Line(children=_is_not(*KNOWN), parents=_is_not(*NEAR))
_LINES = (_OF_THE_COUPLE, _OF_A_PARENT, _OF_A_CHILD, _OF_OTHERS)

#: whom nobody registered as a spouse, and who may live with the head as one
_partner = _grown(_is(*PARTNER))
_COUPLES = (
    (_is(Kind.SPOUSE), _is(Kind.HEAD)),
    (_is(Kind.FATHER), _is(*OF_FATHER)),
    (_is(Kind.MOTHER), _is(*OF_MOTHER)),
    (_is(*STEPPARENTS), _is(*BOTH_PARENTS)),
)
_SIBLING_COUPLES = (
    (_is(Kind.SIBLING), _is(Kind.SPOUSE_OF_SIBLING)),
    (_is(Kind.SPOUSE_OF_SIBLING), _is(Kind.SIBLING)),
)


@dataclass(frozen=True, kw_only=True)
class Tie:
    """One way to be related: where this holds for the subject, members of the household for whom `counts` holds are meant."""

    holds: Node
    counts: _Test


def any_of(source: str, alias: str, condition: Node) -> Node:
    """Whether the condition holds for any of those whom `source` means; `alias` is what it calls them."""
    return _or(_and(tie.holds, _any(alias, _and(tie.counts(alias), condition))) for tie in _ties(source))


def count_of(alias: str, condition: Node, compared: Callable[[Node], Node]) -> Node:
    """A comparison of how many of the subject's children fulfil a condition; who is no parent has none."""
    ties = _children()
    nobody = Tie(holds=_not(_or(tie.holds for tie in ties)), counts=lambda who: Constant(value=False, kind="boolean"))
    return _or(
        _and(tie.holds, compared(_members("count_of", alias, _and(tie.counts(alias), condition), "number")))
        for tie in (*ties, nobody)
    )


def _ties(source: str) -> Sequence[Tie]:
    if source == "raised":
        return [*_children(), *_wards()]
    return {"children": _children, "wards": _wards, "spouse": _spouse, "obligors": _obligors}[source]()


def _children() -> list[Tie]:
    """The subject's own, by the record; for any person one of these holds at most."""
    of_age, grown = _reached("subject", _OF_AGE), _reached("subject", _YOUNGEST_PARENT)
    of_a_child, of_others = _OF_A_CHILD.parents("subject"), _OF_OTHERS.parents("subject")
    not_near = _either(_OF_A_CHILD.children, _OF_OTHERS.children)
    return [
        Tie(holds=_OF_THE_COUPLE.parents("subject"), counts=_OF_THE_COUPLE.children),
        Tie(holds=_OF_A_PARENT.parents("subject"), counts=_either(_is(Kind.HEAD), _perhaps(_is(*SIBLINGS)))),
        Tie(holds=_and(of_a_child, of_age), counts=_perhaps(_OF_A_CHILD.children)),
        Tie(holds=_and(of_others, of_age), counts=_under(_OF_AGE, _perhaps(_OF_OTHERS.children))),
        Tie(
            holds=_and(_or([of_a_child, of_others]), grown, _not(of_age)),
            counts=_under(_OF_AGE - _YOUNGEST_PARENT, _perhaps(not_near)),
        ),
    ]


def _wards() -> list[Tie]:
    """Minors in the home whom no parent there raises: whether the subject does is never known."""
    of_age, nobody = _reached("subject", _OF_AGE), _not(_any(_PERSON, _reached(_PERSON, _OF_AGE)))
    minors = {line: _under(_OF_AGE, _perhaps(line.children)) for line in _LINES}
    nobodys = [
        Tie(holds=_and(of_age, _not(line.parents("subject")), _not(_at_home(line))), counts=minors[line])
        for line in _LINES
    ]
    of_a_child_head = _under(_OF_AGE, _perhaps(_is_not(*HEAD_OR_OWN)))
    return [*nobodys, Tie(holds=_and(_is(Kind.HEAD)("subject"), nobody), counts=of_a_child_head)]


def _at_home(line: _Line) -> Node:
    """Whether somebody is there who is, or may be, the parent."""
    return _any(_PERSON, (line.parents if line.certain else _grown(line.parents))(_PERSON))


def _spouse() -> list[Tie]:
    """Husband or wife, registered or not; unknown of somebody in the home who may live with the subject as such (事実婚)."""
    child, in_law = _grown(_is(Kind.CHILD)), _is(Kind.SPOUSE_OF_CHILD)
    # of several children of the head it is open who is married
    one_couple = _or([_UNKNOWN, _two(_either(child, in_law))])
    return [
        Tie(holds=_is(Kind.HEAD)("subject"), counts=_either(_is(Kind.SPOUSE), _perhaps(_partner))),
        Tie(holds=_and(_UNKNOWN, _partner("subject")), counts=_grown(_is(Kind.HEAD))),
        *(Tie(holds=one("subject"), counts=other) for one, other in _COUPLES),
        *(Tie(holds=_and(_UNKNOWN, one("subject")), counts=other) for one, other in _SIBLING_COUPLES),
        Tie(holds=_and(child("subject"), one_couple), counts=in_law),
        Tie(holds=_and(in_law("subject"), one_couple), counts=child),
    ]


def _obligors() -> list[Tie]:
    """Who is of age and must support the subject (扶養義務者): relatives by blood in the direct line, brothers and sisters.

    Known for the head, and of a child of the head for the head and the head's parents; of others open, unless they are surely none.
    """
    head, child = _is(Kind.HEAD), _is(Kind.CHILD)
    of_head = _either(_is(*SUPPORTERS_OF_HEAD), _perhaps(_is_not(*SETTLED_FOR_HEAD)))
    of_child = _either(_is(*SUPPORTERS_OF_CHILD), _perhaps(_is_not(*SETTLED_FOR_CHILD)))
    return [
        Tie(holds=head("subject"), counts=_grown(of_head)),
        Tie(holds=child("subject"), counts=_grown(of_child)),
        Tie(
            holds=_not(_or([head("subject"), child("subject")])),
            counts=_grown(_perhaps(_is_not(Kind.COHABITANT))),
        ),
    ]


def _reached(who: str, age: int) -> Node:
    born = Column(alias=who, table="residents", name="birth_date", kind="date")
    on = Call(function="reaches_age_on", arguments=(born, Constant(value=age, kind="years")), kind="date")
    return Comparison(operator="<=", left=on, right=Moment(name="as_of"))


def _any(alias: str, condition: Node) -> Node:
    return _members("any_of", alias, condition, "boolean")


def _two(test: _Test) -> Node:
    """Whether two members of the household are such people, and no third."""
    found = _members("count_of", _PERSON, test(_PERSON), "number")
    return Comparison(operator="=", left=found, right=Constant(value=2, kind="number"))


def _members(quantifier: str, alias: str, condition: Node, kind: str) -> Quantified:
    return Quantified(quantifier=quantifier, source="household", alias=alias, predicate=condition, kind=kind)  # type: ignore[arg-type]


def _and(*parts: Node) -> Node:
    return Logic(operator="and", parts=parts)


def _or(parts: Iterable[Node]) -> Node:
    return Logic(operator="or", parts=tuple(parts))


def _not(part: Node) -> Node:
    return Logic(operator="not", parts=(part,))
