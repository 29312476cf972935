from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bron", "0001_initial")]

    operations = [
        migrations.AddField("intrekking", "gezien_op", models.DateTimeField(null=True)),
        migrations.AddField("intrekking", "gezien_in", models.BigIntegerField(null=True)),
        migrations.AddField(
            "intrekking",
            "besluit",
            models.CharField(
                blank=True,
                choices=[("blijft", "Blijft ingetrokken"), ("weer", "Mag weer mee")],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField("stand", "gewaarschuwd_op", models.DateTimeField(null=True)),
        migrations.AddField("stand", "einde_gemeld_op", models.DateTimeField(null=True)),
    ]
