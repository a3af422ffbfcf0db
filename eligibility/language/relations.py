"""Relationships to the head of the household (続柄): the way from the head, in up to four steps, and its kinds."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from itertools import product, takewhile

_SPOUSES = ("HUSBAND", "WIFE", "HUSBAND_UNREGISTERED", "WIFE_UNREGISTERED")
_PARENTS = ("FATHER", "MOTHER")
#: the columns of its steps
STEPS = ("rel1", "rel2", "rel3", "rel4")
#: a way: for each step the codes that may stand there
Way = tuple[tuple[str, ...], ...]


class Kind(Enum):
    """Who somebody is in a home."""

    HEAD = auto()
    SPOUSE = auto()
    CHILD = auto()
    CHILD_OF_SPOUSE = auto()
    FATHER = auto()
    MOTHER = auto()
    SPOUSE_OF_FATHER = auto()
    SPOUSE_OF_MOTHER = auto()
    PARENT_OF_CHILD = auto()
    SPOUSE_OF_CHILD = auto()
    GRANDCHILD = auto()
    SIBLING = auto()
    CHILD_OF_PARENT = auto()
    SPOUSE_OF_SIBLING = auto()
    COHABITANT = auto()


_CHILD = ("CHILD",)
WAYS: Mapping[Kind, tuple[Way, ...]] = {
    Kind.HEAD: ((("HEAD",),),),
    Kind.SPOUSE: ((_SPOUSES,),),
    Kind.CHILD: ((_CHILD,),),
    Kind.CHILD_OF_SPOUSE: ((_SPOUSES, _CHILD),),
    Kind.FATHER: ((("FATHER",),),),
    Kind.MOTHER: ((("MOTHER",),),),
    Kind.SPOUSE_OF_FATHER: ((("FATHER",), _SPOUSES),),
    Kind.SPOUSE_OF_MOTHER: ((("MOTHER",), _SPOUSES),),
    Kind.PARENT_OF_CHILD: ((_CHILD, _PARENTS),),
    Kind.SPOUSE_OF_CHILD: ((_CHILD, _SPOUSES),),
    Kind.GRANDCHILD: ((_CHILD, _CHILD), (_SPOUSES, _CHILD, _CHILD), (_CHILD, _SPOUSES, _CHILD)),
    Kind.SIBLING: ((("SIBLING",),),),
    Kind.CHILD_OF_PARENT: ((_PARENTS, _CHILD),),
    Kind.SPOUSE_OF_SIBLING: ((("SIBLING",), _SPOUSES),),
    Kind.COHABITANT: ((("COHABITANT",),),),
}

#: what kind somebody is whose way is written so
_KIND_OF: Mapping[tuple[str | None, ...], Kind] = {
    written: kind for kind, ways in WAYS.items() for way in ways for written in product(*way)
}
_BIT = {kind: 1 << place for place, kind in enumerate(Kind)}

#: who is asked for together: the children of a home's couple, of its head's parents …
OWN = (Kind.CHILD, Kind.CHILD_OF_SPOUSE)
COUPLE = (Kind.HEAD, Kind.SPOUSE, Kind.PARENT_OF_CHILD)
SIBLINGS = (Kind.SIBLING, Kind.CHILD_OF_PARENT)
STEPPARENTS = (Kind.SPOUSE_OF_FATHER, Kind.SPOUSE_OF_MOTHER)
BOTH_PARENTS = (Kind.FATHER, Kind.MOTHER)
PARENTS = (*BOTH_PARENTS, *STEPPARENTS)
HEAD_OR_SIBLING = (Kind.HEAD, *SIBLINGS)
HEAD_OR_OWN = (Kind.HEAD, *OWN)
OWN_OR_IN_LAW = (*OWN, Kind.SPOUSE_OF_CHILD)
NEAR = (*COUPLE, *PARENTS, *OWN_OR_IN_LAW)
KNOWN = (*NEAR, *SIBLINGS, Kind.GRANDCHILD, Kind.SPOUSE_OF_SIBLING)
PARTNER = (Kind.COHABITANT, Kind.PARENT_OF_CHILD)
OF_FATHER = (Kind.MOTHER, Kind.SPOUSE_OF_FATHER)
OF_MOTHER = (Kind.FATHER, Kind.SPOUSE_OF_MOTHER)
#: whom the law holds to support the head, or a child of the head (民法877条1項), and of whom it is settled whether it does
SUPPORTERS_OF_HEAD = (Kind.CHILD, *BOTH_PARENTS, *SIBLINGS)
SETTLED_FOR_HEAD = (
    *(*SUPPORTERS_OF_HEAD, *COUPLE),
    *(Kind.SPOUSE_OF_CHILD, Kind.SPOUSE_OF_SIBLING, Kind.COHABITANT),
)
SUPPORTERS_OF_CHILD = (Kind.HEAD, *BOTH_PARENTS)
SETTLED_FOR_CHILD = (
    *(*SUPPORTERS_OF_CHILD, *SIBLINGS),
    *(Kind.SPOUSE_OF_CHILD, Kind.SPOUSE_OF_SIBLING, Kind.COHABITANT),
)
SETS: tuple[tuple[Kind, ...], ...] = (
    *((one,) for one in Kind),
    *(OWN, COUPLE, SIBLINGS, STEPPARENTS, BOTH_PARENTS, PARENTS, HEAD_OR_SIBLING, HEAD_OR_OWN),
    *(OWN_OR_IN_LAW, NEAR, KNOWN, PARTNER, OF_FATHER, OF_MOTHER),
    *(SUPPORTERS_OF_HEAD, SETTLED_FOR_HEAD, SUPPORTERS_OF_CHILD, SETTLED_FOR_CHILD),
)


def relation(*steps: str | None) -> str | None:
    """The way from the head: HEAD, CHILD, CHILD.CHILD (子の子). A step that is not there ends it."""
    there = [step for step in takewhile(lambda step: step is not None, steps) if step]
    return ".".join(there) if there else None


#: its SQL, with {0} to {3} for the steps
RELATION = (
    "(CASE WHEN {1} IS NULL THEN {0} WHEN {2} IS NULL THEN {0} || '.' || {1}"
    " WHEN {3} IS NULL THEN {0} || '.' || {1} || '.' || {2} ELSE {0} || '.' || {1} || '.' || {2} || '.' || {3} END)"
)


def name_of(kinds: Sequence[Kind]) -> str:
    """The name of the function that tells whether a relationship is of one of these kinds; nobody can write it in a rule."""
    return "is " + " or ".join(one.name.lower() for one in kinds)


def is_one_of(kinds: Sequence[Kind], *steps: str | None) -> bool | None:
    """Whether it is; unknown where the first step is not on record."""
    there = tuple(takewhile(lambda step: step is not None, steps))
    kind = _KIND_OF.get(there)
    return (kind is not None and kind in kinds) if there else None


def is_one_of_sql(kinds: Sequence[Kind]) -> str:
    """Its SQL, with {0} to {3} for the steps."""
    ways = " OR ".join(_way_sql(way) for kind in kinds for way in WAYS[kind])
    return " ".join(["(CASE WHEN {0} IS NULL THEN NULL ELSE", ways, "END)"])


def _way_sql(way: Way) -> str:
    told = [f"({{{place}}} IS NOT NULL AND {{{place}}} IN ({_listed(codes)}))" for place, codes in enumerate(way)]
    ended = f"{{{len(way)}}} IS NULL"
    return "(" + " AND ".join([*told, ended]) + ")"


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def bits_of(kinds: Sequence[Kind]) -> int:
    """A bit for each of these kinds."""
    return sum(_BIT[kind] for kind in kinds)


def bit_sql() -> str:
    """The SQL of the bit of somebody's kind, with {0} to {3} for the steps: 0 of no kind, unknown where the first step is."""
    kinds = " ".join(f"WHEN '{relation(*written)}' THEN {_BIT[kind]:d}" for written, kind in _KIND_OF.items())
    return " ".join(["(CASE WHEN {0} IS NULL THEN NULL ELSE CASE", RELATION, kinds, "ELSE 0 END END)"])
