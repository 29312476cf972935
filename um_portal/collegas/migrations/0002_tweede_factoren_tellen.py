from django.db import migrations

_DEFINER = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp"


class Migration(migrations.Migration):
    dependencies = [
        ("collegas", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL("DROP FUNCTION um_toegang()", migrations.RunSQL.noop),
        migrations.RunSQL(
            # Numbers and dates for VNG support, over all municipalities: this passes row-level security by. Recovery
            # codes alone are no second factor.
            f"""
            CREATE FUNCTION um_toegang() RETURNS TABLE (
                gemeente_id bigint, collegas bigint, beheerders bigint, genodigden bigint, voorstellen bigint,
                laatste_toets timestamptz, zonder_factor bigint
            )
            {_DEFINER}
            AS $$
                SELECT g.id, coalesce(l.collegas, 0), coalesce(l.beheerders, 0),
                    (SELECT count(*) FROM collegas_genodigde n WHERE n.gemeente_id = g.id AND n.verloopt_op > now()),
                    (SELECT count(*) FROM collegas_rolvoorstel v WHERE v.gemeente_id = g.id AND v.verloopt_op > now()),
                    (SELECT max(t.gedaan_op) FROM collegas_toegangstoets t WHERE t.gemeente_id = g.id),
                    coalesce(l.zonder_factor, 0)
                FROM tenants_gemeente g LEFT JOIN (
                    SELECT l.gemeente_id, count(*) AS collegas,
                        count(*) FILTER (WHERE l.rol = 'functioneel_beheerder' AND u.is_active) AS beheerders,
                        count(*) FILTER (WHERE u.is_active AND NOT EXISTS (
                            SELECT FROM mfa_authenticator a WHERE a.user_id = u.id AND a.type IN ('totp', 'webauthn')
                        )) AS zonder_factor
                    FROM tenants_lidmaatschap l JOIN accounts_gebruiker u ON u.id = l.gebruiker_id
                    GROUP BY l.gemeente_id
                ) AS l ON l.gemeente_id = g.id
            $$
            """,  # noqa: S608 (what is filled in is ours)
            "DROP FUNCTION um_toegang()",
        ),
    ]
