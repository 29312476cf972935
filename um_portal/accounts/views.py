"""The login page. In demonstration mode it shows the accounts that were made for trying things out."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.utils.module_loading import import_string


class PortalLoginView(LoginView):
    """Log in with user name and password; throttled by django-axes."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration accounts, in demonstration mode only."""
        context = super().get_context_data(**kwargs)
        if settings.UM_DEMO:
            context["demo_accounts"] = import_string("um_portal.demo.accounts.overview")()
        return context
