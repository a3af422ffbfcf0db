import pytest
from jinja2 import UndefinedError

from notices.desk.environment import environment


def test_a_name_nobody_passed_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody }}").render()


def test_hostile_text_is_escaped() -> None:
    assert "<script" not in environment().from_string("{{ name }}").render(name="<script>")


def test_addresses_are_made_from_the_names_of_routes() -> None:
    assert environment().from_string("{{ url('review', notice_id=7) }}").render() == "/notices/7/"
