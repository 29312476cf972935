from django.db import migrations, models

from uploads.models import RedenStop


class Migration(migrations.Migration):
    dependencies = [("uploads", "0005_kolomklad")]

    operations = [
        migrations.AddField("levering", "nieuwere_bevestigd", models.BigIntegerField(default=0)),
        migrations.AddField("levering", "eigen_bevestigd", models.BooleanField(default=False)),
        migrations.AddField("levering", "tegengehouden", models.IntegerField(null=True)),
        migrations.AlterField(
            "levering",
            "gestopt_om",
            models.CharField(blank=True, choices=RedenStop.choices, max_length=12),
        ),
    ]
