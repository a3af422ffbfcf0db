from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approval', '0005_seal_edits'),
    ]

    operations = [
        migrations.RenameField(
            model_name='runrequest',
            old_name='arguments',
            new_name='payload',
        ),
        migrations.RenameField(
            model_name='runrequest',
            old_name='performed_at',
            new_name='done_at',
        ),
        migrations.AddField(
            model_name='runrequest',
            name='outcome',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddIndex(
            model_name='runrequest',
            index=models.Index(fields=['municipality_code', 'kind', 'done_at', 'id'], name='requests_waiting'),
        ),
    ]
