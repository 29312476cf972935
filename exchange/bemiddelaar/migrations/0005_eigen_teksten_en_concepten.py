import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import exchange.bemiddelaar.models
from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("bemiddelaar", "0004_kijken"),
        ("tenants", "0003_daglimieten"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="zoekvraag",
            name="kenmerk",
            field=models.CharField(blank=True, max_length=40, verbose_name="kenmerk"),
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="notitie",
            field=models.CharField(blank=True, max_length=500, verbose_name="notitie"),
        ),
        migrations.CreateModel(
            name="Zoekconcept",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("soort", models.CharField(max_length=32, verbose_name="soort")),
                ("velden", models.JSONField(default=dict)),
                ("gesteld", models.BooleanField(default=False)),
                ("gewijzigd_op", models.DateTimeField(auto_now=True)),
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
                "verbose_name": "zoekconcept",
                "verbose_name_plural": "zoekconcepten",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gemeente", "gebruiker"), name="zoekconcept_een_per_persoon"
                    )
                ],
            },
        ),
        EnableRowLevelSecurity("bemiddelaar_zoekconcept"),
    ]
