from django.db import migrations, models

_CHOICES = [("meenemen", "Deze rijen gaan mee"), ("overslaan", "Deze rijen gaan niet mee")]


class Migration(migrations.Migration):
    dependencies = [("uploads", "0008_bijblad")]

    operations = [
        migrations.AddField(
            model_name="leeskeuze",
            name="doorgehaald",
            field=models.CharField(
                blank=True,
                choices=_CHOICES,
                db_default="",
                default="",
                max_length=12,
                verbose_name="doorgehaalde rijen",
            ),
        ),
        migrations.AddField(
            model_name="levering",
            name="keuze_doorgehaald",
            field=models.CharField(blank=True, choices=_CHOICES, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="leeskeuze",
            name="bladen",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                verbose_name="bladen",
            ),
        ),
        migrations.AlterField(
            model_name="leeskeuze",
            name="verborgen",
            field=models.CharField(
                blank=True, choices=_CHOICES, max_length=12, verbose_name="verborgen rijen"
            ),
        ),
        migrations.AlterField(
            model_name="levering",
            name="keuze_verborgen",
            field=models.CharField(blank=True, choices=_CHOICES, max_length=12),
        ),
    ]
