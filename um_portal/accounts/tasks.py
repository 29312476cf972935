"""Does the work behind the forms of an account: numbers in, nothing out."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.urls import reverse

from um_portal.accounts import mail
from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Gemeente


@shared_task
def send_reset(gebruiker_id: int | None) -> None:
    """Mails somebody a link to set a new password; nobody when there was no such account."""
    if gebruiker_id is None:
        return
    gebruiker = Gebruiker.objects.filter(pk=gebruiker_id, is_active=True).first()
    if gebruiker is None or not get_adapter().may_have_password(gebruiker):
        return
    # The link is made here, so that it stands in no queue.
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(gebruiker)
    path = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(gebruiker), "key": key}
    )
    context = {"gebruiker": gebruiker, "link": f"{settings.UM_ADRES}{path}"}
    try:
        mail.send("wachtwoord_vergeten", gebruiker.username, context)
    except mail.NietVerstuurd:
        pass  # said in the log; whoever waits asks again


@shared_task
def tell_new_key(gemeente_id: int, gebruiker_ids: list[int]) -> None:
    """Mails these functioneel beheerders that their municipality has another aanleversleutel."""
    gemeente = Gemeente.objects.filter(pk=gemeente_id).first()
    if gemeente is None:
        return
    for gebruiker in Gebruiker.objects.filter(pk__in=gebruiker_ids, is_active=True).order_by("pk"):
        mail.notify_new_key(gebruiker, gemeente.naam)
