import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "soort",
                    models.CharField(
                        choices=[
                            ("werkzoekenden", "werkzoekenden"),
                            ("vacatures", "vacatures"),
                            ("werkgeverscontactmomenten", "werkgeverscontactmomenten"),
                        ],
                        max_length=32,
                    ),
                ),
                ("aantal", models.IntegerField(default=0)),
                ("gepubliceerd_op", models.DateTimeField(null=True)),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "stand",
                "verbose_name_plural": "standen",
                "constraints": [models.UniqueConstraint(fields=("gemeente", "soort"), name="stand_uniek")],
            },
        ),
        migrations.CreateModel(
            name="Vacature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("id_bron", models.CharField(max_length=200)),
                ("pc4", models.SmallIntegerField()),
                ("onregelmatig", models.SmallIntegerField(null=True)),
                ("uren_minimaal", models.SmallIntegerField(null=True)),
                ("uren_maximaal", models.SmallIntegerField(null=True)),
                ("aanvang", models.DateField(null=True)),
                (
                    "rijbewijzen",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                (
                    "talen",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("zoekprofiel", models.TextField()),
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
                ("ververst_op", models.DateField()),
                ("beroep", models.TextField(null=True)),
                ("denkniveau", models.TextField(null=True)),
                ("sluitingsdatum", models.DateField(null=True)),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "vacature",
                "verbose_name_plural": "vacatures",
                "abstract": False,
                "indexes": [models.Index(fields=["gemeente", "pc4"], name="vacature_gebied")],
                "constraints": [
                    models.UniqueConstraint(fields=("gemeente", "id_bron"), name="vacature_id_uniek")
                ],
            },
        ),
        migrations.CreateModel(
            name="Werkzoekende",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("id_bron", models.CharField(max_length=200)),
                ("pc4", models.SmallIntegerField()),
                ("onregelmatig", models.SmallIntegerField(null=True)),
                ("uren_minimaal", models.SmallIntegerField(null=True)),
                ("uren_maximaal", models.SmallIntegerField(null=True)),
                ("aanvang", models.DateField(null=True)),
                (
                    "rijbewijzen",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                (
                    "talen",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("zoekprofiel", models.TextField()),
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
                ("ververst_op", models.DateField()),
                ("reisafstand", models.SmallIntegerField(null=True)),
                ("kantoortijden", models.SmallIntegerField(null=True)),
                (
                    "beroepen",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                (
                    "contractvormen",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "werkzoekende",
                "verbose_name_plural": "werkzoekenden",
                "abstract": False,
                "indexes": [models.Index(fields=["gemeente", "pc4"], name="werkzoekende_gebied")],
                "constraints": [
                    models.UniqueConstraint(fields=("gemeente", "id_bron"), name="werkzoekende_id_uniek")
                ],
            },
        ),
        EnableRowLevelSecurity("bron_stand"),
        EnableRowLevelSecurity("bron_werkzoekende"),
        EnableRowLevelSecurity("bron_vacature"),
        migrations.RunSQL(
            # Numbers for VNG-support, over all municipalities: the only thing that passes row-level security.
            """
            CREATE FUNCTION um_aantallen() RETURNS TABLE (gemeente_id bigint, soort text, aantal integer)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT gemeente_id, soort::text, aantal FROM bron_stand $$
            """,
            "DROP FUNCTION um_aantallen()",
        ),
    ]
