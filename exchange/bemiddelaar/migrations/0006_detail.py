import django.db.models.deletion
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("bemiddelaar", "0005_eigen_teksten_en_concepten"),
        ("tenants", "0004_doel"),
    ]

    operations = [
        migrations.AddField(
            model_name="detailaanvraag",
            name="bron_oin",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="detailaanvraag",
            name="resultaat",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="bemiddelaar.resultaat",
            ),
        ),
        migrations.CreateModel(
            name="Kwaliteitssignaal",
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
                        verbose_name="soort",
                    ),
                ),
                ("vum_id", models.CharField(max_length=500, verbose_name="vumID")),
                (
                    "reden",
                    models.CharField(
                        choices=[
                            ("contact", "De contactgegevens kloppen niet"),
                            ("niet_actueel", "Deze persoon of vacature is niet meer beschikbaar"),
                            ("beroep", "Het beroep of de functie klopt niet"),
                            ("tegenstrijdig", "Gegevens spreken elkaar tegen"),
                            (
                                "te_veel",
                                "Er staat iets in dat er niet hoort, zoals een BSN of iets over gezondheid",
                            ),
                        ],
                        max_length=16,
                        verbose_name="reden",
                    ),
                ),
                ("bron_oin", models.CharField(blank=True, max_length=20)),
                (
                    "stand",
                    models.CharField(
                        choices=[
                            ("nieuw", "Nieuw"),
                            ("doorgegeven", "Doorgegeven aan de bron"),
                            ("opgelost", "Opgelost"),
                        ],
                        default="nieuw",
                        max_length=12,
                        verbose_name="stand",
                    ),
                ),
                ("gemeld_op", models.DateTimeField(auto_now_add=True)),
                ("gewijzigd_op", models.DateTimeField(auto_now=True)),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "kwaliteitssignaal",
                "verbose_name_plural": "kwaliteitssignalen",
                "ordering": ["-gemeld_op", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stand", "opgelost"), _negated=True),
                        fields=("gemeente", "vum_id", "reden"),
                        name="kwaliteitssignaal_een_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("maand", models.DateField()),
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
                (
                    "geteld",
                    models.CharField(
                        choices=[
                            ("zoekvragen", "Zoekvragen"),
                            ("details", "Details"),
                            ("contactmomenten", "Vragen naar contactmomenten"),
                            ("benaderd", "Benaderd"),
                            ("voorgesteld", "Voorgesteld"),
                            ("geplaatst", "Geplaatst"),
                            ("niet_passend", "Niet passend"),
                        ],
                        max_length=16,
                    ),
                ),
                ("aantal", models.IntegerField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "telling",
                "verbose_name_plural": "tellingen",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gemeente", "maand", "soort", "geteld"), name="telling_uniek"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Vervolg",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stap",
                    models.CharField(
                        choices=[
                            ("benaderd", "Benaderd"),
                            ("voorgesteld", "Voorgesteld"),
                            ("geplaatst", "Geplaatst"),
                            ("niet_passend", "Niet passend"),
                        ],
                        max_length=12,
                        verbose_name="vervolg",
                    ),
                ),
                (
                    "reden",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("uren", "de uren passen niet"),
                            ("afstand", "de reis is te ver"),
                            ("ervaring", "kennis of ervaring past niet"),
                            ("beschikbaar", "niet meer beschikbaar"),
                            ("bereikbaar", "niet te bereiken"),
                            ("wil_niet", "een van beiden wil niet"),
                            ("anders", "een andere reden"),
                        ],
                        max_length=12,
                        verbose_name="reden",
                    ),
                ),
                ("gezet_op", models.DateTimeField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "resultaat",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vervolg",
                        to="bemiddelaar.resultaat",
                    ),
                ),
            ],
            options={
                "verbose_name": "vervolg",
                "verbose_name_plural": "vervolgen",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("stap", "niet_passend"), ("reden", ""), _connector="XOR"),
                        name="vervolg_reden_bij_niet_passend",
                    )
                ],
            },
        ),
        *(
            EnableRowLevelSecurity(f"bemiddelaar_{tabel}")
            for tabel in ("kwaliteitssignaal", "telling", "vervolg")
        ),
    ]
