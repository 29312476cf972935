from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bemiddelaar", "0007_herhalen")]

    operations = [
        migrations.RemoveField(model_name="zoekherhaling", name="uitgesteld_op"),
        migrations.AddField(
            model_name="zoekherhaling", name="uitgesteld_sinds", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="zoekherhaling",
            name="uitstel",
            field=models.CharField(blank=True, choices=[], max_length=12),
        ),
        migrations.AddField(
            model_name="zoekvraag",
            name="niet_vergeleken",
            field=models.CharField(blank=True, choices=[], max_length=12),
        ),
    ]
