"""Makes the table of postcodes and fills it with those that ship with the project."""

import uuid

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from exchange.geo.reading import shipped_postcodes


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    using = schema_editor.connection.alias
    postcode = apps.get_model("geo", "Postcode")
    postcode.objects.using(using).bulk_create(
        postcode(pc4=pc4, breedtegraad=lat, lengtegraad=lon)
        for pc4, (lat, lon) in shipped_postcodes().items()
    )
    versie = apps.get_model("geo", "PostcodeVersie")
    versie.objects.using(using).create(herkomst="GeoNames, meegeleverd met het portaal")


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Postcode",
            fields=[
                ("pc4", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("breedtegraad", models.FloatField()),
                ("lengtegraad", models.FloatField()),
            ],
            options={"db_table": "geo_postcode"},
        ),
        migrations.CreateModel(
            name="PostcodeVersie",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False),
                ),
                ("versie", models.UUIDField(default=uuid.uuid4)),
                ("herkomst", models.CharField(max_length=200)),
                ("geladen_op", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "geo_postcode_versie",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="geo_postcode_versie_one_row")
                ],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
