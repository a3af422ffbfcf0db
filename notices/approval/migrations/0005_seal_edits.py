"""What officers typed into a notice is sealed, that already stored included. Back again it is plain: only to undo the migration."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from notices.sealing import SealedJson

_NAMES = ('before', 'sections')


def _copy(to: str) -> Callable[[Any, Any], None]:
    def copy(apps: Any, schema_editor: Any) -> None:
        edits = apps.get_model('approval', 'NoticeEdit')
        if schema_editor.connection.vendor == 'sqlite':  # else the plain text stays readable in the file's free pages
            schema_editor.execute('PRAGMA secure_delete = ON')
        for edit in edits.objects.iterator():
            for name in _NAMES:
                plain, sealed = name, f'sealed_{name}'
                source, target = (plain, sealed) if to == 'sealed' else (sealed, plain)
                setattr(edit, target, getattr(edit, source))
            edit.save()

    return copy


class Migration(migrations.Migration):

    dependencies = [
        ('approval', '0004_notice_edit'),
    ]

    operations = [
        *(migrations.AlterField('noticeedit', name, models.JSONField(default=dict)) for name in _NAMES),
        *(migrations.AddField('noticeedit', f'sealed_{name}', SealedJson(default=dict)) for name in _NAMES),
        migrations.RunPython(_copy('sealed'), _copy('plain')),
        *(migrations.RemoveField('noticeedit', name) for name in _NAMES),
        *(migrations.RenameField('noticeedit', f'sealed_{name}', name) for name in _NAMES),
        *(migrations.AlterField('noticeedit', name, SealedJson()) for name in _NAMES),
    ]
