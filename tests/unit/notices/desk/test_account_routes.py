from notices.desk.access import Permission, Scope
from notices.desk.account_routes import ACCOUNT_ROUTES


def test_the_register_is_for_administrators_and_the_rest_is_the_door() -> None:
    for route in ACCOUNT_ROUTES:
        behind = route.path.startswith("staff/")
        assert route.permission is (Permission.ADMINISTER if behind else Permission.PUBLIC)
        assert route.scope is (Scope.MUNICIPALITY if behind else Scope.NOTHING)


def test_whatever_changes_an_account_is_a_form() -> None:
    changing = [route for route in ACCOUNT_ROUTES if route.path.startswith("staff/") and "GET" not in route.methods]
    assert {route.name for route in changing} == {
        "open_account", "change_account", "confirm_roles", "refuse_roles", "lock_account", "unlock_account", "end_sessions",
        "reset_second_factor", "reset_password", "confirm_reset", "refuse_reset",
    }  # fmt: skip
