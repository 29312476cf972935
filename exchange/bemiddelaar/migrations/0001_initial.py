import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import exchange.bemiddelaar.models
from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Zoekvraag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lease_tot", models.DateTimeField(editable=False, null=True)),
                ("pogingen", models.SmallIntegerField(default=0, editable=False)),
                ("gewijzigd_op", models.DateTimeField(auto_now=True)),
                (
                    "soort",
                    models.CharField(
                        choices=[
                            ("werkzoekenden", "werkzoekenden"),
                            ("vacatures", "vacatures"),
                            ("werkgeverscontactmomenten", "werkgeverscontactmomenten"),
                        ],
                        max_length=32,
                        verbose_name="soort",
                    ),
                ),
                ("naam", models.CharField(blank=True, max_length=80, verbose_name="naam")),
                ("vraag_object", models.JSONField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("wacht", "Wacht op verzending"),
                            ("bezig", "Wordt gesteld"),
                            ("klaar", "Beantwoord"),
                            ("mislukt", "Niet gelukt"),
                        ],
                        default="wacht",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("melding", models.CharField(blank=True, max_length=300)),
                ("vraag_id", models.CharField(blank=True, max_length=100)),
                ("aantal", models.IntegerField(default=0, verbose_name="resultaten")),
                ("maximum_bereikt", models.BooleanField(default=False)),
                ("aangemaakt_op", models.DateTimeField(auto_now_add=True)),
                ("beantwoord_op", models.DateTimeField(null=True)),
                ("verloopt_op", models.DateTimeField(default=exchange.bemiddelaar.models._expiry)),
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
                "verbose_name": "zoekvraag",
                "verbose_name_plural": "zoekvragen",
                "ordering": ["-aangemaakt_op", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Resultaat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("volgnummer", models.IntegerField()),
                ("vum_id", models.CharField(max_length=500)),
                ("profiel", models.JSONField()),
                ("omschrijving", models.CharField(blank=True, max_length=300)),
                ("postcode", models.CharField(blank=True, max_length=6)),
                ("afstand_km", models.FloatField(null=True)),
                ("uren", models.SmallIntegerField(null=True)),
                ("niveau", models.SmallIntegerField(null=True)),
                ("detail_gevraagd_op", models.DateTimeField(null=True)),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "zoekvraag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="bemiddelaar.zoekvraag",
                    ),
                ),
            ],
            options={
                "verbose_name": "resultaat",
                "verbose_name_plural": "resultaten",
                "ordering": ["volgnummer"],
            },
        ),
        migrations.CreateModel(
            name="Detailaanvraag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gereserveerd_tot", models.DateTimeField(null=True)),
                ("gelukt_op", models.DateTimeField(null=True)),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "zoekvraag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="bemiddelaar.zoekvraag",
                    ),
                ),
            ],
            options={
                "verbose_name": "detailaanvraag",
                "verbose_name_plural": "detailaanvragen",
            },
        ),
        migrations.AddIndex(
            model_name="zoekvraag",
            index=models.Index(
                fields=["gemeente", "gebruiker", "-aangemaakt_op"], name="zoekvraag_van_gebruiker"
            ),
        ),
        migrations.AddIndex(
            model_name="zoekvraag",
            index=models.Index(fields=["verloopt_op"], name="zoekvraag_verloopt"),
        ),
        migrations.AddConstraint(
            model_name="resultaat",
            constraint=models.UniqueConstraint(fields=("zoekvraag", "volgnummer"), name="resultaat_uniek"),
        ),
        migrations.AddConstraint(
            model_name="detailaanvraag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gelukt_op__isnull", False), ("gereserveerd_tot__isnull", False), _connector="OR"
                ),
                name="detailaanvraag_telt_of_is_onderweg",
            ),
        ),
        EnableRowLevelSecurity("bemiddelaar_zoekvraag"),
        EnableRowLevelSecurity("bemiddelaar_resultaat"),
        EnableRowLevelSecurity("bemiddelaar_detailaanvraag"),
    ]
