import pytest
from django.db import connection

from notices.commands.store import open_queue
from notices.site import installed


@pytest.mark.django_db
def test_opening_the_queue_brings_its_tables_up_to_date_and_can_be_repeated() -> None:
    open_queue(installed())
    open_queue(installed())
    assert {"approval_notice", "recipients_block", "wording_wording"} <= set(connection.introspection.table_names())
