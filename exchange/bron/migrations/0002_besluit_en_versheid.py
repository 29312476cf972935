from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bron", "0001_initial")]

    operations = [
        migrations.AddField("intrekking", "gezien_op", models.DateTimeField(null=True)),
        migrations.AddField("intrekking", "gezien_in", models.BigIntegerField(null=True)),
        migrations.AddField(
            "intrekking",
            "besluit",
            models.CharField(
                blank=True,
                choices=[("blijft", "Blijft ingetrokken"), ("weer", "Mag weer mee")],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField("stand", "vernieuwd_op", models.DateField(null=True)),
        migrations.AddField("stand", "gewaarschuwd_op", models.DateTimeField(null=True)),
        migrations.AddField("stand", "einde_gemeld_op", models.DateTimeField(null=True)),
        migrations.RunSQL("DROP FUNCTION um_aantallen()", migrations.RunSQL.noop),
        migrations.RunSQL(
            # Numbers and dates for VNG support, over all municipalities: this passes row-level security by.
            """
            CREATE FUNCTION um_aantallen()
            RETURNS TABLE (gemeente_id bigint, soort text, aantal integer, vernieuwd_op date)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
            AS $$ SELECT gemeente_id, soort::text, aantal, vernieuwd_op FROM bron_stand $$
            """,
            "DROP FUNCTION um_aantallen()",
        ),
    ]
