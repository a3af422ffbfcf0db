"""Before a grave act the desk asks once more who is there: a code of the app, or a new word of the city's identity provider.

The page that asks carries what was filled in, and goes on with it: nothing is typed twice, and no script is needed.
"""

from collections.abc import Callable, Mapping

from django.http import HttpResponse

from notices.accounts import second, sessions
from notices.approval import audit, bulk, tasks
from notices.approval.models import StaffMember
from notices.desk.views.problems import locked_out
from notices.desk.views.second import attempt
from notices.desk.visit import Visit
from notices.site import installed

#: whether what is asked of a route is grave: by the visit and the parts of the address
Grave = Callable[[Visit, Mapping[str, object]], bool]
CODE = "fresh_code"  #: the field of the code
_OURS = frozenset({"csrfmiddlewaretoken", CODE})


def always(visit: Visit, parts: Mapping[str, object]) -> bool:
    """Every time."""
    return True


def of_support_measures(visit: Visit, parts: Mapping[str, object]) -> bool:
    """A task that only the named role sees. Raises NotAllowed for a task that is not this officer's."""
    return tasks.task(visit.officer, int(str(parts["task_id"]))).restricted


def of_many(visit: Visit, parts: Mapping[str, object]) -> bool:
    """A selection of more notices than the settings call a few. Raises NotAllowed for another officer's."""
    frozen = bulk.selection_of(visit.officer, int(str(parts["selection_id"]))).frozen
    return len(frozen) >= installed().accounts.fresh_from_notices


def asked_first(
    visit: Visit, staff: StaffMember, act: str, grave: Grave, parts: Mapping[str, object]
) -> HttpResponse | None:
    """The page that asks; None when this person has shown who they are a short while ago, or shows it now. `act`: a route."""
    if sessions.is_fresh(visit.request.session, at=visit.now):
        return None
    way = second.way_again(staff)
    if not way or not grave(visit, parts):
        return None
    code = visit.request.POST.get(CODE)
    if way != "code" or code is None:
        return _page(visit, act, way)
    came_of_it = attempt(visit.request, staff, code)
    if came_of_it == "locked":
        return locked_out(visit.request)
    if came_of_it == "wrong":
        return _page(visit, act, way, failed=True)
    sessions.prove(visit.request.session, at=visit.now)
    _record(visit, staff, act)
    return None


def _record(visit: Visit, staff: StaffMember, act: str) -> None:
    audit.append(
        municipality=visit.municipality,
        actor=visit.officer.name,
        action="proved_again",
        subject=f"account:{staff.pk}",
        details={"before": act},
        at=visit.now,
    )
    audit.anchor(installed(), at=visit.now)


def _page(visit: Visit, act: str, way: str, *, failed: bool = False) -> HttpResponse:
    filled = [(name, value) for name, values in visit.request.POST.lists() if name not in _OURS for value in values]
    return visit.page(
        "fresh.html",
        status=403,
        act=act,
        way=way,
        failed=failed,
        filled=filled,
        code=CODE,
        minutes=installed().accounts.fresh_minutes,
    )
