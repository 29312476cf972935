from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("uploads", "0002_voordrachten_tellen")]

    operations = [
        migrations.RunSQL(
            # Numbers and times for VNG support, over all municipalities: this passes row-level security by.
            """
            CREATE FUNCTION um_leveringscijfers(sinds timestamptz)
            RETURNS TABLE (gemeente_id bigint, laatste timestamptz, mislukt bigint)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT gemeente_id, max(gepubliceerd_op),
                         count(*) FILTER (WHERE aangemaakt_op >= sinds AND (status = 'mislukt' OR gestopt_om <> ''))
                  FROM uploads_levering GROUP BY gemeente_id $$
            """,
            "DROP FUNCTION um_leveringscijfers(timestamptz)",
        ),
    ]
