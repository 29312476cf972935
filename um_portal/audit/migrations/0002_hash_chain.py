import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from um_portal.tenants.rls import HUIDIGE_GEBRUIKER, HUIDIGE_GEMEENTE, EnableRowLevelSecurity

# A function runs as the owner of the tables, and finds those of this schema only.
_DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"

# Every field with its length before it, so that no two lines are written alike; `um_portal/audit/verify.py` does the same.
_HASH = """
CREATE FUNCTION logboek_veld(waarde text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN waarde IS NULL THEN '-,' ELSE octet_length(waarde) || ':' || waarde || ',' END $$;

CREATE FUNCTION logboek_hash(regel audit_auditregel) RETURNS bytea LANGUAGE sql STABLE
AS $$ SELECT sha256(regel.vorige_hash || convert_to(
    logboek_veld(coalesce(regel.gemeente_id, 0)::text) || logboek_veld(regel.volgnummer::text)
    || logboek_veld((extract(epoch FROM regel.tijdstip) * 1000000)::bigint::text)
    || logboek_veld(regel.actor::text) || logboek_veld(regel.functie) || logboek_veld(regel.namens::text)
    || logboek_veld(regel.handeling) || logboek_veld(regel.onderwerp) || logboek_veld(regel.aantal::text)
    || logboek_veld(regel.records::text) || logboek_veld(regel.uitkomst) || logboek_veld(regel.vum_id)
    || logboek_veld(regel.partij) || logboek_veld(regel.betrokkene::text) || logboek_veld(regel.trace)
    || logboek_veld(regel.span) || logboek_veld(regel.duur_ms::text), 'UTF8')) $$;
"""

# Runs when the transaction ends: only then, and for a moment, the heads of its chains are locked. All its lines go in
# at once, in the order of the chains, so that two transactions never wait for each other.
_CHAIN = f"""
CREATE FUNCTION logboek_keten() RETURNS trigger LANGUAGE plpgsql {_DEFINER}
AS $$
DECLARE
    keten bigint;
    kop audit_keten;
    regel audit_auditregel;
BEGIN
    PERFORM 1 FROM audit_auditregel WHERE id = NEW.id AND volgnummer IS NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    FOR keten IN
        SELECT DISTINCT coalesce(gemeente_id, 0) FROM audit_auditregel WHERE volgnummer IS NULL ORDER BY 1
    LOOP
        SELECT * INTO kop FROM audit_keten WHERE nummer = keten FOR UPDATE;
        IF NOT FOUND THEN
            INSERT INTO audit_keten (nummer, volgnummer, hash, tijdstip)
            VALUES (keten, 0, decode(repeat('00', 32), 'hex'), clock_timestamp()) ON CONFLICT DO NOTHING;
            SELECT * INTO kop FROM audit_keten WHERE nummer = keten FOR UPDATE;
        END IF;
        FOR regel IN
            SELECT * FROM audit_auditregel
            WHERE volgnummer IS NULL AND coalesce(gemeente_id, 0) = keten ORDER BY id
        LOOP
            regel.volgnummer := kop.volgnummer + 1;
            regel.vorige_hash := kop.hash;
            kop.volgnummer := regel.volgnummer;
            kop.hash := logboek_hash(regel);
            kop.tijdstip := regel.tijdstip;
            UPDATE audit_auditregel
            SET volgnummer = regel.volgnummer, vorige_hash = regel.vorige_hash, hash = kop.hash
            WHERE id = regel.id;
        END LOOP;
        UPDATE audit_keten SET volgnummer = kop.volgnummer, hash = kop.hash, tijdstip = kop.tijdstip
        WHERE nummer = keten;
    END LOOP;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER keten AFTER INSERT ON audit_auditregel
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION logboek_keten();
"""  # noqa: S608 (what is filled in is ours)

_WRITE = f"""
CREATE FUNCTION logboek_pseudoniem(van bigint) RETURNS uuid LANGUAGE plpgsql {_DEFINER}
AS $$
DECLARE
    gevonden uuid;
BEGIN
    IF van IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT pseudoniem INTO gevonden FROM audit_pseudoniem WHERE gebruiker_id = van;
    IF NOT FOUND THEN
        INSERT INTO audit_pseudoniem (pseudoniem, gebruiker_id) VALUES (gen_random_uuid(), van)
        ON CONFLICT (gebruiker_id) DO NOTHING;
        SELECT pseudoniem INTO gevonden FROM audit_pseudoniem WHERE gebruiker_id = van;
    END IF;
    RETURN gevonden;
END $$;

CREATE FUNCTION logboek_functie(van bigint, bij bigint) RETURNS text LANGUAGE sql STABLE {_DEFINER}
AS $$ SELECT coalesce(
    (SELECT rol FROM tenants_lidmaatschap WHERE gebruiker_id = van AND gemeente_id = bij),
    (SELECT 'support_' || supportrol FROM accounts_gebruiker WHERE id = van AND supportrol <> ''),
    '') $$;

-- Names that begin with um_ are for the application's role (`um_portal/tenants/database_role.py`); the others are not.
-- Writes a line of the municipality that the transaction works for, or of the portal when it works for none.
CREATE FUNCTION um_log(
    voor bigint, wat text, vraagt bigint, over bigint, waarvan text, hoeveel integer, afloop text,
    vum text, andere text, spoor text, stap text, duur integer
) RETURNS void LANGUAGE plpgsql {_DEFINER}
AS $$
DECLARE
    huidige bigint := {HUIDIGE_GEMEENTE};
    wie bigint := {HUIDIGE_GEBRUIKER};
BEGIN
    IF voor IS DISTINCT FROM huidige THEN
        RAISE EXCEPTION 'de transactie werkt voor een andere gemeente' USING ERRCODE = '42501';
    END IF;
    IF wat IN ('bron_bevraagd', 'logboek_opgeruimd') THEN
        RAISE EXCEPTION 'deze regel schrijft de database zelf' USING ERRCODE = '42501';
    END IF;
    INSERT INTO audit_auditregel (
        gemeente_id, tijdstip, actor, functie, namens, handeling, onderwerp, aantal, uitkomst, vum_id, partij,
        betrokkene, trace, span, duur_ms
    ) VALUES (
        voor, clock_timestamp(), logboek_pseudoniem(coalesce(wie, vraagt)), logboek_functie(coalesce(wie, vraagt), voor),
        wie IS NULL AND vraagt IS NOT NULL, wat, waarvan, hoeveel, afloop, vum, andere,
        logboek_pseudoniem(over), spoor, stap, duur
    );
END $$;

-- Writes a line about an account: with every municipality where it has a role, else with the portal.
CREATE FUNCTION um_log_account(wat text, vraagt bigint, over bigint, waarvan text, afloop text, spoor text, stap text)
RETURNS void LANGUAGE plpgsql {_DEFINER}
AS $$
DECLARE
    wie bigint := coalesce({HUIDIGE_GEBRUIKER}, vraagt);
BEGIN
    IF wat IN ('bron_bevraagd', 'logboek_opgeruimd') THEN
        RAISE EXCEPTION 'deze regel schrijft de database zelf' USING ERRCODE = '42501';
    END IF;
    INSERT INTO audit_auditregel (
        gemeente_id, tijdstip, actor, functie, namens, handeling, onderwerp, uitkomst, vum_id, partij, betrokkene,
        trace, span
    )
    SELECT bij, clock_timestamp(), logboek_pseudoniem(wie), logboek_functie(wie, bij), {HUIDIGE_GEBRUIKER} IS NULL AND wie IS NOT NULL,
        wat, waarvan, afloop, '', '', logboek_pseudoniem(over), spoor, stap
    FROM (
        SELECT gemeente_id AS bij FROM tenants_lidmaatschap WHERE gebruiker_id = over
        UNION ALL
        SELECT NULL WHERE NOT EXISTS (SELECT FROM tenants_lidmaatschap WHERE gebruiker_id = over)
            OR EXISTS (SELECT FROM accounts_gebruiker WHERE id = over AND supportrol <> '')
        ORDER BY 1 NULLS FIRST
    ) AS plaatsen;
END $$;
"""  # noqa: S608 (what is filled in is ours)

_COUNTS = f"""
CREATE FUNCTION um_tel_bron(tellingen jsonb) RETURNS void LANGUAGE sql {_DEFINER}
AS $$
    INSERT INTO audit_brontelling (gemeente_id, uur, partij, vraag, uitkomst, aantal, records)
    SELECT gemeente, date_trunc('hour', uur), partij, vraag, uitkomst, aantal, records
    FROM jsonb_to_recordset(tellingen) AS t(
        gemeente bigint, uur timestamptz, partij text, vraag text, uitkomst text, aantal integer, records integer
    )
    WHERE EXISTS (SELECT FROM tenants_gemeente WHERE id = gemeente)
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (gemeente_id, uur, partij, vraag, uitkomst) DO UPDATE
    SET aantal = audit_brontelling.aantal + excluded.aantal, records = audit_brontelling.records + excluded.records
$$;

-- Turns the counts of hours that are over into lines.
CREATE FUNCTION um_log_bron() RETURNS integer LANGUAGE plpgsql {_DEFINER}
AS $$
DECLARE
    geschreven integer;
BEGIN
    WITH voorbij AS (
        DELETE FROM audit_brontelling WHERE uur < date_trunc('hour', clock_timestamp()) RETURNING *
    )
    INSERT INTO audit_auditregel (
        gemeente_id, tijdstip, functie, namens, handeling, onderwerp, aantal, records, uitkomst, vum_id, partij,
        trace, span
    )
    SELECT gemeente_id, clock_timestamp(), '', false, 'bron_bevraagd',
        vraag || ', ' || to_char(uur AT TIME ZONE 'Europe/Amsterdam', 'DD-MM-YYYY HH24') || ' uur',
        aantal, records, uitkomst, '', partij,
        replace(gen_random_uuid()::text, '-', ''), left(replace(gen_random_uuid()::text, '-', ''), 16)
    FROM voorbij ORDER BY gemeente_id, uur, partij, vraag, uitkomst;
    GET DIAGNOSTICS geschreven = ROW_COUNT;
    RETURN geschreven;
END $$;
"""  # noqa: S608 (what is filled in is ours)

# What remains begins with a line whose `vorige_hash` a new line at the end repeats.
_ERASE = f"""
CREATE FUNCTION um_ruim_logboek(keten bigint, dagen integer) RETURNS integer LANGUAGE plpgsql {_DEFINER}
AS $$
DECLARE
    eerste audit_auditregel;
    weg integer;
BEGIN
    IF dagen < 365 THEN
        RAISE EXCEPTION 'het logboek blijft minstens 365 dagen' USING ERRCODE = '42501';
    END IF;
    PERFORM 1 FROM audit_keten WHERE nummer = keten FOR UPDATE;
    SELECT * INTO eerste FROM audit_auditregel
    WHERE coalesce(gemeente_id, 0) = keten AND volgnummer IS NOT NULL
        AND (tijdstip >= clock_timestamp() - make_interval(days => dagen)
             OR volgnummer = (SELECT volgnummer FROM audit_keten WHERE nummer = keten))
    ORDER BY volgnummer LIMIT 1;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    DELETE FROM audit_auditregel WHERE coalesce(gemeente_id, 0) = keten AND volgnummer < eerste.volgnummer;
    GET DIAGNOSTICS weg = ROW_COUNT;
    IF weg > 0 THEN
        INSERT INTO audit_auditregel (
            gemeente_id, tijdstip, functie, namens, handeling, onderwerp, aantal, uitkomst, vum_id, partij, trace, span
        ) VALUES (
            nullif(keten, 0), clock_timestamp(), '', false, 'logboek_opgeruimd',
            'begint bij regel ' || eerste.volgnummer || ' na ' || encode(eerste.vorige_hash, 'hex'),
            weg, '', '', '',
            replace(gen_random_uuid()::text, '-', ''), left(replace(gen_random_uuid()::text, '-', ''), 16)
        );
    END IF;
    RETURN weg;
END $$;
"""  # noqa: S608 (what is filled in is ours)

# For VNG support: every municipality, and of a line only what says nothing about people or records.
_VIEW = f"""
CREATE VIEW audit_supportregel AS
SELECT id, coalesce(gemeente_id, 0) AS keten, volgnummer, tijdstip, actor, functie, namens, handeling,
    CASE WHEN gemeente_id IS NULL OR functie LIKE 'support%' THEN onderwerp ELSE '' END AS onderwerp,
    aantal, records, uitkomst, partij, betrokkene, trace, span, duur_ms
FROM audit_auditregel
WHERE (SELECT EXISTS (
    SELECT FROM accounts_gebruiker WHERE id = {HUIDIGE_GEBRUIKER} AND is_active AND supportrol <> ''
));

CREATE VIEW audit_supportpseudoniem AS
SELECT pseudoniem, gebruiker_id FROM audit_pseudoniem
WHERE EXISTS (SELECT FROM accounts_gebruiker WHERE id = gebruiker_id AND supportrol <> '');
"""  # noqa: S608 (what is filled in is ours)

_FUNCTIONS = (
    "logboek_veld(text)",
    "logboek_hash(audit_auditregel)",
    "logboek_keten()",
    "logboek_pseudoniem(bigint)",
    "logboek_functie(bigint, bigint)",
    "um_log(bigint, text, bigint, bigint, text, integer, text, text, text, text, text, integer)",
    "um_log_account(text, bigint, bigint, text, text, text, text)",
    "um_tel_bron(jsonb)",
    "um_log_bron()",
    "um_ruim_logboek(bigint, integer)",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("accounts", "0001_initial"),
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField("auditregel", "gebruiker"),
        migrations.AlterField(
            "auditregel",
            "gemeente",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.gemeente",
            ),
        ),
        migrations.AlterField("auditregel", "tijdstip", models.DateTimeField()),
        migrations.AlterField("auditregel", "onderwerp", models.CharField(blank=True, max_length=120)),
        migrations.AddField("auditregel", "volgnummer", models.BigIntegerField(null=True)),
        migrations.AddField("auditregel", "actor", models.UUIDField(null=True)),
        migrations.AddField("auditregel", "functie", models.CharField(blank=True, max_length=24)),
        migrations.AddField("auditregel", "namens", models.BooleanField(default=False)),
        migrations.AddField("auditregel", "records", models.IntegerField(null=True)),
        migrations.AddField(
            "auditregel",
            "uitkomst",
            models.CharField(
                blank=True,
                max_length=16,
                choices=[("gelukt", "Gelukt"), ("mislukt", "Niet gelukt"), ("onbekend", "Niet bekend")],
            ),
        ),
        migrations.AddField("auditregel", "vum_id", models.CharField(blank=True, max_length=200)),
        migrations.AddField("auditregel", "partij", models.CharField(blank=True, max_length=20)),
        migrations.AddField("auditregel", "betrokkene", models.UUIDField(null=True)),
        migrations.AddField("auditregel", "trace", models.CharField(blank=True, max_length=32)),
        migrations.AddField("auditregel", "span", models.CharField(blank=True, max_length=16)),
        migrations.AddField("auditregel", "duur_ms", models.IntegerField(null=True)),
        migrations.AddField("auditregel", "vorige_hash", models.BinaryField(null=True)),
        migrations.AddField("auditregel", "hash", models.BinaryField(null=True)),
        migrations.AddConstraint(
            "auditregel",
            models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce("gemeente", 0),
                "volgnummer",
                name="audit_keten_uniek",
            ),
        ),
        migrations.AddIndex(
            "auditregel",
            models.Index(fields=["id"], condition=models.Q(volgnummer=None), name="audit_nog_los"),
        ),
        migrations.AddIndex("auditregel", models.Index(fields=["span"], name="audit_span")),
        migrations.AddIndex("auditregel", models.Index(fields=["-tijdstip"], name="audit_tijd")),
        migrations.CreateModel(
            "Keten",
            fields=[
                ("nummer", models.BigIntegerField(primary_key=True, serialize=False)),
                ("volgnummer", models.BigIntegerField()),
                ("hash", models.BinaryField()),
                ("tijdstip", models.DateTimeField()),
            ],
            options={"verbose_name": "keten", "verbose_name_plural": "ketens"},
        ),
        migrations.CreateModel(
            "Pseudoniem",
            fields=[
                (
                    "pseudoniem",
                    models.UUIDField(primary_key=True, serialize=False, default=uuid.uuid4, editable=False),
                ),
                (
                    "gebruiker",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pseudoniem",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "pseudoniem", "verbose_name_plural": "pseudoniemen"},
        ),
        migrations.CreateModel(
            "Brontelling",
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
                ("uur", models.DateTimeField()),
                ("partij", models.CharField(max_length=20)),
                ("vraag", models.CharField(max_length=60)),
                ("uitkomst", models.CharField(max_length=16)),
                ("aantal", models.IntegerField()),
                ("records", models.IntegerField()),
            ],
            options={
                "verbose_name": "brontelling",
                "verbose_name_plural": "brontellingen",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gemeente", "uur", "partij", "vraag", "uitkomst"), name="brontelling_uniek"
                    )
                ],
            },
        ),
        EnableRowLevelSecurity("audit_brontelling"),
        migrations.CreateModel(
            "Supportregel",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("keten", models.BigIntegerField()),
                ("volgnummer", models.BigIntegerField(null=True)),
                ("tijdstip", models.DateTimeField()),
                ("actor", models.UUIDField(null=True)),
                ("functie", models.CharField(max_length=24)),
                ("namens", models.BooleanField()),
                ("handeling", models.CharField(max_length=40)),
                ("onderwerp", models.CharField(max_length=120)),
                ("aantal", models.IntegerField(null=True)),
                ("records", models.IntegerField(null=True)),
                ("uitkomst", models.CharField(max_length=16)),
                ("partij", models.CharField(max_length=20)),
                ("betrokkene", models.UUIDField(null=True)),
                ("trace", models.CharField(max_length=32)),
                ("span", models.CharField(max_length=16)),
                ("duur_ms", models.IntegerField(null=True)),
            ],
            options={"managed": False, "db_table": "audit_supportregel"},
        ),
        migrations.CreateModel(
            "Supportpseudoniem",
            fields=[
                ("pseudoniem", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "gebruiker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"managed": False, "db_table": "audit_supportpseudoniem"},
        ),
        migrations.RunSQL(
            # The pseudonym outlives the account in the log, and this row, which tells whose it is, does not. The
            # database removes it, so that the application needs no right to change this table.
            "ALTER TABLE audit_pseudoniem ADD CONSTRAINT audit_pseudoniem_van FOREIGN KEY (gebruiker_id)"
            " REFERENCES accounts_gebruiker (id) ON DELETE CASCADE",
            "ALTER TABLE audit_pseudoniem DROP CONSTRAINT audit_pseudoniem_van",
        ),
        migrations.RunSQL(
            # The user is known in every transaction; what somebody has elsewhere stays out of a municipality's.
            "ALTER POLICY ook_lezen ON tenants_lidmaatschap"
            f" USING (gebruiker_id = {HUIDIGE_GEBRUIKER} AND {HUIDIGE_GEMEENTE} IS NULL)",
            f"ALTER POLICY ook_lezen ON tenants_lidmaatschap USING (gebruiker_id = {HUIDIGE_GEBRUIKER})",
        ),
        migrations.RunSQL(
            [
                _HASH,
                _CHAIN,
                _WRITE,
                _COUNTS,
                _ERASE,
                _VIEW,
                *(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC" for function in _FUNCTIONS),
            ],
            [
                "DROP VIEW audit_supportregel, audit_supportpseudoniem",
                "DROP TRIGGER keten ON audit_auditregel",
                *(f"DROP FUNCTION {function}" for function in reversed(_FUNCTIONS)),
            ],
        ),
    ]
