from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wording", "0003_back_translation")]

    operations = [
        migrations.AddField("wording", "reviewer", models.CharField(max_length=60, blank=True)),
        migrations.AddField("wording", "rejected_because", models.CharField(max_length=300, blank=True)),
    ]
