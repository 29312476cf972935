import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_supportrol"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Uitnodiging",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("gemaakt_op", models.DateTimeField(default=django.utils.timezone.now)),
                ("verloopt_op", models.DateTimeField()),
                ("gebruikt_op", models.DateTimeField(blank=True, null=True)),
                ("ingetrokken_op", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "uitnodiging",
                "verbose_name_plural": "uitnodigingen",
            },
        ),
        migrations.AlterModelManagers(
            name="gebruiker",
            managers=[],
        ),
        migrations.RemoveField(
            model_name="gebruiker",
            name="email",
        ),
        migrations.AddConstraint(
            model_name="gebruiker",
            constraint=models.CheckConstraint(
                condition=models.Q(("username", django.db.models.functions.text.Lower("username"))),
                name="gebruiker_username_lowercase",
            ),
        ),
        migrations.AddField(
            model_name="uitnodiging",
            name="gebruiker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="uitnodigingen",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="uitnodiging",
            name="gemaakt_door",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
