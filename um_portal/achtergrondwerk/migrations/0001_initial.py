from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Ronde",
            fields=[
                ("naam", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("bekend_op", models.DateTimeField(auto_now_add=True)),
                ("begonnen_op", models.DateTimeField(null=True)),
                ("klaar_op", models.DateTimeField(null=True)),
                ("gelukt_op", models.DateTimeField(null=True)),
                ("gevraagd_op", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "ronde", "verbose_name_plural": "rondes"},
        ),
    ]
