import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from um_portal.tenants.rls import HUIDIGE_GEMEENTE, EnableRowLevelSecurity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Aanleversleutel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("naam", models.CharField(max_length=60, verbose_name="naam")),
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
                ("hash", models.BinaryField()),
                (
                    "netwerken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("gemaakt_op", models.DateTimeField(auto_now_add=True, verbose_name="gemaakt op")),
                ("verloopt_op", models.DateTimeField(null=True, verbose_name="verloopt op")),
                ("laatst_gebruikt_op", models.DateTimeField(null=True, verbose_name="laatst gebruikt op")),
                ("ingetrokken_op", models.DateTimeField(null=True, verbose_name="ingetrokken op")),
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
            ],
            options={
                "verbose_name": "aanleversleutel",
                "verbose_name_plural": "aanleversleutels",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Koppeling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("naam", models.CharField(max_length=60, verbose_name="naam")),
                (
                    "soort",
                    models.CharField(
                        choices=[("werkzoekenden", "werkzoekenden"), ("vacatures", "vacatures")],
                        max_length=32,
                        verbose_name="soort",
                    ),
                ),
                ("aangemaakt_op", models.DateTimeField(auto_now_add=True, verbose_name="gemaakt op")),
                ("gearchiveerd_op", models.DateTimeField(null=True, verbose_name="gearchiveerd op")),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "koppeling",
                "verbose_name_plural": "koppelingen",
                "ordering": ["naam"],
            },
        ),
        migrations.CreateModel(
            name="Koppelingversie",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nummer", models.IntegerField(verbose_name="versie")),
                ("regels", models.BinaryField()),
                ("aangemaakt_op", models.DateTimeField(auto_now_add=True, verbose_name="gemaakt op")),
                (
                    "gebruiker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gemaakt door",
                    ),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "koppeling",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="uploads.koppeling"
                    ),
                ),
            ],
            options={
                "verbose_name": "versie van een koppeling",
                "verbose_name_plural": "versies van koppelingen",
                "ordering": ["-nummer"],
            },
        ),
        migrations.CreateModel(
            name="LandelijkeWaarde",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lijst", models.CharField(max_length=60)),
                ("waarde", models.CharField(max_length=300)),
                ("code", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("voorgedragen", "Voorgedragen"),
                            ("vastgesteld", "Vastgesteld"),
                            ("afgewezen", "Afgewezen"),
                            ("ingetrokken", "Ingetrokken"),
                        ],
                        default="voorgedragen",
                        max_length=12,
                    ),
                ),
                ("voorgedragen_op", models.DateTimeField(auto_now_add=True)),
                ("besloten_op", models.DateTimeField(null=True)),
                (
                    "besloten_door",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "landelijke waardekoppeling",
                "verbose_name_plural": "landelijke waardekoppelingen",
                "ordering": ["lijst", "waarde"],
            },
        ),
        migrations.CreateModel(
            name="Legewaarden",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "waarden",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
            ],
            options={
                "verbose_name": "lege waarden",
                "verbose_name_plural": "lege waarden",
            },
        ),
        migrations.CreateModel(
            name="Levering",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lease_tot", models.DateTimeField(editable=False, null=True)),
                ("pogingen", models.SmallIntegerField(default=0, editable=False)),
                ("gewijzigd_op", models.DateTimeField(auto_now=True)),
                (
                    "soort",
                    models.CharField(
                        blank=True,
                        choices=[("werkzoekenden", "werkzoekenden"), ("vacatures", "vacatures")],
                        max_length=32,
                        verbose_name="soort",
                    ),
                ),
                ("koppeling", models.CharField(blank=True, max_length=60, verbose_name="koppeling")),
                ("gevraagde_koppeling", models.CharField(blank=True, max_length=60)),
                (
                    "wijze",
                    models.CharField(
                        choices=[
                            ("volledig", "Vervangt alles wat er nu staat"),
                            ("aanvullend", "Vult aan en werkt bij; de rest blijft staan"),
                        ],
                        default="volledig",
                        max_length=12,
                        verbose_name="wijze",
                    ),
                ),
                ("gekozen_blad", models.CharField(blank=True, max_length=60)),
                ("gekozen_kopregel", models.IntegerField(null=True)),
                ("regels", models.BinaryField(null=True)),
                ("publiceer_vanzelf", models.BooleanField(default=False)),
                (
                    "gestopt_om",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "kolommen",
                                "De kolommen zijn niet herkend. Kies in het portaal wat elke kolom betekent.",
                            ),
                            (
                                "mislukt",
                                "Het bestand kon niet worden omgezet. Verbeter het en lever het opnieuw aan.",
                            ),
                            ("leeg", "Er is niets om te publiceren: geen enkele rij kon worden omgezet."),
                            (
                                "rem",
                                "Er zou te veel verdwijnen. Controleer de levering in het portaal en publiceer haar daar.",
                            ),
                            (
                                "ingehaald",
                                "Er is al een nieuwere levering gepubliceerd. Publiceer deze alleen als dat klopt.",
                            ),
                            (
                                "toelating",
                                "Uw gemeente mag nu niet publiceren. Neem contact op met VNG-support.",
                            ),
                            (
                                "onderbroken",
                                "Het publiceren is te vaak onderbroken. Publiceer de levering in het portaal.",
                            ),
                        ],
                        max_length=12,
                    ),
                ),
                ("kenmerk", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "reden_verlies",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("uitstroom", "Deze mensen of vacatures zijn uitgeschreven of vervuld"),
                            ("herstel", "De vorige levering was niet goed"),
                            ("selectie", "Wij delen voortaan een kleinere groep"),
                            ("systeem", "Wij zijn overgestapt op een ander systeem, met andere nummers"),
                        ],
                        max_length=12,
                        verbose_name="reden",
                    ),
                ),
                ("verlies_bevestigd", models.IntegerField(default=0)),
                ("bestandsnaam", models.CharField(max_length=120, verbose_name="bestand")),
                ("bestandsgrootte", models.BigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ontvangen", "Ontvangen"),
                            ("omzetten", "Wordt omgezet"),
                            ("koppelen", "Wacht op uw keuze van de kolommen"),
                            ("omgezet", "Klaar om te publiceren"),
                            ("publiceren", "Wordt gepubliceerd"),
                            ("gepubliceerd", "Gepubliceerd"),
                            ("terugdraaien", "Wordt teruggedraaid"),
                            ("mislukt", "Mislukt"),
                            ("vervallen", "Vervallen"),
                        ],
                        default="ontvangen",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("aangemaakt_op", models.DateTimeField(auto_now_add=True, verbose_name="geüpload op")),
                ("gepubliceerd_op", models.DateTimeField(null=True, verbose_name="gepubliceerd op")),
                ("melding", models.TextField(blank=True)),
                ("vraagt_soort", models.BooleanField(default=False)),
                ("rijen_totaal", models.IntegerField(null=True)),
                ("rijen_gedaan", models.IntegerField(default=0)),
                ("gelezen", models.IntegerField(default=0)),
                ("omgezet", models.IntegerField(default=0)),
                ("overgeslagen", models.IntegerField(default=0)),
                ("afgekeurd", models.IntegerField(default=0)),
                ("lege_rijen", models.IntegerField(default=0)),
                ("waarschuwingen", models.IntegerField(default=0)),
                ("redenen", models.JSONField(default=list)),
                ("vulling", models.JSONField(default=dict)),
                ("blad", models.CharField(blank=True, max_length=60)),
                ("kopregel", models.IntegerField(null=True)),
                ("kolommen_gebruikt", models.JSONField(default=list)),
                ("kolommen_ongebruikt", models.JSONField(default=list)),
                ("onbekende_waarden", models.BinaryField(null=True)),
                ("nieuw", models.IntegerField(null=True)),
                ("gewijzigd", models.IntegerField(null=True)),
                ("gelijk", models.IntegerField(null=True)),
                ("weg", models.IntegerField(null=True)),
                ("teruggedraaid_op", models.DateTimeField(null=True, verbose_name="teruggedraaid op")),
                (
                    "aanleversleutel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="uploads.aanleversleutel",
                    ),
                ),
                (
                    "gebruiker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="geüpload door",
                    ),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "gepubliceerd_door",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "koppelingversie",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="uploads.koppelingversie",
                    ),
                ),
                (
                    "teruggedraaid_door",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "levering",
                "verbose_name_plural": "leveringen",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Bronbestand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inhoud", models.BinaryField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "levering",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="uploads.levering"
                    ),
                ),
            ],
            options={
                "verbose_name": "bronbestand",
                "verbose_name_plural": "bronbestanden",
            },
        ),
        migrations.CreateModel(
            name="Bevinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rij", models.IntegerField()),
                ("blad", models.CharField(blank=True, max_length=60)),
                ("kolom", models.CharField(blank=True, max_length=120)),
                (
                    "ernst",
                    models.CharField(
                        choices=[
                            ("afgekeurd", "afgekeurd"),
                            ("overgeslagen", "overgeslagen"),
                            ("waarschuwing", "waarschuwing"),
                        ],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("melding", models.TextField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "levering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="uploads.levering"
                    ),
                ),
            ],
            options={
                "verbose_name": "bevinding",
                "verbose_name_plural": "bevindingen",
                "ordering": ["rij", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Opmerkingenbestand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lease_tot", models.DateTimeField(editable=False, null=True)),
                ("pogingen", models.SmallIntegerField(default=0, editable=False)),
                ("gewijzigd_op", models.DateTimeField(auto_now=True)),
                ("rijen_gedaan", models.IntegerField(default=0)),
                ("inhoud", models.BinaryField(null=True)),
                ("melding", models.TextField(blank=True)),
                ("gemaakt_op", models.DateTimeField(null=True)),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "levering",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="uploads.levering"
                    ),
                ),
            ],
            options={
                "verbose_name": "bestand met opmerkingen",
                "verbose_name_plural": "bestanden met opmerkingen",
            },
        ),
        migrations.CreateModel(
            name="Voordracht",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "landelijk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="uploads.landelijkewaarde",
                    ),
                ),
            ],
            options={
                "verbose_name": "voordracht",
                "verbose_name_plural": "voordrachten",
            },
        ),
        migrations.CreateModel(
            name="Voorproef",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inhoud", models.BinaryField()),
                (
                    "gemeente",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.gemeente"
                    ),
                ),
                (
                    "levering",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="uploads.levering"
                    ),
                ),
            ],
            options={
                "verbose_name": "voorproef",
                "verbose_name_plural": "voorproeven",
            },
        ),
        migrations.CreateModel(
            name="Waardekoppeling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lijst", models.CharField(max_length=60)),
                ("waarde", models.CharField(max_length=300)),
                ("code", models.CharField(blank=True, max_length=200)),
                ("gewijzigd_op", models.DateTimeField(auto_now=True)),
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
                "verbose_name": "waardekoppeling",
                "verbose_name_plural": "waardekoppelingen",
            },
        ),
        migrations.AddConstraint(
            model_name="aanleversleutel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ingetrokken_op", None)),
                fields=("gemeente", "naam"),
                name="aanleversleutel_naam_uniek",
            ),
        ),
        migrations.AddConstraint(
            model_name="koppeling",
            constraint=models.UniqueConstraint(fields=("gemeente", "naam"), name="koppeling_naam_uniek"),
        ),
        migrations.AddConstraint(
            model_name="koppelingversie",
            constraint=models.UniqueConstraint(fields=("koppeling", "nummer"), name="koppelingversie_uniek"),
        ),
        migrations.AddConstraint(
            model_name="landelijkewaarde",
            constraint=models.UniqueConstraint(
                fields=("lijst", "waarde", "code"), name="landelijkewaarde_uniek"
            ),
        ),
        migrations.AddConstraint(
            model_name="landelijkewaarde",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "vastgesteld")),
                fields=("lijst", "waarde"),
                name="landelijkewaarde_een_vastgesteld",
            ),
        ),
        migrations.AddConstraint(
            model_name="legewaarden",
            constraint=models.UniqueConstraint(fields=("gemeente",), name="legewaarden_per_gemeente"),
        ),
        migrations.AddIndex(
            model_name="levering",
            index=models.Index(fields=["gemeente", "-id"], name="levering_nieuwste"),
        ),
        migrations.AddIndex(
            model_name="levering",
            index=models.Index(fields=["gemeente", "status"], name="levering_status"),
        ),
        migrations.AddConstraint(
            model_name="levering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gelezen",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("omgezet"), "+", models.F("overgeslagen")
                            ),
                            "+",
                            models.F("afgekeurd"),
                        ),
                    )
                ),
                name="levering_telt_op",
            ),
        ),
        migrations.AddIndex(
            model_name="bevinding",
            index=models.Index(fields=["levering", "ernst", "code", "rij"], name="bevinding_reden"),
        ),
        migrations.AddConstraint(
            model_name="voordracht",
            constraint=models.UniqueConstraint(fields=("gemeente", "landelijk"), name="voordracht_uniek"),
        ),
        migrations.AddConstraint(
            model_name="waardekoppeling",
            constraint=models.UniqueConstraint(
                fields=("gemeente", "lijst", "waarde"), name="waardekoppeling_uniek"
            ),
        ),
        *(
            EnableRowLevelSecurity(f"uploads_{table}")
            for table in (
                "levering",
                "bronbestand",
                "voorproef",
                "bevinding",
                "opmerkingenbestand",
                "koppeling",
                "koppelingversie",
                "aanleversleutel",
                "waardekoppeling",
                "legewaarden",
            )
        ),
        # VNG support reads what was put forward; it works for no municipality.
        EnableRowLevelSecurity("uploads_voordracht", ook_lezen=f"{HUIDIGE_GEMEENTE} IS NULL"),
    ]
