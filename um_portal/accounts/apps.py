"""App of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may log in."""

    name = "um_portal.accounts"
    label = "accounts"
    verbose_name = "accounts"
