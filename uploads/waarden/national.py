"""Keeps value mappings for the whole country: municipalities put them forward, VNG support decides.

Putting forward shows the word to VNG support, and accepting it shows it to every municipality; therefore no
word that looks like personal data is put forward. Copies are independent: a mapping that VNG support
withdraws later stays with the municipalities that copied it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.models import BigIntegerField, F, Func, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from exchange.standard.persoonsgegevens import looks_personal
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.mapping.cells.text import tekst
from uploads.models import LandelijkeWaarde, Voordracht, Waardekoppeling
from uploads.waarden.lists import Codes, Codestand, codes_with
from uploads.waarden.words import remember

Landelijk = LandelijkeWaarde.Status


# --- For municipalities ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voorgedragen:
    """Counts the mappings that were put forward, and those that were not, per reason."""

    voorgedragen: int = 0
    persoonlijk: int = 0
    zonder_code: int = 0


def to_put_forward(koppelingen: Iterable[Waardekoppeling]) -> tuple[list[Waardekoppeling], Voorgedragen]:
    """Selects the mappings that may be put forward.

    It counts the others: those that look personal, and those without a valid code.
    """
    asked = list(koppelingen)
    codes = Codes((row.lijst, row.code) for row in asked)
    good: list[Waardekoppeling] = []
    persoonlijk = zonder_code = 0
    for row in asked:
        if looks_personal(row.waarde):
            persoonlijk += 1
        elif not row.code or codes.stand(row.lijst, row.code) is not Codestand.GELDIG:
            zonder_code += 1
        else:
            good.append(row)
    return good, Voorgedragen(persoonlijk=persoonlijk, zonder_code=zonder_code)


def put_forward(gemeente: Gemeente, ids: Iterable[int], gebruiker: Gebruiker | None) -> Voorgedragen:
    """Puts the municipality's mappings with these ids forward to VNG support.

    Doing so again changes nothing.
    """
    with voor_gemeente(gemeente):
        good, refused = to_put_forward(Waardekoppeling.objects.filter(pk__in=list(ids)))
        pairs = sorted({(row.lijst, row.waarde, row.code) for row in good})
        LandelijkeWaarde.objects.bulk_create(
            [LandelijkeWaarde(lijst=lijst, waarde=waarde, code=code) for lijst, waarde, code in pairs],
            ignore_conflicts=True,
        )
        wanted = Q(pk=None)
        for lijst, waarde, code in pairs:
            wanted |= Q(lijst=lijst, waarde=waarde, code=code)
        rows = list(LandelijkeWaarde.objects.filter(wanted).order_by("pk"))
        before = set(Voordracht.objects.filter(landelijk__in=rows).values_list("landelijk_id", flat=True))
        new = [row for row in rows if row.pk not in before]
        Voordracht.objects.bulk_create(
            [Voordracht(gemeente=gemeente, landelijk=row) for row in new], ignore_conflicts=True
        )
        if new:
            log_act(gemeente, Handeling.WAARDEN_VOORGEDRAGEN, gebruiker=gebruiker, aantal=len(new))
    return Voorgedragen(len(new), refused.persoonlijk, refused.zonder_code)


def to_take_over(woorden: str = "", *, afwijkend: bool = False) -> "QuerySet[LandelijkeWaarde]":
    """Gives the accepted mappings that the municipality lacks; with `afwijkend`, those it codes otherwise.

    Call inside `voor_gemeente`. Each row has the municipality's own code as `eigen_code`.
    """
    own = Waardekoppeling.objects.filter(lijst=OuterRef("lijst"), waarde=OuterRef("waarde"))
    found = LandelijkeWaarde.objects.filter(status=Landelijk.VASTGESTELD).annotate(
        eigen_code=Subquery(own.values("code")[:1])
    )
    if afwijkend:
        found = found.filter(eigen_code__isnull=False).exclude(eigen_code=F("code"))
    else:
        found = found.filter(eigen_code__isnull=True)
    return _with_words(found, woorden)


def take_over(
    gemeente: Gemeente,
    gebruiker: Gebruiker | None,
    *,
    nieuw: Sequence[int] | None = (),
    vervang: Sequence[int] = (),
) -> int:
    """Copies accepted mappings; returns how many. `nieuw` None means all that the municipality does not have.

    Only the mappings in `vervang` replace the municipality's own. Codes that no longer hold are left out.
    """
    with voor_gemeente(gemeente):
        fresh = to_take_over()
        if nieuw is not None:
            fresh = fresh.filter(pk__in=list(nieuw))
        replaced = list(LandelijkeWaarde.objects.filter(pk__in=list(vervang), status=Landelijk.VASTGESTELD))
        added = _usable(fresh)
        remember(gemeente, added, gebruiker, overschrijf=False)
        changed = _usable(replaced)
        remember(gemeente, changed, gebruiker)
        aantal = len(added) + len(changed)
        if aantal:
            log_act(gemeente, Handeling.LANDELIJKE_WAARDEN_OVERGENOMEN, gebruiker=gebruiker, aantal=aantal)
    return aantal


def _usable(rows: Iterable[LandelijkeWaarde]) -> dict[tuple[str, str], str]:
    asked = list(rows)
    codes = Codes((row.lijst, row.code) for row in asked)
    return {
        (row.lijst, row.waarde): row.code
        for row in asked
        if codes.stand(row.lijst, row.code) in {Codestand.GELDIG, Codestand.NIET_GELADEN}
    }


# --- For VNG support ---------------------------------------------------------------------------------------


def find(woorden: str, status: str) -> "QuerySet[LandelijkeWaarde]":
    """Finds all mappings with this status and these words.

    Each has `gemeenten`: how many municipalities put it forward. Call inside `als_support`: only then does the
    database count them.
    """
    found = LandelijkeWaarde.objects.filter(status=status).select_related("besloten_door")
    # The database shows support who decided, not their password.
    found = found.only(
        *(field.name for field in LandelijkeWaarde._meta.concrete_fields),
        *(f"besloten_door__{name}" for name in ("username", "first_name", "last_name")),
    )
    found = found.annotate(
        gemeenten=Func(F("pk"), function="um_voordrachten", output_field=BigIntegerField())
    )
    found = found.order_by("-gemeenten", "lijst", "waarde", "pk")
    return _with_words(found, woorden)


def _with_words(found: "QuerySet[LandelijkeWaarde]", woorden: str) -> "QuerySet[LandelijkeWaarde]":
    words = tekst(woorden)
    if not words:
        return found
    return found.filter(Q(waarde__icontains=words.casefold()) | Q(code__icontains=words) | codes_with(words))


@dataclass(frozen=True, slots=True)
class Besluit:
    """A decision: its name in a form, its button and past tense, the status it gives and those it takes."""

    naam: str
    knop: str
    gedaan: str
    wordt: str
    van: tuple[str, ...]


VASTSTELLEN: Final = Besluit(
    "vaststellen",
    "Vaststellen",
    "vastgesteld",
    Landelijk.VASTGESTELD,
    (Landelijk.VOORGEDRAGEN, Landelijk.AFGEWEZEN, Landelijk.INGETROKKEN),
)
AFWIJZEN: Final = Besluit("afwijzen", "Afwijzen", "afgewezen", Landelijk.AFGEWEZEN, (Landelijk.VOORGEDRAGEN,))
INTREKKEN: Final = Besluit(
    "intrekken", "Intrekken", "ingetrokken", Landelijk.INGETROKKEN, (Landelijk.VASTGESTELD,)
)
BESLUITEN: Final = {besluit.naam: besluit for besluit in (VASTSTELLEN, AFWIJZEN, INTREKKEN)}


@dataclass(slots=True)
class Besloten:
    """Counts the decisions that were carried out, and those that were not, per reason."""

    gedaan: int = 0
    al_anders: int = 0
    dubbel: int = 0
    onbruikbaar: int = 0


def decide(ids: Iterable[int], wat: Besluit, gebruiker: Gebruiker) -> Besloten:
    """Accepts, rejects or withdraws mappings; call outside every municipality's scope.

    A word has at most one accepted code. Each municipality that put the word forward gets a line in its log.
    """
    outcome = Besloten()
    with transaction.atomic():
        rows = list(LandelijkeWaarde.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk"))
        codes = Codes((row.lijst, row.code) for row in rows)
        for row in rows:
            if row.status not in wat.van:
                outcome.al_anders += 1
            elif wat is VASTSTELLEN and (
                looks_personal(row.waarde) or codes.stand(row.lijst, row.code) is not Codestand.GELDIG
            ):
                outcome.onbruikbaar += 1
            elif not _set(row, wat, gebruiker):
                outcome.dubbel += 1
            else:
                outcome.gedaan += 1
    return outcome


def _set(row: LandelijkeWaarde, wat: Besluit, gebruiker: Gebruiker) -> bool:
    try:
        with transaction.atomic():
            LandelijkeWaarde.objects.filter(pk=row.pk).update(
                status=wat.wordt, besloten_op=timezone.now(), besloten_door=gebruiker
            )
    except IntegrityError:
        # Another code for this word is already accepted, perhaps by a colleague just now.
        return False
    for gemeente in Gemeente.objects.filter(pk__in=_proposers(row)).order_by("pk"):
        with voor_gemeente(gemeente):
            onderwerp = f"landelijke waarde {row.pk}"
            if wat is VASTSTELLEN:
                log_act(
                    gemeente,
                    Handeling.LANDELIJKE_WAARDE_VASTGESTELD,
                    gebruiker=gebruiker,
                    onderwerp=onderwerp,
                )
            elif wat is AFWIJZEN:
                log_act(
                    gemeente, Handeling.LANDELIJKE_WAARDE_AFGEWEZEN, gebruiker=gebruiker, onderwerp=onderwerp
                )
            else:
                log_act(
                    gemeente,
                    Handeling.LANDELIJKE_WAARDE_INGETROKKEN,
                    gebruiker=gebruiker,
                    onderwerp=onderwerp,
                )
    return True


def _proposers(row: LandelijkeWaarde) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT um_voordragers(%s)", [row.pk])
        return [gemeente_id for (gemeente_id,) in cursor.fetchall()]
