"""The Celery application: long work goes through here, as ids only."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "um_portal.settings")

app = Celery("um_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["um_portal", "uploads", "exchange.bemiddelaar"])
