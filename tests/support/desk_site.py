"""A real desk on a real queue store, for a browser: fills the store with one morning and serves it.

`python -m tests.support.desk_site FOLDER PORT [MORE] [app | town] [ISSUER]`, MORE being how many unflagged notices are added to the
morning's own; `app`: nobody gets in without an authenticator app, and there are two administrators, hara and ito. A night of two weeks
before held moves. `town`: in place of the morning, one birth that a night found and prepared. ISSUER: the address of an identity
provider of `tests.support.identity_provider`.
"""

import sys
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from django.db import connections

from engine.core.clock import TOKYO
from engine.core.settings import Accounts, Desk, Oidc, Settings
from notices import site
from tests.django_settings import settings_in
from tests.support.identity_provider import CLIENT, SECRET

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)  #: the morning's own; the models are loaded after the site is set up


def desk_settings(folder: Path, port: int) -> Settings:
    """A demo site in the folder whose clock starts on the morning of `tests.support.morning`."""
    desk = Desk(port=port, secure_cookies=False)
    return settings_in(folder).model_copy(update={"desk": desk, "demo_now": NOW})


def main() -> None:
    """Fills the store, then serves until it is stopped."""
    folder, port, app = Path(sys.argv[1]), int(sys.argv[2]), "app" in sys.argv[4:]
    issuer = next((one for one in sys.argv[4:] if one.startswith("http")), "")
    settings = desk_settings(folder, port).model_copy(
        update={"accounts": Accounts(second_factor=app), "oidc": _oidc(folder, port, issuer)}
    )
    site.configure(settings)
    site.migrate()
    connections.close_all()  # each process opens its own
    filling = get_context("fork").Process(
        target=_fill
    )  # polars' threads do not outlive a fork: who serves never starts them
    filling.start()
    filling.join()
    assert filling.exitcode == 0, "the store could not be filled"
    from notices.approval.accounts import make_account
    from notices.desk.serve import serve
    from tests.support.morning import PASSWORD

    if app:
        municipality = settings.municipality.code
        for username, name in (("hara", "原"), ("ito", "伊藤")):
            make_account(
                username, PASSWORD, display_name=name, offices=[], roles=["administrator"], municipality=municipality
            )
    serve(settings)


def _fill() -> None:
    """The morning, or with `town` the one birth."""
    from tests.support.held_moves import hold_moves
    from tests.support.morning import set_up_more, set_up_morning

    if "town" in sys.argv[4:]:
        _prepare_a_birth(Path(sys.argv[1]))
    else:
        set_up_morning()
        hold_moves(Path(sys.argv[1]))
        set_up_more(int(sys.argv[3]) if len(sys.argv) > 3 else 0)


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


def _oidc(folder: Path, port: int, issuer: str) -> Oidc:
    if not issuer:
        return Oidc()
    secret = folder / "provider-secret"
    secret.write_text(SECRET)
    return Oidc(issuer=issuer, client_id=CLIENT, client_secret_file=secret, address=f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    main()
