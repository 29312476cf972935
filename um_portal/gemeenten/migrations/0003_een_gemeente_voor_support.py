from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gemeenten", "0002_dagverbruik")]

    operations = [
        migrations.RunSQL(
            # One municipality's conditions and departure, for VNG support: this passes row-level security by.
            """
            CREATE FUNCTION um_voorwaarden_van(bigint) RETURNS SETOF gemeenten_voorwaarde
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT * FROM gemeenten_voorwaarde WHERE gemeente_id = $1 $$
            """,
            "DROP FUNCTION um_voorwaarden_van(bigint)",
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION um_vertrek_van(bigint) RETURNS SETOF gemeenten_vertrek
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT * FROM gemeenten_vertrek WHERE gemeente_id = $1 $$
            """,
            "DROP FUNCTION um_vertrek_van(bigint)",
        ),
    ]
