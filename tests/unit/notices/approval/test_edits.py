import pytest

from notices.approval.edits import require_other_eyes, standing
from notices.approval.models import Notice, NoticeEdit
from notices.approval.refusals import NotAllowed
from tests.support.approvals import AT, CITY, Town, approve_wordings, officer, run

pytestmark = pytest.mark.django_db


def test_the_newest_edit_of_each_text_stands_and_every_editor_is_kept_out(town: Town) -> None:
    approve_wordings()
    town.birth()
    run(town)
    notice = Notice.objects.get()
    for editor, programme, version in (("aoki", "", "1"), ("baba", "", "2"), ("aoki", "child_allowance", "3")):
        NoticeEdit.objects.create(
            notice=notice, municipality_code=CITY, programme=programme, base_version="0", version=version,
            before={}, sections={}, editor=editor, edited_at=AT,
        )  # fmt: skip
    assert {name: edit.version for name, edit in standing(notice).items()} == {"": "2", "child_allowance": "3"}
    for name in ("aoki", "baba"):
        with pytest.raises(NotAllowed):
            require_other_eyes(notice, officer(name))
    require_other_eyes(notice, officer("chiba"))
