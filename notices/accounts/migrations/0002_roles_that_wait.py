from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_credentials'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='asked_roles',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='credential',
            name='asked_by',
            field=models.CharField(blank=True, max_length=60),
        ),
    ]
