from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RemoveField("gebruiker", "groups"),
        migrations.RemoveField("gebruiker", "user_permissions"),
        migrations.RemoveField("gebruiker", "is_staff"),
        migrations.RemoveField("gebruiker", "is_superuser"),
    ]
