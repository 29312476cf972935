import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Journaal",
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
                ("stapel", models.BigIntegerField()),
                ("gepubliceerd_op", models.DateTimeField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "journaal",
                "verbose_name_plural": "journalen",
            },
        ),
        migrations.CreateModel(
            name="Journaalrecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("id_bron", models.CharField(max_length=200)),
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
                ("ververst_op", models.DateField()),
                ("stapel", models.BigIntegerField()),
                (
                    "contactbeleid",
                    models.CharField(
                        choices=[
                            ("werkzoekende", "Contactgegevens van de werkzoekende"),
                            ("jobcoach", "Alleen contactgegevens van de jobcoach"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.gemeente",
                    ),
                ),
                (
                    "journaal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="bron.journaal"
                    ),
                ),
            ],
            options={
                "verbose_name": "record in een journaal",
                "verbose_name_plural": "records in een journaal",
            },
        ),
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
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
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
                ("beroep", models.TextField(null=True)),
                ("denkniveau", models.TextField(null=True)),
                ("sluitingsdatum", models.DateField(null=True)),
                ("stapel", models.BigIntegerField(default=0)),
                ("ververst_op", models.DateField()),
                ("volgnummer", models.IntegerField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.gemeente",
                    ),
                ),
            ],
            options={
                "verbose_name": "vacature",
                "verbose_name_plural": "vacatures",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Werkgeverscontactmoment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("id_bron", models.CharField(max_length=200)),
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
                ("nummer_kvk", models.TextField()),
                ("datum", models.DateField()),
                ("stapel", models.BigIntegerField(default=0)),
                ("ververst_op", models.DateField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.gemeente",
                    ),
                ),
            ],
            options={
                "verbose_name": "werkgeverscontactmoment",
                "verbose_name_plural": "werkgeverscontactmomenten",
                "abstract": False,
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
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
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
                    "contactbeleid",
                    models.CharField(
                        choices=[
                            ("werkzoekende", "Contactgegevens van de werkzoekende"),
                            ("jobcoach", "Alleen contactgegevens van de jobcoach"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                ("stapel", models.BigIntegerField(default=0)),
                ("ververst_op", models.DateField()),
                ("volgnummer", models.IntegerField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.gemeente",
                    ),
                ),
            ],
            options={
                "verbose_name": "werkzoekende",
                "verbose_name_plural": "werkzoekenden",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Beroepindex",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("beroep", models.TextField(db_collation="C")),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "beroepindex",
                "verbose_name_plural": "beroepindexen",
                "constraints": [
                    models.UniqueConstraint(fields=("gemeente", "beroep"), name="beroepindex_uniek")
                ],
            },
        ),
        migrations.CreateModel(
            name="ConceptContactmoment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("id_bron", models.CharField(max_length=200)),
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
                ("nummer_kvk", models.TextField()),
                ("datum", models.DateField()),
                ("stapel", models.BigIntegerField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.gemeente",
                    ),
                ),
            ],
            options={
                "verbose_name": "werkgeverscontactmoment in concept",
                "verbose_name_plural": "werkgeverscontactmomenten in concept",
                "abstract": False,
                "indexes": [models.Index(fields=["gemeente", "stapel"], name="conceptcontactmoment_stapel")],
            },
        ),
        migrations.CreateModel(
            name="ConceptVacature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("id_bron", models.CharField(max_length=200)),
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
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
                ("beroep", models.TextField(null=True)),
                ("denkniveau", models.TextField(null=True)),
                ("sluitingsdatum", models.DateField(null=True)),
                ("stapel", models.BigIntegerField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.gemeente",
                    ),
                ),
            ],
            options={
                "verbose_name": "vacature in concept",
                "verbose_name_plural": "vacatures in concept",
                "abstract": False,
                "indexes": [models.Index(fields=["gemeente", "stapel"], name="conceptvacature_stapel")],
            },
        ),
        migrations.CreateModel(
            name="ConceptWerkzoekende",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("id_bron", models.CharField(max_length=200)),
                ("detail", models.BinaryField()),
                ("vingerafdruk", models.BinaryField()),
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
                    "contactbeleid",
                    models.CharField(
                        choices=[
                            ("werkzoekende", "Contactgegevens van de werkzoekende"),
                            ("jobcoach", "Alleen contactgegevens van de jobcoach"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                ("stapel", models.BigIntegerField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.gemeente",
                    ),
                ),
            ],
            options={
                "verbose_name": "werkzoekende in concept",
                "verbose_name_plural": "werkzoekenden in concept",
                "abstract": False,
                "indexes": [models.Index(fields=["gemeente", "stapel"], name="conceptwerkzoekende_stapel")],
            },
        ),
        migrations.CreateModel(
            name="Intrekking",
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
                ("id_bron", models.CharField(max_length=200)),
                ("stapel", models.BigIntegerField()),
                ("ingetrokken_op", models.DateTimeField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "intrekking",
                "verbose_name_plural": "intrekkingen",
                "constraints": [
                    models.UniqueConstraint(fields=("gemeente", "soort", "id_bron"), name="intrekking_uniek")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="journaal",
            constraint=models.UniqueConstraint(
                fields=("gemeente", "soort", "stapel"), name="journaal_stapel_uniek"
            ),
        ),
        migrations.AddIndex(
            model_name="journaalrecord",
            index=models.Index(fields=["gemeente", "id_bron"], name="journaalrecord_id"),
        ),
        migrations.AddConstraint(
            model_name="stand",
            constraint=models.UniqueConstraint(fields=("gemeente", "soort"), name="stand_uniek"),
        ),
        migrations.AddIndex(
            model_name="vacature",
            index=models.Index(fields=["gemeente", "pc4"], name="vacature_gebied"),
        ),
        migrations.AddIndex(
            model_name="vacature",
            index=models.Index(fields=["gemeente", "volgnummer"], name="vacature_volgnummer"),
        ),
        migrations.AddIndex(
            model_name="vacature",
            index=models.Index(
                models.F("gemeente"),
                django.db.models.functions.comparison.Collate("beroep", "C"),
                name="vacature_beroep",
            ),
        ),
        migrations.AddConstraint(
            model_name="vacature",
            constraint=models.UniqueConstraint(fields=("gemeente", "id_bron"), name="vacature_id_uniek"),
        ),
        migrations.AddIndex(
            model_name="werkgeverscontactmoment",
            index=models.Index(fields=["gemeente", "nummer_kvk", "datum"], name="contactmoment_werkgever"),
        ),
        migrations.AddConstraint(
            model_name="werkgeverscontactmoment",
            constraint=models.UniqueConstraint(
                fields=("gemeente", "id_bron"), name="werkgeverscontactmoment_id_uniek"
            ),
        ),
        migrations.AddIndex(
            model_name="werkzoekende",
            index=models.Index(fields=["gemeente", "pc4"], name="werkzoekende_gebied"),
        ),
        migrations.AddIndex(
            model_name="werkzoekende",
            index=models.Index(fields=["gemeente", "volgnummer"], name="werkzoekende_volgnummer"),
        ),
        migrations.AddConstraint(
            model_name="werkzoekende",
            constraint=models.UniqueConstraint(fields=("gemeente", "id_bron"), name="werkzoekende_id_uniek"),
        ),
        *(
            EnableRowLevelSecurity(f"bron_{table}")
            for table in (
                "stand",
                "werkzoekende",
                "vacature",
                "werkgeverscontactmoment",
                "beroepindex",
                "conceptwerkzoekende",
                "conceptvacature",
                "conceptcontactmoment",
                "journaal",
                "journaalrecord",
                "intrekking",
            )
        ),
        migrations.RunSQL(
            # Numbers for VNG support, over all municipalities: this passes row-level security by.
            """
            CREATE FUNCTION um_aantallen() RETURNS TABLE (gemeente_id bigint, soort text, aantal integer)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT gemeente_id, soort::text, aantal FROM bron_stand $$
            """,
            "DROP FUNCTION um_aantallen()",
        ),
    ]
