from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_instellingen")]

    operations = [
        migrations.AddField(
            model_name="gemeente",
            name="dag_zoekvragen",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="zoekvragen per collega per dag"
            ),
        ),
        migrations.AddField(
            model_name="gemeente",
            name="dag_details",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="details per collega per dag"
            ),
        ),
    ]
