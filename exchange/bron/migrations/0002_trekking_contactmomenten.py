import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity

# Gives the rows that are there already their number within the municipality.
_NUMMER_VACATURES = """
    UPDATE bron_vacature t SET volgnummer = genummerd.nr FROM (
        SELECT id, row_number() OVER (PARTITION BY gemeente_id ORDER BY id) AS nr FROM bron_vacature
    ) genummerd WHERE t.id = genummerd.id
"""
_NUMMER_WERKZOEKENDEN = """
    UPDATE bron_werkzoekende t SET volgnummer = genummerd.nr FROM (
        SELECT id, row_number() OVER (PARTITION BY gemeente_id ORDER BY id) AS nr FROM bron_werkzoekende
    ) genummerd WHERE t.id = genummerd.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_initial"),
        ("bron", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="vacature",
            name="volgnummer",
            field=models.IntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="werkzoekende",
            name="volgnummer",
            field=models.IntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="werkzoekende",
            name="contactbeleid",
            field=models.CharField(
                choices=[
                    ("werkzoekende", "Contactgegevens van de werkzoekende"),
                    ("jobcoach", "Alleen contactgegevens van de jobcoach"),
                ],
                max_length=12,
                null=True,
            ),
        ),
        migrations.RunSQL(_NUMMER_VACATURES, migrations.RunSQL.noop),
        migrations.RunSQL(_NUMMER_WERKZOEKENDEN, migrations.RunSQL.noop),
        # The rows' pending triggers must be done before the table may be altered again.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="vacature",
            index=models.Index(fields=["gemeente", "volgnummer"], name="vacature_volgnummer"),
        ),
        migrations.AddIndex(
            model_name="werkzoekende",
            index=models.Index(fields=["gemeente", "volgnummer"], name="werkzoekende_volgnummer"),
        ),
        migrations.AddIndex(
            model_name="vacature",
            index=models.Index(
                models.F("gemeente"),
                django.db.models.functions.comparison.Collate("beroep", "C"),
                name="vacature_beroep",
            ),
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
                ("ververst_op", models.DateField()),
                ("nummer_kvk", models.TextField()),
                ("datum", models.DateField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "werkgeverscontactmoment",
                "verbose_name_plural": "werkgeverscontactmomenten",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["gemeente", "nummer_kvk", "datum"], name="contactmoment_werkgever")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gemeente", "id_bron"), name="werkgeverscontactmoment_id_uniek"
                    )
                ],
            },
        ),
        EnableRowLevelSecurity("bron_werkgeverscontactmoment"),
    ]
