from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bemiddelaar", "0007_herhalen"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="zoekherhaling",
            name="uitgesteld_op",
        ),
        migrations.AddField(
            model_name="zoekherhaling",
            name="uitgesteld_sinds",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="zoekherhaling",
            name="uitstel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("afgelopen", "het aantal weken is voorbij"),
                    ("zelf", "u hebt de herhaling gestopt"),
                    ("recht", "u mocht niet meer zoeken voor deze gemeente"),
                    ("gemeente", "uw gemeente kon hier niet meer naar zoeken"),
                    ("overgedragen", "de zoekvraag is overgedragen aan een collega"),
                    ("gewist", "de laatste zoekvraag is gewist"),
                    ("daglimiet", "drie weken lang was er geen plaats onder de daglimiet"),
                    ("mislukt", "drie weken lang kon het portaal deze vraag niet stellen"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="niet_vergeleken",
            field=models.CharField(
                blank=True,
                choices=[
                    ("gewist", "de vorige resultaten waren al gewist"),
                    ("mislukt", "de vorige keer is de zoekvraag niet gelukt"),
                    ("onderweg", "op de vorige keer was nog geen antwoord"),
                    ("overgedragen", "u hebt de vorige zoekvraag overgedragen aan een collega"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="zoekherhaling",
            name="reden",
            field=models.CharField(
                blank=True,
                choices=[
                    ("afgelopen", "het aantal weken is voorbij"),
                    ("zelf", "u hebt de herhaling gestopt"),
                    ("recht", "u mocht niet meer zoeken voor deze gemeente"),
                    ("gemeente", "uw gemeente kon hier niet meer naar zoeken"),
                    ("overgedragen", "de zoekvraag is overgedragen aan een collega"),
                    ("gewist", "de laatste zoekvraag is gewist"),
                    ("daglimiet", "drie weken lang was er geen plaats onder de daglimiet"),
                    ("mislukt", "drie weken lang kon het portaal deze vraag niet stellen"),
                ],
                max_length=12,
            ),
        ),
    ]
