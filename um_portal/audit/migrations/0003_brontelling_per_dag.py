from django.db import migrations, models

_DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"

_FUNCTIONS = f"""
-- Turns the counts of hours that are over into lines: what no line tells yet. Then erases those of days that are over.
CREATE OR REPLACE FUNCTION um_log_bron() RETURNS integer LANGUAGE plpgsql {_DEFINER}
AS $$
DECLARE
    geschreven integer;
BEGIN
    WITH voorbij AS (
        SELECT id, aantal - aantal_gelogd AS nieuw, records - records_gelogd AS nieuwe_records
        FROM audit_brontelling
        WHERE uur < date_trunc('hour', clock_timestamp())
            AND (aantal, records) IS DISTINCT FROM (aantal_gelogd, records_gelogd)
        FOR UPDATE
    ), gelogd AS (
        UPDATE audit_brontelling t SET aantal_gelogd = t.aantal, records_gelogd = t.records
        FROM voorbij v WHERE v.id = t.id
        RETURNING t.gemeente_id, t.uur, t.partij, t.vraag, t.uitkomst, v.nieuw, v.nieuwe_records
    )
    INSERT INTO audit_auditregel (
        gemeente_id, tijdstip, functie, namens, handeling, onderwerp, aantal, records, uitkomst, vum_id, partij,
        trace, span
    )
    SELECT gemeente_id, clock_timestamp(), '', false, 'bron_bevraagd',
        vraag || ', ' || to_char(uur AT TIME ZONE 'Europe/Amsterdam', 'DD-MM-YYYY HH24') || ' uur',
        nieuw, nieuwe_records, uitkomst, '', partij,
        replace(gen_random_uuid()::text, '-', ''), left(replace(gen_random_uuid()::text, '-', ''), 16)
    FROM gelogd ORDER BY gemeente_id, uur, partij, vraag, uitkomst;
    GET DIAGNOSTICS geschreven = ROW_COUNT;
    DELETE FROM audit_brontelling
    WHERE uur < date_trunc('day', clock_timestamp() AT TIME ZONE 'Europe/Amsterdam') AT TIME ZONE 'Europe/Amsterdam'
        AND (aantal, records) IS NOT DISTINCT FROM (aantal_gelogd, records_gelogd);
    RETURN geschreven;
END $$;

-- Counts one answer, unless the party then got more records than `limiet` since `sinds`. One at a time per party.
CREATE FUNCTION um_tel_bron_binnen(
    voor bigint, aan text, wat text, sinds timestamptz, hoeveel integer, limiet bigint
) RETURNS boolean LANGUAGE plpgsql {_DEFINER}
AS $$
DECLARE
    gegeven bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('brontelling ' || voor || ' ' || aan, 0));
    SELECT coalesce(sum(records), 0) INTO gegeven FROM audit_brontelling
    WHERE gemeente_id = voor AND partij = aan AND uur >= sinds AND vraag LIKE split_part(wat, ' ', 1) || '%';
    IF gegeven + hoeveel > limiet THEN
        RETURN false;
    END IF;
    INSERT INTO audit_brontelling (gemeente_id, uur, partij, vraag, uitkomst, aantal, records)
    VALUES (voor, date_trunc('hour', clock_timestamp()), aan, wat, 'gelukt', 1, hoeveel)
    ON CONFLICT (gemeente_id, uur, partij, vraag, uitkomst) DO UPDATE
    SET aantal = audit_brontelling.aantal + 1, records = audit_brontelling.records + excluded.records;
    RETURN true;
END $$;

-- For VNG support: the most that one party got from each municipality, without which party.
CREATE FUNCTION um_bronverbruik(sinds timestamptz)
RETURNS TABLE (gemeente_id bigint, records bigint, details bigint) LANGUAGE sql STABLE {_DEFINER}
AS $$
    SELECT gemeente_id, max(records), max(details) FROM (
        SELECT gemeente_id,
            coalesce(sum(records) FILTER (WHERE vraag NOT LIKE 'detailvraag%'), 0) AS records,
            coalesce(sum(records) FILTER (WHERE vraag LIKE 'detailvraag%'), 0) AS details
        FROM audit_brontelling WHERE uur >= sinds GROUP BY gemeente_id, partij
    ) AS per_partij GROUP BY gemeente_id
$$;
"""  # noqa: S608 (what is filled in is ours)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_hash_chain")]

    operations = [
        migrations.AddField(
            model_name="brontelling",
            name="aantal_gelogd",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="brontelling",
            name="records_gelogd",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="brontelling",
            index=models.Index(fields=["gemeente", "partij", "uur"], name="brontelling_van_partij"),
        ),
        migrations.RunSQL(
            _FUNCTIONS,
            "DROP FUNCTION um_bronverbruik(timestamptz);"
            "DROP FUNCTION um_tel_bron_binnen(bigint, text, text, timestamptz, integer, bigint)",
        ),
    ]
