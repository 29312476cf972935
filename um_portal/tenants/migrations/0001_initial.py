import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import um_portal.tenants.models
from um_portal.tenants.rls import HUIDIGE_GEBRUIKER, EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Gemeente",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "oin",
                    models.CharField(
                        max_length=20,
                        unique=True,
                        validators=[um_portal.tenants.models.validate_oin],
                        verbose_name="OIN",
                    ),
                ),
                ("naam", models.CharField(max_length=100, verbose_name="naam")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("aangemeld", "Aangemeld"),
                            ("toegelaten", "Toegelaten"),
                            ("opgeschort", "Opgeschort"),
                            ("vertrokken", "Vertrokken"),
                        ],
                        default="aangemeld",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("toegelaten_op", models.DateTimeField(blank=True, null=True, verbose_name="toegelaten op")),
                (
                    "contactbeleid",
                    models.CharField(
                        choices=[
                            ("werkzoekende", "Contactgegevens van de werkzoekende"),
                            ("jobcoach", "Alleen contactgegevens van de jobcoach"),
                        ],
                        default="werkzoekende",
                        max_length=12,
                        verbose_name="contactbeleid",
                    ),
                ),
                (
                    "niet_suwi_toegestaan",
                    models.BooleanField(default=False, verbose_name="ook antwoord aan niet-SUWI-partijen"),
                ),
            ],
            options={
                "verbose_name": "gemeente",
                "verbose_name_plural": "gemeenten",
                "ordering": ["naam"],
            },
        ),
        migrations.CreateModel(
            name="Lidmaatschap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rol",
                    models.CharField(
                        choices=[
                            ("jobcoach", "Jobcoach"),
                            ("gegevensbeheerder", "Gegevensbeheerder"),
                            ("functioneel_beheerder", "Functioneel beheerder"),
                        ],
                        max_length=24,
                        verbose_name="rol",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "lidmaatschap",
                "verbose_name_plural": "lidmaatschappen",
                "constraints": [
                    models.UniqueConstraint(fields=("gebruiker", "gemeente"), name="lidmaatschap_uniek")
                ],
            },
        ),
        migrations.CreateModel(
            name="Sleutel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("datasleutel", models.BinaryField()),
                ("pseudoniemsleutel", models.BinaryField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "sleutel",
                "verbose_name_plural": "sleutels",
                "constraints": [models.UniqueConstraint(fields=("gemeente",), name="sleutel_per_gemeente")],
            },
        ),
        EnableRowLevelSecurity("tenants_lidmaatschap", ook_lezen=f"gebruiker_id = {HUIDIGE_GEBRUIKER}"),
        EnableRowLevelSecurity("tenants_sleutel"),
    ]
