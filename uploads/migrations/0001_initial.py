import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Levering",
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
                        blank=True,
                        choices=[("werkzoekenden", "werkzoekenden"), ("vacatures", "vacatures")],
                        max_length=32,
                        verbose_name="soort",
                    ),
                ),
                ("koppeling", models.CharField(blank=True, max_length=40, verbose_name="koppeling")),
                ("gevraagde_koppeling", models.CharField(blank=True, max_length=40)),
                ("bestandsnaam", models.CharField(max_length=120, verbose_name="bestand")),
                ("bestandsgrootte", models.BigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ontvangen", "Ontvangen"),
                            ("omzetten", "Wordt omgezet"),
                            ("omgezet", "Klaar om te publiceren"),
                            ("publiceren", "Wordt gepubliceerd"),
                            ("gepubliceerd", "Gepubliceerd"),
                            ("mislukt", "Mislukt"),
                            ("vervallen", "Vervallen"),
                        ],
                        default="ontvangen",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("aangemaakt_op", models.DateTimeField(auto_now_add=True, verbose_name="geüpload op")),
                ("gepubliceerd_op", models.DateTimeField(null=True, verbose_name="gepubliceerd op")),
                ("melding", models.TextField(blank=True)),
                ("vraagt_soort", models.BooleanField(default=False)),
                ("rijen_totaal", models.IntegerField(null=True)),
                ("rijen_gedaan", models.IntegerField(default=0)),
                ("gelezen", models.IntegerField(default=0)),
                ("omgezet", models.IntegerField(default=0)),
                ("overgeslagen", models.IntegerField(default=0)),
                ("afgekeurd", models.IntegerField(default=0)),
                ("lege_rijen", models.IntegerField(default=0)),
                ("waarschuwingen", models.IntegerField(default=0)),
                ("redenen", models.JSONField(default=list)),
                ("blad", models.CharField(blank=True, max_length=60)),
                ("kolommen_gebruikt", models.JSONField(default=list)),
                ("kolommen_ongebruikt", models.JSONField(default=list)),
                ("onbekende_waarden", models.BinaryField(null=True)),
                ("nieuw", models.IntegerField(null=True)),
                ("gewijzigd", models.IntegerField(null=True)),
                ("gelijk", models.IntegerField(null=True)),
                ("weg", models.IntegerField(null=True)),
                (
                    "gebruiker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="geüpload door",
                    ),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "gepubliceerd_door",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "levering",
                "verbose_name_plural": "leveringen",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Conceptdeel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("volgnummer", models.IntegerField()),
                ("inhoud", models.BinaryField()),
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
                "verbose_name": "conceptdeel",
                "verbose_name_plural": "conceptdelen",
                "ordering": ["volgnummer"],
            },
        ),
        migrations.CreateModel(
            name="Bronbestand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inhoud", models.BinaryField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "levering",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="uploads.levering"
                    ),
                ),
            ],
            options={
                "verbose_name": "bronbestand",
                "verbose_name_plural": "bronbestanden",
            },
        ),
        migrations.CreateModel(
            name="Bevinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rij", models.IntegerField()),
                ("blad", models.CharField(blank=True, max_length=60)),
                ("kolom", models.CharField(blank=True, max_length=120)),
                (
                    "ernst",
                    models.CharField(
                        choices=[
                            ("afgekeurd", "afgekeurd"),
                            ("overgeslagen", "overgeslagen"),
                            ("waarschuwing", "waarschuwing"),
                        ],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("melding", models.TextField()),
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
                "verbose_name": "bevinding",
                "verbose_name_plural": "bevindingen",
                "ordering": ["rij", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Waardekoppeling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lijst", models.CharField(max_length=40)),
                ("waarde", models.CharField(max_length=300)),
                ("code", models.CharField(max_length=200)),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "waardekoppeling",
                "verbose_name_plural": "waardekoppelingen",
            },
        ),
        migrations.AddIndex(
            model_name="levering",
            index=models.Index(fields=["gemeente", "-id"], name="levering_nieuwste"),
        ),
        migrations.AddIndex(
            model_name="levering",
            index=models.Index(fields=["gemeente", "status"], name="levering_status"),
        ),
        migrations.AddConstraint(
            model_name="levering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gelezen",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("omgezet"), "+", models.F("overgeslagen")
                            ),
                            "+",
                            models.F("afgekeurd"),
                        ),
                    )
                ),
                name="levering_telt_op",
            ),
        ),
        migrations.AddConstraint(
            model_name="conceptdeel",
            constraint=models.UniqueConstraint(fields=("levering", "volgnummer"), name="conceptdeel_uniek"),
        ),
        migrations.AddIndex(
            model_name="bevinding",
            index=models.Index(fields=["levering", "ernst", "code", "rij"], name="bevinding_reden"),
        ),
        migrations.AddConstraint(
            model_name="waardekoppeling",
            constraint=models.UniqueConstraint(
                fields=("gemeente", "lijst", "waarde"), name="waardekoppeling_uniek"
            ),
        ),
        EnableRowLevelSecurity("uploads_levering"),
        EnableRowLevelSecurity("uploads_bronbestand"),
        EnableRowLevelSecurity("uploads_conceptdeel"),
        EnableRowLevelSecurity("uploads_bevinding"),
        EnableRowLevelSecurity("uploads_waardekoppeling"),
    ]
