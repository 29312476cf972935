import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# How many published records carry these codes. Passes row-level security by, and therefore gives numbers only.
GEBRUIK = """
CREATE FUNCTION um_waardelijst_gebruik(gevraagde_lijst text, gevraagd text[])
RETURNS TABLE (code text, soort text, aantal bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT b.code, 'werkzoekenden', count(DISTINCT w.id)
    FROM bron_werkzoekende w CROSS JOIN LATERAL unnest(w.beroepen) AS b(code)
    WHERE gevraagde_lijst = 'beroepen' AND w.beroepen && gevraagd AND b.code = ANY (gevraagd)
    GROUP BY b.code
    UNION ALL
    SELECT v.beroep, 'vacatures', count(*)
    FROM bron_vacature v
    WHERE gevraagde_lijst = 'beroepen' AND v.beroep = ANY (gevraagd)
    GROUP BY v.beroep
    UNION ALL
    SELECT left(t.token, 3), 'werkzoekenden', count(DISTINCT w.id)
    FROM bron_werkzoekende w CROSS JOIN LATERAL unnest(w.talen) AS t(token)
    WHERE gevraagde_lijst = 'talen' AND left(t.token, 3) = ANY (gevraagd)
    GROUP BY left(t.token, 3)
    UNION ALL
    SELECT left(t.token, 3), 'vacatures', count(DISTINCT v.id)
    FROM bron_vacature v CROSS JOIN LATERAL unnest(v.talen) AS t(token)
    WHERE gevraagde_lijst = 'talen' AND left(t.token, 3) = ANY (gevraagd)
    GROUP BY left(t.token, 3)
    UNION ALL
    SELECT c.waarde #>> '{}', 'werkzoekenden', count(DISTINCT w.id)
    FROM bron_werkzoekende w CROSS JOIN LATERAL jsonb_path_query(w.zoekprofiel::jsonb,
        CASE gevraagde_lijst WHEN 'competenties' THEN '$.**.codeCompetentie'::jsonpath
            WHEN 'opleidingen' THEN '$.**.codeOpleidingsnaam'::jsonpath ELSE '$.**.codeSbi'::jsonpath END
        ) AS c(waarde)
    WHERE gevraagde_lijst IN ('competenties', 'opleidingen', 'sbi') AND c.waarde #>> '{}' = ANY (gevraagd)
    GROUP BY c.waarde #>> '{}'
    UNION ALL
    SELECT c.waarde #>> '{}', 'vacatures', count(DISTINCT v.id)
    FROM bron_vacature v CROSS JOIN LATERAL jsonb_path_query(v.zoekprofiel::jsonb,
        CASE gevraagde_lijst WHEN 'competenties' THEN '$.**.codeCompetentie'::jsonpath
            WHEN 'opleidingen' THEN '$.**.codeOpleidingsnaam'::jsonpath ELSE '$.**.codeSbi'::jsonpath END
        ) AS c(waarde)
    WHERE gevraagde_lijst IN ('competenties', 'opleidingen', 'sbi') AND c.waarde #>> '{}' = ANY (gevraagd)
    GROUP BY c.waarde #>> '{}'
$$
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        # The function counts what is published there.
        ("bron", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Versie",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lijst", models.CharField(max_length=40)),
                ("versie", models.CharField(max_length=60)),
                ("bestandsnaam", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("aantal", models.IntegerField()),
                ("geladen_door", models.CharField(max_length=150)),
                ("geladen_op", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("klaargezet", "klaargezet"),
                            ("geldig", "geldig"),
                            ("vervallen", "vervallen"),
                        ],
                        default="klaargezet",
                        max_length=12,
                    ),
                ),
                ("geldig_van", models.DateTimeField(null=True)),
                ("geldig_tot", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "versie",
                "verbose_name_plural": "versies",
                "ordering": ["-geladen_op", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "vervallen"), _negated=True),
                        fields=("lijst", "status"),
                        name="versie_een_geldig_een_klaargezet",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lijst", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=200)),
                ("label", models.CharField(max_length=300)),
                ("synoniemen", models.TextField(blank=True, default="")),
                (
                    "status",
                    models.CharField(
                        choices=[("geldig", "geldig"), ("vervallen", "vervallen")],
                        default="geldig",
                        max_length=12,
                    ),
                ),
                (
                    "versie",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="waardelijsten.versie",
                    ),
                ),
            ],
            options={
                "verbose_name": "code",
                "verbose_name_plural": "codes",
                "ordering": ["label"],
                "constraints": [models.UniqueConstraint(fields=("lijst", "code"), name="code_uniek")],
            },
        ),
        migrations.CreateModel(
            name="Versiecode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=200)),
                ("label", models.CharField(max_length=300)),
                ("synoniemen", models.TextField(blank=True, default="")),
                (
                    "versie",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codes",
                        to="waardelijsten.versie",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("versie", "code"), name="versiecode_uniek")],
            },
        ),
        migrations.RunSQL(GEBRUIK, "DROP FUNCTION um_waardelijst_gebruik(text, text[])"),
    ]
