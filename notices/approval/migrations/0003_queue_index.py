from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approval', '0002_queue_order'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='notice', name='queue_by_deadline'),
        migrations.RemoveIndex(model_name='notice', name='queue_by_number'),
        migrations.RemoveField(model_name='notice', name='waiting'),
        migrations.AddField(
            model_name='notice',
            name='waits',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(state__in=['prepared', 'in_review'], then=models.Value(1)), default=models.Value(0)), output_field=models.SmallIntegerField()),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(fields=['notice', 'municipality_code', 'office', 'state'], name='items_of_notice'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['municipality_code', 'waits', 'due_order', 'id'], name='queue_by_deadline'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['municipality_code', 'waits', 'id'], name='queue_by_number'),
        ),
    ]
