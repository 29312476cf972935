import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0002_instellingen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Identiteit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uitgever", models.CharField(max_length=300)),
                ("onderwerp", models.CharField(max_length=255)),
                ("gekoppeld_op", models.DateTimeField(default=django.utils.timezone.now)),
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
                "verbose_name": "identiteit",
                "verbose_name_plural": "identiteiten",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gemeente", "uitgever", "onderwerp"), name="identiteit_uniek"
                    ),
                    models.UniqueConstraint(fields=("gemeente", "gebruiker"), name="identiteit_per_collega"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inlogdienst",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "aan",
                    models.BooleanField(default=False, verbose_name="inloggen via de gemeente staat aan"),
                ),
                ("uitgever", models.CharField(max_length=300, verbose_name="adres van de uitgever (issuer)")),
                ("client_id", models.CharField(max_length=200, verbose_name="client-ID")),
                ("geheim", models.TextField(editable=False)),
                (
                    "acr",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        default=list,
                        size=None,
                        verbose_name="acr-waarden",
                    ),
                ),
                (
                    "amr",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        default=list,
                        size=None,
                        verbose_name="amr-waarden",
                    ),
                ),
                ("rolclaim", models.CharField(blank=True, max_length=100, verbose_name="claim met de rol")),
                (
                    "jobcoach",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        default=list,
                        size=None,
                        verbose_name="waarden voor jobcoach",
                    ),
                ),
                (
                    "gegevensbeheerder",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        default=list,
                        size=None,
                        verbose_name="waarden voor gegevensbeheerder",
                    ),
                ),
                (
                    "wachtwoord_uit",
                    models.BooleanField(default=False, verbose_name="wachtwoord van het portaal uit"),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "inlogdienst",
                "verbose_name_plural": "inlogdiensten",
                "constraints": [
                    models.UniqueConstraint(fields=("gemeente",), name="inlogdienst_per_gemeente")
                ],
            },
        ),
        EnableRowLevelSecurity("inlogdienst_inlogdienst"),
        EnableRowLevelSecurity("inlogdienst_identiteit"),
        migrations.RunSQL(
            # For whoever is about to log in, so for no municipality yet: which ones have a service, and nothing of it.
            """
            CREATE FUNCTION um_inlogdiensten() RETURNS TABLE (gemeente_id bigint)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT gemeente_id FROM inlogdienst_inlogdienst WHERE aan $$
            """,
            "DROP FUNCTION um_inlogdiensten()",
        ),
    ]
