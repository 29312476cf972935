"""Asks VNG support for the login service of a municipality."""

import hashlib
import json
from typing import Any, Final

from django import forms

from um_portal.inlogdienst import adressen, uitgever
from um_portal.inlogdienst.models import Inlogdienst
from um_portal.tenants.models import Gemeente

_MOST_VALUES: Final = 20
_GEHEIM_NODIG: Final = "Vul het client-geheim in: het hoort bij deze uitgever en dit client-ID."


class _LinesField(forms.CharField):
    """A field for several values, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """Gives the values as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Returns the values without repeats; raises ValidationError."""
        found = list(
            dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip())
        )
        if len(found) > _MOST_VALUES or any(len(one) > 200 for one in found):
            raise forms.ValidationError(f"Geef hoogstens {_MOST_VALUES} waarden van hoogstens 200 tekens.")
        return found


class InlogdienstForm(forms.Form):
    """Asks for the provider, for what counts as a second factor, and for what gives a role."""

    uitgever = forms.CharField(
        label="Adres van de uitgever (issuer)",
        max_length=300,
        help_text="Precies zoals de inlogdienst zichzelf noemt, met https:// ervoor.",
        error_messages={"required": "Vul het adres van de uitgever in."},
    )
    client_id = forms.CharField(
        label="Client-ID", max_length=200, error_messages={"required": "Vul het client-ID in."}
    )
    geheim = forms.CharField(
        label="Client-geheim",
        max_length=500,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Van de gemeente. Het portaal laat het nooit meer zien.",
        error_messages={"required": _GEHEIM_NODIG},
    )
    acr = _LinesField(
        label="Waarden van acr die tellen als tweede factor",
        required=False,
        help_text="Een per regel. Laat acr en amr leeg als de gemeente geen tweede factor vraagt.",
    )
    amr = _LinesField(
        label="Waarden van amr die tellen als tweede factor",
        required=False,
        help_text="Een per regel, zoals mfa.",
    )
    rolclaim = forms.CharField(
        label="Claim met de rol",
        max_length=100,
        required=False,
        help_text="Leeg: de rollen staan in het portaal. Een punt gaat een laag dieper, zoals realm_access.roles.",
    )
    jobcoach = _LinesField(label="Waarden voor de rol jobcoach", required=False, help_text="Een per regel.")
    gegevensbeheerder = _LinesField(
        label="Waarden voor de rol gegevensbeheerder", required=False, help_text="Een per regel."
    )
    aan = forms.BooleanField(label="Inloggen via de gemeente staat aan", required=False)
    wachtwoord_uit = forms.BooleanField(
        label="Het wachtwoord van het portaal werkt niet meer",
        required=False,
        help_text="Voor wie alleen bij deze gemeente hoort. Wie nog niet gekoppeld is, koppelt na inloggen eerst.",
    )
    stempel = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, gemeente: Gemeente, dienst: Inlogdienst | None, *args: Any, **kwargs: Any) -> None:
        self.dienst = dienst or Inlogdienst(gemeente=gemeente)
        self._new = dienst is None
        values = self._values()
        super().__init__(*args, **{**kwargs, "initial": {**values, "stempel": stamp(self.dienst)}})
        self._before = values
        geheim = self.fields["geheim"]
        geheim.required = self._new
        if not self._new:
            geheim.help_text = (
                "Leeg laten: het geheim blijft zoals het is. Het portaal laat het nooit meer zien."
            )

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self.dienst, name) for name in FIELDS}

    def clean_uitgever(self) -> str:
        """Returns the address; raises ValidationError for one that the portal does not speak with."""
        address = str(self.cleaned_data["uitgever"])
        try:
            adressen.check(address)
        except adressen.OngeldigAdres as problem:
            raise forms.ValidationError(problem.melding) from None
        if "?" in address:
            raise forms.ValidationError("In het adres van de uitgever hoort geen vraagteken.")
        return address

    def clean(self) -> dict[str, Any]:
        """Checks what belongs together, and asks a service that is new or switched on who it is."""
        found: dict[str, Any] = super().clean() or {}
        elsewhere = any(found.get(name) != self._before[name] for name in ("uitgever", "client_id"))
        if not found.get("geheim") and elsewhere and not self._new:
            self.add_error("geheim", _GEHEIM_NODIG)
        if found.get("rolclaim") and not (found.get("jobcoach") or found.get("gegevensbeheerder")):
            self.add_error("rolclaim", "Geef ook de waarden die bij een rol horen, of laat de claim leeg.")
        if found.get("wachtwoord_uit") and not found.get("aan"):
            self.add_error("wachtwoord_uit", "Dat kan alleen als inloggen via de gemeente aan staat.")
        asked = found.get("aan") and (
            not self._before["aan"] or found.get("uitgever") != self._before["uitgever"]
        )
        # Not for what stays as it is: when it does not answer, support has to be able to let the password work again.
        if asked and not self.errors:
            uitgever.forget()
            try:
                uitgever.discover(found["uitgever"])
            except uitgever.InloggenMislukt as problem:
                self.add_error(
                    "uitgever",
                    f"De inlogdienst geeft geen bruikbaar antwoord ({problem.reden}). Controleer het adres.",
                )
        return found

    def apply(self) -> list[str]:
        """Puts the values on the login service; returns the names of those that changed."""
        changed = [name for name in FIELDS if self.cleaned_data[name] != self._before[name]]
        for name in changed:
            setattr(self.dienst, name, self.cleaned_data[name])
        if self.cleaned_data["geheim"]:
            self.dienst.set_secret(self.cleaned_data["geheim"])
            changed.append("geheim")
        return changed


FIELDS: Final = (
    "uitgever", "client_id", "acr", "amr", "rolclaim", "jobcoach", "gegevensbeheerder", "aan", "wachtwoord_uit",
)  # fmt: skip


def stamp(dienst: Inlogdienst) -> str:
    """Gives a stamp of what a page showed, and of the secret that it did not: 16 hexadecimal characters."""
    values = [getattr(dienst, name) for name in (*FIELDS, "geheim")]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]
