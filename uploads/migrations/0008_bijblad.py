from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("uploads", "0007_mislukt_zonder_vraag")]

    operations = [
        migrations.AddField(
            model_name="leeskeuze",
            name="bladen_apart",
            field=models.BooleanField(default=False, verbose_name="bladen apart"),
        ),
        migrations.AddField(
            model_name="levering",
            name="bijblad",
            field=models.JSONField(default=dict),
        ),
    ]
