"""The pages of django-allauth that the portal has, each at a Dutch address under the name that the library asks for.

What is not here does not exist: signing up, changing an e-mail address, logging in with a code or a passkey alone.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path
from django.views.generic import RedirectView

from um_portal.accounts import views

urlpatterns = [
    path("inloggen", views.LoginView.as_view(), name="account_login"),
    path("uitloggen", views.LogoutView.as_view(), name="account_logout"),
    path(
        "niet-actief",
        account.AccountInactiveView.as_view(template_name="accounts/niet_actief.html"),
        name="account_inactive",
    ),
    path("sessies", views.sessions, name="usersessions_list"),
    # --- Password --------------------------------------------------------------------------------------
    path("wachtwoord", views.PasswordChangeView.as_view(), name="account_change_password"),
    path(
        "wachtwoord-vergeten",
        account.PasswordResetView.as_view(template_name="accounts/wachtwoord_vergeten.html"),
        name="account_reset_password",
    ),
    path(
        "wachtwoord-vergeten/verstuurd",
        account.PasswordResetDoneView.as_view(template_name="accounts/wachtwoord_verstuurd.html"),
        name="account_reset_password_done",
    ),
    path(
        "wachtwoord-vergeten/klaar",
        account.PasswordResetFromKeyDoneView.as_view(template_name="accounts/wachtwoord_klaar.html"),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^wachtwoord-vergeten/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[0-9A-Za-z-]{1,200})$",
        views.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
    # --- Showing who one is, again ---------------------------------------------------------------------
    path(
        "bevestigen",
        account.ReauthenticateView.as_view(template_name="accounts/bevestigen.html"),
        name="account_reauthenticate",
    ),
    path(
        "bevestigen/code",
        mfa.ReauthenticateView.as_view(template_name="accounts/bevestigen.html"),
        name="mfa_reauthenticate",
    ),
    path(
        "bevestigen/passkey",
        webauthn.ReauthenticateWebAuthnView.as_view(template_name="accounts/bevestigen_passkey.html"),
        name="mfa_reauthenticate_webauthn",
    ),
    # --- Second factors --------------------------------------------------------------------------------
    path(
        "inloggen/tweede-factor",
        mfa.AuthenticateView.as_view(template_name="accounts/inloggen_tweede_factor.html"),
        name="mfa_authenticate",
    ),
    path("tweede-factor", mfa.IndexView.as_view(template_name="accounts/tweede_factor.html"), name="mfa_index"),
    path("tweede-factor/app", views.ActivateTOTPView.as_view(), name="mfa_activate_totp"),
    path(
        "tweede-factor/app/verwijderen",
        totp.DeactivateTOTPView.as_view(template_name="accounts/app_verwijderen.html"),
        name="mfa_deactivate_totp",
    ),
    path("tweede-factor/passkey", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("tweede-factor/passkeys", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("tweede-factor/passkeys/<int:pk>/verwijderen", views.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
    path(
        "tweede-factor/passkeys/<int:pk>/naam",
        webauthn.EditWebAuthnView.as_view(template_name="accounts/passkey_naam.html"),
        name="mfa_edit_webauthn",
    ),
    path("tweede-factor/herstelcodes", views.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path(
        "tweede-factor/herstelcodes/nieuw",
        recovery_codes.GenerateRecoveryCodesView.as_view(template_name="accounts/herstelcodes_nieuw.html"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "tweede-factor/herstelcodes/bestand",
        recovery_codes.DownloadRecoveryCodesView.as_view(template_name="accounts/herstelcodes.txt"),
        name="mfa_download_recovery_codes",
    ),
]  # fmt: skip
