import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from um_portal.tenants.rls import EnableRowLevelSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("bemiddelaar", "0006_detail"),
        ("tenants", "0004_doel"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="resultaat", name="resultaat_uniek"),
        migrations.AddConstraint(
            model_name="resultaat",
            constraint=models.UniqueConstraint(
                fields=("gemeente", "zoekvraag", "volgnummer"), name="resultaat_uniek"
            ),
        ),
        migrations.AddField(
            model_name="resultaat",
            name="nieuw",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="resultaat",
            name="dubbel",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="aantal_nieuw",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="is_herhaling",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="vergeleken",
            field=models.CharField(
                blank=True,
                choices=[("nummer", "op het nummer van de uitwisseling"), ("inhoud", "op de inhoud")],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="vergeleken_met",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="vorige_maximum",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Zoekherhaling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "soort",
                    models.CharField(
                        choices=[
                            ("werkzoekenden", "werkzoekenden"),
                            ("vacatures", "vacatures"),
                            ("werkgeverscontactmomenten", "werkgeverscontactmomenten"),
                        ],
                        max_length=32,
                        verbose_name="soort",
                    ),
                ),
                ("naam", models.CharField(blank=True, max_length=80, verbose_name="naam")),
                ("vraag_object", models.JSONField()),
                ("volgende_op", models.DateTimeField()),
                ("keren_over", models.SmallIntegerField()),
                ("aangezet_op", models.DateTimeField(auto_now_add=True)),
                ("uitgesteld_op", models.DateField(null=True)),
                ("gestopt_op", models.DateTimeField(null=True)),
                (
                    "reden",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("afgelopen", "het aantal weken is voorbij"),
                            ("zelf", "u hebt de herhaling gestopt"),
                            ("recht", "u mocht niet meer zoeken voor deze gemeente"),
                            ("gemeente", "uw gemeente kon hier niet meer naar zoeken"),
                            ("overgedragen", "de zoekvraag is overgedragen aan een collega"),
                            ("gewist", "de laatste zoekvraag is gewist"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "gebruiker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
                "verbose_name": "zoekherhaling",
                "verbose_name_plural": "zoekherhalingen",
                "ordering": ["volgende_op", "pk"],
            },
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="herhaling",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="bemiddelaar.zoekherhaling",
            ),
        ),
        migrations.AddConstraint(
            model_name="zoekherhaling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gestopt_op", None), models.Q(("reden", ""), _negated=True), _connector="XOR"
                ),
                name="zoekherhaling_reden_als_gestopt",
            ),
        ),
        EnableRowLevelSecurity("bemiddelaar_zoekherhaling"),
    ]
