"""The portal as a whole: settings, urls, who works for which municipality, and the long jobs."""

from um_portal.celery import app as celery_app

__all__ = ["celery_app"]
