import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approval', '0008_queue_covering'),
    ]

    operations = [
        migrations.AlterField(
            model_name='decision',
            name='item',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='approval.item'),
        ),
    ]
