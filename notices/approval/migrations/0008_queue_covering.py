import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approval', '0007_look_first'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='notice',
            name='queue_by_deadline',
        ),
        migrations.RemoveIndex(
            model_name='notice',
            name='queue_by_number',
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['municipality_code', 'waits', 'due_order', 'id', 'urgency', 'event', 'language', 'flags'], name='queue_by_deadline'),
        ),
        migrations.AlterField(
            model_name='item',
            name='notice',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='approval.notice'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['municipality_code', 'waits', 'id', 'due_order', 'urgency', 'event', 'language', 'flags'], name='queue_by_number'),
        ),
    ]
