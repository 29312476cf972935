"""The Celery application: long work goes through here, as ids only."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "um_portal.settings")

app = Celery("um_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["um_portal", "uploads", "exchange.bemiddelaar"])


@worker_init.connect
@beat_init.connect
def verify_login(**kwargs: Any) -> None:
    """Ends a worker or a schedule whose login to the database sees too much."""
    # Not at the top: the apps are not loaded yet when this module is.
    from um_portal.tenants.login import verify

    try:
        verify()
    except ImproperlyConfigured as wrong:
        # Celery would log any other exception, and go on.
        raise SystemExit(str(wrong)) from None
