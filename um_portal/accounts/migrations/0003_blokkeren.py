from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_alleen_eigen_rechten"),
    ]

    operations = [
        migrations.AddField(
            model_name="gebruiker",
            name="geblokkeerd_op",
            field=models.DateTimeField(blank=True, null=True, verbose_name="geblokkeerd op"),
        ),
    ]
