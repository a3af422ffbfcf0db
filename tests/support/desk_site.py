"""A real desk on a real queue store, for a browser: fills the store with one morning and serves it.

`python -m tests.support.desk_site FOLDER PORT [MORE] [app | town]`, MORE being how many unflagged notices are added to the morning's own;
`app`: nobody gets in without an authenticator app, and there is an administrator, hara. A night of two weeks
before held moves. `town`: in place of the morning, one birth that a night found and prepared.
"""

import sys
from datetime import datetime
from pathlib import Path

from engine.core.clock import TOKYO
from engine.core.settings import Accounts, Desk, Settings
from notices import site
from tests.django_settings import settings_in

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)  #: the morning's own; the models are loaded after the site is set up


def desk_settings(folder: Path, port: int) -> Settings:
    """A demo site in the folder whose clock starts on the morning of `tests.support.morning`."""
    desk = Desk(port=port, secure_cookies=False)
    return settings_in(folder).model_copy(update={"desk": desk, "demo_now": NOW})


def main() -> None:
    """Fills the store, then serves until it is stopped."""
    settings, app = desk_settings(Path(sys.argv[1]), int(sys.argv[2])), sys.argv[4:] == ["app"]
    settings = settings.model_copy(update={"accounts": Accounts(second_factor=app)})
    site.configure(settings)
    site.migrate()
    from notices.approval.accounts import make_account
    from notices.desk.serve import serve
    from tests.support.held_moves import hold_moves
    from tests.support.morning import PASSWORD, set_up_more, set_up_morning

    if sys.argv[4:] == ["town"]:
        _prepare_a_birth(Path(sys.argv[1]))
    else:
        set_up_morning()
        hold_moves(Path(sys.argv[1]))
        set_up_more(int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    if app:
        municipality = settings.municipality.code
        make_account(
            "hara", PASSWORD, display_name="原", offices=[], roles=["administrator"], municipality=municipality
        )
    serve(settings)


def _prepare_a_birth(folder: Path) -> None:
    from tests.support.approvals import Town, approve_wordings, run
    from tests.support.morning import set_up_accounts

    set_up_accounts()
    approve_wordings()
    (folder / "town").mkdir()
    town = Town(folder / "town")
    town.birth()
    run(town)
    town.warehouse.close()


if __name__ == "__main__":
    main()
