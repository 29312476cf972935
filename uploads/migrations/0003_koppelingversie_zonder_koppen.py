import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0002_koppelingen"),
    ]

    operations = [
        # A file is recognised by its rules, which are encrypted; nothing read these headers, which lay readable.
        # PostgreSQL leaves what a dropped column held in its rows, so the headers themselves go first.
        migrations.RunSQL("UPDATE uploads_koppelingversie SET koppen = '{}'", migrations.RunSQL.noop),
        # For the way back: a column that may not be empty comes back on rows that are there.
        migrations.AlterField(
            model_name="koppelingversie",
            name="koppen",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.RemoveField(
            model_name="koppelingversie",
            name="koppen",
        ),
    ]
