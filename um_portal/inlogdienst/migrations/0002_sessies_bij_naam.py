from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("inlogdienst", "0001_inlogdiensten"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            # A notice that names a session only finds it without reading those of everybody.
            """
            CREATE INDEX usersessions_usersession_inlogdienst
            ON usersessions_usersession ((data -> 'inlogdienst'))
            """,
            "DROP INDEX usersessions_usersession_inlogdienst",
        ),
    ]
