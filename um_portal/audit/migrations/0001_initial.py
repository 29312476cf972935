import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Auditregel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tijdstip", models.DateTimeField(auto_now_add=True)),
                ("handeling", models.CharField(max_length=40)),
                ("onderwerp", models.CharField(blank=True, max_length=80)),
                ("aantal", models.IntegerField(null=True)),
                (
                    "gebruiker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "auditregel",
                "verbose_name_plural": "auditregels",
                "indexes": [models.Index(fields=["gemeente", "-tijdstip"], name="audit_gemeente_tijd")],
            },
        ),
        EnableRowLevelSecurity("audit_auditregel"),
    ]
