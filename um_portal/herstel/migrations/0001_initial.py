import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Herstel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gevraagd_op", models.DateTimeField(default=django.utils.timezone.now)),
                ("wacht_tot", models.DateTimeField()),
                ("verloopt_op", models.DateTimeField()),
                ("goedgekeurd_op", models.DateTimeField(null=True)),
                ("gestopt_op", models.DateTimeField(null=True)),
                ("bezwaar_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("link_hash", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("link_op", models.DateTimeField(null=True)),
                ("gebruikt_op", models.DateTimeField(null=True)),
                (
                    "gebruiker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gestopt_door",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gevraagd_door",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "goedgekeurd_door",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "herstel",
                "verbose_name_plural": "herstellen",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("gebruikt_op", None), ("gestopt_op", None)),
                        fields=("gebruiker",),
                        name="herstel_een_tegelijk",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("goedgekeurd_door", None),
                            models.Q(("goedgekeurd_door", models.F("gevraagd_door")), _negated=True),
                            _connector="OR",
                        ),
                        name="herstel_twee_mensen",
                    ),
                ],
            },
        ),
    ]
