import django.contrib.postgres.fields
from django.db import migrations, models

import um_portal.tenants.models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0003_daglimieten"),
    ]

    operations = [
        migrations.AddField(
            model_name="gemeente",
            name="doel_verplicht",
            field=models.BooleanField(default=False, verbose_name="doel verplicht bij een detail"),
        ),
        migrations.AlterField(
            model_name="gemeente",
            name="scenarios",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("profiel-vrager", "Zoeken naar werkzoekenden"),
                        ("vacature-vrager", "Zoeken naar vacatures"),
                        ("contactmoment-vrager", "Zoeken naar werkgeverscontactmomenten"),
                        ("profiel-bron", "Werkzoekenden aanbieden"),
                        ("vacature-bron", "Vacatures aanbieden"),
                        ("contactmoment-bron", "Werkgeverscontactmomenten aanbieden"),
                    ],
                    max_length=24,
                ),
                default=um_portal.tenants.models.all_scenarios,
                size=None,
                verbose_name="doet mee met",
            ),
        ),
    ]
