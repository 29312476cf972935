from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("uploads", "0005_kolomklad")]

    operations = [
        migrations.AddField("levering", "nieuwere_bevestigd", models.BigIntegerField(default=0)),
        migrations.AddField("levering", "eigen_bevestigd", models.BooleanField(default=False)),
        migrations.AddField("levering", "tegengehouden", models.IntegerField(null=True)),
        migrations.AlterField(
            "levering",
            "gestopt_om",
            models.CharField(
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
                    (
                        "vreemd",
                        "Niemand uit dit bestand staat er nu, en de postcodes liggen ergens anders. Controleer in het portaal of het bestand van uw gemeente is.",
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
    ]
