from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("risks", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE risk_reference START 101", "DROP SEQUENCE risk_reference")]
