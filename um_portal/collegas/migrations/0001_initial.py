import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from um_portal.tenants.rls import HUIDIGE_GEBRUIKER, EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_blokkeren"),
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Genodigde",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rol",
                    models.CharField(
                        choices=[
                            ("jobcoach", "Jobcoach"),
                            ("gegevensbeheerder", "Gegevensbeheerder"),
                            ("functioneel_beheerder", "Functioneel beheerder"),
                        ],
                        max_length=24,
                        verbose_name="rol",
                    ),
                ),
                ("gemaakt_op", models.DateTimeField(default=django.utils.timezone.now)),
                ("verloopt_op", models.DateTimeField()),
                (
                    "gebruiker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gemaakt_door",
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
                (
                    "uitnodiging",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.uitnodiging",
                    ),
                ),
            ],
            options={
                "verbose_name": "genodigde",
                "verbose_name_plural": "genodigden",
                "constraints": [
                    models.UniqueConstraint(fields=("gemeente", "gebruiker"), name="genodigde_uniek")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rolvoorstel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.CharField(max_length=150, verbose_name="e-mailadres")),
                ("gemaakt_op", models.DateTimeField(default=django.utils.timezone.now)),
                ("verloopt_op", models.DateTimeField()),
                (
                    "gemaakt_door",
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
                "verbose_name": "rolvoorstel",
                "verbose_name_plural": "rolvoorstellen",
                "constraints": [
                    models.UniqueConstraint(fields=("gemeente", "email"), name="rolvoorstel_uniek")
                ],
            },
        ),
        migrations.CreateModel(
            name="Toegangstoets",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gedaan_op", models.DateTimeField(default=django.utils.timezone.now)),
                ("behouden", models.PositiveIntegerField()),
                ("gewijzigd", models.PositiveIntegerField()),
                ("verwijderd", models.PositiveIntegerField()),
                (
                    "gedaan_door",
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
                "verbose_name": "toegangstoets",
                "verbose_name_plural": "toegangstoetsen",
                "indexes": [models.Index(fields=["gemeente", "-gedaan_op"], name="toegangstoets_laatste")],
            },
        ),
        EnableRowLevelSecurity("collegas_genodigde", ook_lezen=f"gebruiker_id = {HUIDIGE_GEBRUIKER}"),
        EnableRowLevelSecurity("collegas_rolvoorstel"),
        EnableRowLevelSecurity("collegas_toegangstoets"),
        migrations.RunSQL(
            # Numbers and dates for VNG support, over all municipalities: this passes row-level security by.
            """
            CREATE FUNCTION um_toegang() RETURNS TABLE (
                gemeente_id bigint, collegas bigint, beheerders bigint, genodigden bigint, voorstellen bigint,
                laatste_toets timestamptz
            )
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$
                SELECT g.id,
                    (SELECT count(*) FROM tenants_lidmaatschap l WHERE l.gemeente_id = g.id),
                    (SELECT count(*) FROM tenants_lidmaatschap l JOIN accounts_gebruiker u ON u.id = l.gebruiker_id
                        WHERE l.gemeente_id = g.id AND l.rol = 'functioneel_beheerder' AND u.is_active),
                    (SELECT count(*) FROM collegas_genodigde n WHERE n.gemeente_id = g.id AND n.verloopt_op > now()),
                    (SELECT count(*) FROM collegas_rolvoorstel v WHERE v.gemeente_id = g.id AND v.verloopt_op > now()),
                    (SELECT max(t.gedaan_op) FROM collegas_toegangstoets t WHERE t.gemeente_id = g.id)
                FROM tenants_gemeente g
            $$
            """,
            "DROP FUNCTION um_toegang()",
        ),
    ]
