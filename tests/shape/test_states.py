"""A notice's state is written in one place: `notices/approval/states.py`. Outside `notices/approval` no state of the queue is written at all."""

import ast
from pathlib import Path

import pytest

from tests.shape.test_house import REPOSITORY, modules

TABLE = Path("notices/approval/states.py")
#: wordings have a life of their own, `drafted` to `superseded`, which the wording library alone writes
OWN_STATES = Path("notices/wording")


def writes_of_a_state(source: str) -> list[int]:
    """Lines that set a state: `x.state = …`, `.update(state=…)`, `.bulk_update(…, ["state"])`, `setattr(x, "state", …)`."""
    return sorted(
        {node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt | ast.expr) and _writes(node)}
    )


def _writes(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        targets = [part for target in node.targets for part in ast.walk(target)]
        return any(
            isinstance(one, ast.Attribute) and one.attr == "state" and isinstance(one.ctx, ast.Store) for one in targets
        )
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        return isinstance(node.target, ast.Attribute) and node.target.attr == "state"
    if not isinstance(node, ast.Call):
        return False
    name = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    if name in {"update", "update_or_create", "get_or_create"} and any(word.arg == "state" for word in node.keywords):
        return name == "update" or _in_defaults(node)
    said = [one.value for part in node.args for one in ast.walk(part) if isinstance(one, ast.Constant)]
    return name in {"setattr", "bulk_update"} and "state" in said


def _in_defaults(node: ast.Call) -> bool:
    return any(word.arg == "defaults" and "state" in ast.dump(word.value) for word in node.keywords)


def of_a_notice(source: str) -> list[int]:
    """Those of the lines that are about a notice: the name says so."""
    lines = source.splitlines()
    return [
        line
        for line in writes_of_a_state(source)
        if "notice.state" in lines[line - 1] or "Notice.objects" in lines[line - 1]
    ]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("notice.state = 'approved'", id="an assignment"),
        pytest.param("notice.state, notice.version = 'approved', 2", id="an assignment of two"),
        pytest.param("Notice.objects.filter(pk=1).update(state='approved')", id="an update"),
        pytest.param("Notice.objects.bulk_update(found, ['state'])", id="an update of many"),
        pytest.param("setattr(notice, 'state', 'approved')", id="by name"),
    ],
)
def test_a_planted_write_is_found(source: str) -> None:
    assert writes_of_a_state(source) == [1]


def test_reading_a_state_is_no_write() -> None:
    assert writes_of_a_state("Notice.objects.filter(state='held').count()\nnotice.state == 'held'\n") == []


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if path.parts[0] == "notices" and not path.is_relative_to("notices/approval")],
    ids=str,
)
def test_nothing_outside_approval_writes_a_state(path: Path) -> None:
    source = (REPOSITORY / path).read_text(encoding="utf-8")
    assert path.is_relative_to(OWN_STATES) or writes_of_a_state(source) == []


@pytest.mark.parametrize("path", [path for path in modules() if path.is_relative_to("notices/approval")], ids=str)
def test_within_approval_one_table_moves_a_notice(path: Path) -> None:
    found = of_a_notice((REPOSITORY / path).read_text(encoding="utf-8"))
    assert found == [] or path == TABLE
