"""Approves every waiting notice of a site as officers would, with as many officers as each needs. Run as a script on a settings file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.core.settings import read_settings
from notices import site


def main() -> None:
    """Every open notice, each approved by clerk-a and, where two are needed, by clerk-b."""
    settings = read_settings(Path(sys.argv[1]))
    site.configure(settings)
    from notices.approval.decide import approve
    from notices.approval.models import Notice
    from notices.approval.officer import Officer
    from notices.approval.states import OPEN

    at = settings.clock().now()
    for name in ("clerk-a", "clerk-b"):
        officer = Officer(
            name=name,
            display_name=name,
            municipality=settings.municipality.code,
            offices=frozenset(settings.offices),
            roles=frozenset({"reviewer", "approver"}),
        )
        for notice in Notice.objects.filter(state__in=OPEN).order_by("id"):
            approve(notice.pk, officer=officer, at=at)


if __name__ == "__main__":
    main()
