from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_roles_that_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='asked_reset',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='credential',
            name='reset_reason',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='credential',
            name='reset_asked_by',
            field=models.CharField(blank=True, max_length=60),
        ),
    ]
