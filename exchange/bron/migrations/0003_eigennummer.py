from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bron", "0002_besluit_en_versheid")]

    operations = [
        migrations.AddField(model, "eigennummer", models.BinaryField(null=True))
        for model in (
            "werkzoekende",
            "vacature",
            "werkgeverscontactmoment",
            "conceptwerkzoekende",
            "conceptvacature",
            "conceptcontactmoment",
            "journaalrecord",
        )
    ]
