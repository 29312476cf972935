from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Code",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lijst", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=200)),
                ("label", models.CharField(max_length=300)),
            ],
            options={
                "verbose_name": "code",
                "verbose_name_plural": "codes",
                "ordering": ["label"],
                "constraints": [models.UniqueConstraint(fields=("lijst", "code"), name="code_uniek")],
            },
        ),
    ]
