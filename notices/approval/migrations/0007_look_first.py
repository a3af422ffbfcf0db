from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approval', '0006_run_request'),
    ]

    operations = [
        migrations.AddField('notice', 'look', models.SmallIntegerField(default=0)),
        migrations.AddField('notice', 'look_says', models.JSONField(default=dict)),
        migrations.AddIndex('notice', models.Index(fields=['municipality_code', 'waits', 'look', 'id'], name='queue_by_look')),
    ]
