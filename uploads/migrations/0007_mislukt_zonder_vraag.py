from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION um_leveringscijfers(sinds timestamptz)
RETURNS TABLE (gemeente_id bigint, laatste timestamptz, mislukt bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT gemeente_id, max(gepubliceerd_op),
             count(*) FILTER (WHERE aangemaakt_op >= sinds AND ({failed} OR gestopt_om <> ''))
      FROM uploads_levering GROUP BY gemeente_id $$
"""


class Migration(migrations.Migration):
    dependencies = [("uploads", "0006_bevestigingen")]

    operations = [
        migrations.RunSQL(
            # A levering that waits for the answer of whoever uploaded it has not failed.
            _FUNCTION.format(
                failed="(status = 'mislukt' AND vraag = '{}'::jsonb AND NOT vraagt_soort)",
            ),
            _FUNCTION.format(failed="status = 'mislukt'"),
        ),
    ]
