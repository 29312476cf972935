"""Makes the table of what somebody has chosen so far on the page for choosing columns."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0003_leeskeuze"),
        ("uploads", "0003_leveringscijfers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Kolomklad",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inhoud", models.BinaryField()),
                ("gewijzigd_op", models.DateTimeField(auto_now=True)),
                (
                    "gebruiker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "levering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="uploads.levering"
                    ),
                ),
            ],
            options={
                "verbose_name": "klad van de kolommen",
                "verbose_name_plural": "kladden van de kolommen",
            },
        ),
        migrations.AddConstraint(
            model_name="kolomklad",
            constraint=models.UniqueConstraint(
                fields=("levering", "gebruiker"), name="kolomklad_een_per_gebruiker"
            ),
        ),
        EnableRowLevelSecurity("uploads_kolomklad"),
    ]
