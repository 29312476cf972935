from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("achtergrondwerk", "0001_initial")]

    operations = [
        migrations.AddField("ronde", "beurt_op", models.DateTimeField(null=True)),
    ]
