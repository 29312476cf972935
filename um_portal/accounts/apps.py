"""App of the accounts."""

import time
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest


class AccountsConfig(AppConfig):
    """Accounts: the people who may log in."""

    name = "um_portal.accounts"
    label = "accounts"
    verbose_name = "accounts"

    def ready(self) -> None:
        """Listens to what happens to accounts, and lets every migrate make the functions of the database."""
        from um_portal.accounts import functies, logboek, tweede_factor
        from um_portal.tenants.database_role import register

        user_logged_in.connect(_begin, dispatch_uid="accounts.begin")
        # Before a change of second factor ends sessions: what happened first stands first.
        logboek.connect()
        tweede_factor.connect()
        register(functies.of_database)


def _begin(request: HttpRequest | None, **kwargs: Any) -> None:
    """Writes in the session when it began; from then it lasts so long, whatever happens in it."""
    from um_portal.accounts.sessions import BEGIN, SEEN

    if request is not None:
        request.session[BEGIN] = request.session[SEEN] = int(time.time())
