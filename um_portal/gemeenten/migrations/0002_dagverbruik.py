import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Coalesce

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("gemeenten", "0001_voorwaarden"),
        ("tenants", "0003_daglimieten"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dagverbruik",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dag", models.DateField()),
                (
                    "soort",
                    models.CharField(
                        choices=[("zoekvragen", "Zoekvragen"), ("details", "Details")], max_length=12
                    ),
                ),
                ("aantal", models.IntegerField()),
                (
                    "gebruiker",
                    models.ForeignKey(
                        null=True,
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
                "verbose_name": "dagverbruik",
                "verbose_name_plural": "dagverbruik",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("gemeente"),
                        models.F("dag"),
                        models.F("soort"),
                        Coalesce("gebruiker", 0),
                        name="dagverbruik_uniek",
                    )
                ],
            },
        ),
        EnableRowLevelSecurity("gemeenten_dagverbruik"),
        migrations.RunSQL(
            # Numbers for VNG support, over all municipalities, without whose they are: this passes row-level
            # security by.
            """
            CREATE FUNCTION um_dagverbruik(van date)
            RETURNS TABLE (gemeente_id bigint, soort text, hoogste integer, totaal integer)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT gemeente_id, soort,
                         coalesce(max(aantal) FILTER (WHERE gebruiker_id IS NOT NULL), 0),
                         coalesce(max(aantal) FILTER (WHERE gebruiker_id IS NULL), 0)
                  FROM gemeenten_dagverbruik WHERE dag = van GROUP BY gemeente_id, soort $$
            """,
            "DROP FUNCTION um_dagverbruik(date)",
        ),
    ]
