from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bemiddelaar", "0002_outcomes")]

    operations = [
        migrations.RunSQL(
            # Numbers for VNG support, over all municipalities: this passes row-level security by.
            """
            CREATE FUNCTION um_zoekcijfers(sinds timestamptz)
            RETURNS TABLE (gemeente_id bigint, gesteld bigint, mislukt bigint)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT gemeente_id, count(*), count(*) FILTER (WHERE status = 'mislukt')
                  FROM bemiddelaar_zoekvraag WHERE aangemaakt_op >= sinds GROUP BY gemeente_id $$
            """,
            "DROP FUNCTION um_zoekcijfers(timestamptz)",
        ),
    ]
