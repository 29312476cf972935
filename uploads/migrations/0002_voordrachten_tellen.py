from django.db import migrations

# Numbers for VNG support, and who gets a line in the log of a decision: the rows themselves are a municipality's.
TELLEN = """
DROP POLICY ook_lezen ON uploads_voordracht;
CREATE FUNCTION um_voordrachten(waarde bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT count(*) FROM uploads_voordracht WHERE landelijk_id = waarde $$;
CREATE FUNCTION um_voordragers(waarde bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT gemeente_id FROM uploads_voordracht WHERE landelijk_id = waarde $$;
"""
TERUG = """
DROP FUNCTION um_voordrachten(bigint);
DROP FUNCTION um_voordragers(bigint);
CREATE POLICY ook_lezen ON uploads_voordracht FOR SELECT
USING ((SELECT nullif(current_setting('um.gemeente', true), '')::bigint) IS NULL);
"""


class Migration(migrations.Migration):
    dependencies = [("uploads", "0001_initial")]

    operations = [migrations.RunSQL(TELLEN, TERUG)]
