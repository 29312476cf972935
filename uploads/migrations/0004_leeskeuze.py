"""Adds what somebody decided about the files of a koppeling, and the questions that lead to that."""

import django.db.models.deletion
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_initial"),
        ("uploads", "0003_kolomklad"),
        ("uploads", "0003_leveringscijfers"),
    ]

    operations = [
        migrations.AddField(
            model_name="levering",
            name="feiten",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="levering",
            name="keuze_verborgen",
            field=models.CharField(
                blank=True,
                choices=[
                    ("meenemen", "Verborgen rijen gaan mee"),
                    ("overslaan", "Verborgen rijen gaan niet mee"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="levering",
            name="vraag",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="levering",
            name="gestopt_om",
            field=models.CharField(
                blank=True,
                choices=[
                    (
                        "kolommen",
                        "De kolommen zijn niet herkend. Kies in het portaal wat elke kolom betekent.",
                    ),
                    (
                        "mislukt",
                        "Het bestand kon niet worden omgezet. Verbeter het en lever het opnieuw aan.",
                    ),
                    (
                        "vraag",
                        "Over het bestand is een vraag. Beantwoord die in het portaal en publiceer de levering daar.",
                    ),
                    ("leeg", "Er is niets om te publiceren: geen enkele rij kon worden omgezet."),
                    (
                        "rem",
                        "Er zou te veel verdwijnen. Controleer de levering in het portaal en publiceer haar daar.",
                    ),
                    (
                        "ingehaald",
                        "Er is al een nieuwere levering gepubliceerd. Publiceer deze alleen als dat klopt.",
                    ),
                    ("toelating", "Uw gemeente mag nu niet publiceren. Neem contact op met VNG-support."),
                    (
                        "onderbroken",
                        "Het publiceren is te vaak onderbroken. Publiceer de levering in het portaal.",
                    ),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Leeskeuze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("koppeling", models.CharField(max_length=60, verbose_name="koppeling")),
                ("blad", models.CharField(blank=True, max_length=60, verbose_name="blad")),
                (
                    "verborgen",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("meenemen", "Verborgen rijen gaan mee"),
                            ("overslaan", "Verborgen rijen gaan niet mee"),
                        ],
                        max_length=12,
                        verbose_name="verborgen rijen",
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
                "verbose_name": "leeskeuze",
                "verbose_name_plural": "leeskeuzes",
                "constraints": [
                    models.UniqueConstraint(fields=("gemeente", "koppeling"), name="leeskeuze_uniek")
                ],
            },
        ),
        EnableRowLevelSecurity("uploads_leeskeuze"),
    ]
