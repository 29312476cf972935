import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Mededeling",
            fields=[
                ("id", _key()),
                ("titel", models.CharField(max_length=80)),
                ("tekst", models.CharField(max_length=600)),
                (
                    "niveau",
                    models.CharField(
                        choices=[("info", "Ter informatie"), ("waarschuwing", "Belangrijk")], max_length=12
                    ),
                ),
                ("van", models.DateField()),
                ("tot_en_met", models.DateField()),
                ("gemaakt_op", models.DateTimeField(auto_now_add=True)),
                ("beeindigd_op", models.DateTimeField(null=True)),
                (
                    "gemaakt_door",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "mededeling",
                "verbose_name_plural": "mededelingen",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("beeindigd_op", None)),
                        fields=("titel", "van", "tot_en_met"),
                        name="mededeling_uniek",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tot_en_met__gte", models.F("van"))), name="mededeling_duurt"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Weggelegd",
            fields=[
                ("id", _key()),
                (
                    "gebruiker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mededeling",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="mededelingen.mededeling",
                    ),
                ),
            ],
            options={
                "verbose_name": "weggelegde mededeling",
                "verbose_name_plural": "weggelegde mededelingen",
                "constraints": [
                    models.UniqueConstraint(fields=("mededeling", "gebruiker"), name="weggelegd_uniek")
                ],
            },
        ),
    ]
