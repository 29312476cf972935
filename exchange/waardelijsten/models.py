"""Value lists that others maintain, such as the occupations of CompetentNL, in versions.

The standard knows the shape of these codes only; a list gives them their Dutch labels. The portal works
without: a code is then shown as it is. A code that a new version no longer has stays known under its last
label, because records may still carry it, but it is no longer offered: offer `Code.objects.geldig()`.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connections, models, transaction
from django.db.models import Q
from django.utils import timezone

from exchange.waardelijsten.lijsten import BEROEPEN as BEROEPEN
from exchange.waardelijsten.lijsten import COMPETENTIES as COMPETENTIES

_BATCH = 2000
_MAX_WORDS = 6


class Versiestatus(models.TextChoices):
    """Where a version is in its life; of each list at most one is KLAARGEZET and at most one GELDIG."""

    KLAARGEZET = "klaargezet", "klaargezet"
    GELDIG = "geldig", "geldig"
    VERVALLEN = "vervallen", "vervallen"


class Codestatus(models.TextChoices):
    """Whether a code may be chosen, or is only known so that older records read well."""

    GELDIG = "geldig", "geldig"
    VERVALLEN = "vervallen", "vervallen"


class NietKlaargezet(RuntimeError):
    """The version is not, or no longer, waiting to be put in force."""


def _lock(lijst: str, using: str) -> None:
    """Changes to one list take turns, until the end of the transaction."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"waardelijst:{lijst}"])


class Versie(models.Model):
    """One version of one list: where it came from, who loaded it when, and whether it is in force.

    The versions that were once in force are kept, so that it can be told what a code meant at any time.
    """

    lijst = models.CharField(max_length=40)
    versie = models.CharField(max_length=60)
    bestandsnaam = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    aantal = models.IntegerField()
    geladen_door = models.CharField(max_length=150)
    geladen_op = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=12, choices=Versiestatus.choices, default=Versiestatus.KLAARGEZET)
    geldig_van = models.DateTimeField(null=True)
    geldig_tot = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "versie"
        verbose_name_plural = "versies"
        ordering = ["-geladen_op", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lijst", "status"],
                condition=~Q(status=Versiestatus.VERVALLEN),
                name="versie_een_geldig_een_klaargezet",
            )
        ]

    def __str__(self) -> str:
        return f"{self.lijst} {self.versie}"

    def put_in_force(self) -> None:
        """Make this the list: one transaction, in which every code gets its new label and status.

        Raises NietKlaargezet when somebody else put it in force, replaced or withdrew it.
        """
        using = self._state.db or "default"
        now = timezone.now()
        with transaction.atomic(using=using):
            _lock(self.lijst, using)
            versions = Versie.objects.using(using).filter(lijst=self.lijst)
            if not versions.filter(pk=self.pk, status=Versiestatus.KLAARGEZET).exists():
                raise NietKlaargezet
            versions.filter(status=Versiestatus.GELDIG).update(status=Versiestatus.VERVALLEN, geldig_tot=now)
            versions.filter(pk=self.pk).update(status=Versiestatus.GELDIG, geldig_van=now)
            with connections[using].cursor() as cursor:
                cursor.execute(
                    """
                    INSERT INTO waardelijsten_code (lijst, code, label, synoniemen, status, versie_id)
                    SELECT %s, code, label, synoniemen, 'geldig', versie_id
                    FROM waardelijsten_versiecode WHERE versie_id = %s
                    ON CONFLICT (lijst, code) DO UPDATE SET label = excluded.label,
                        synoniemen = excluded.synoniemen, status = excluded.status, versie_id = excluded.versie_id
                    """,
                    [self.lijst, self.pk],
                )
            codes = Code.objects.using(using).filter(lijst=self.lijst).geldig()
            codes.exclude(versie=self).update(status=Codestatus.VERVALLEN)
        self.refresh_from_db()

    def withdraw(self) -> None:
        """Throw a version away that was never in force. Raises NietKlaargezet when it is no longer waiting."""
        mine = Versie.objects.using(self._state.db or "default").filter(pk=self.pk)
        found, _ = mine.filter(status=Versiestatus.KLAARGEZET).delete()
        if not found:
            raise NietKlaargezet


class Versiecode(models.Model):
    """A code as one version of a list has it."""

    versie = models.ForeignKey(Versie, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=200)
    label = models.CharField(max_length=300)
    synoniemen = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["versie", "code"], name="versiecode_uniek")]


class CodeQuerySet(models.QuerySet["Code"]):
    """What can be asked of the codes."""

    def geldig(self) -> "CodeQuerySet":
        """Only what is in force: what people may be offered and what a text may be mapped to."""
        return self.filter(status=Codestatus.GELDIG)

    def zoek(self, tekst: str) -> "CodeQuerySet":
        """The codes that have each of these words in their label, a synonym or the code itself."""
        found = self
        for word in tekst.replace("\x00", "").split()[:_MAX_WORDS]:
            found = found.filter(
                Q(label__icontains=word) | Q(synoniemen__icontains=word) | Q(code__icontains=word)
            )
        return found


class Code(models.Model):
    """One code of one list, for example an occupation. Public, the same for every municipality.

    `synoniemen` are other words for it, one a line, for searching. `versie` is the last version that has it.
    """

    lijst = models.CharField(max_length=40)
    code = models.CharField(max_length=200)
    label = models.CharField(max_length=300)
    synoniemen = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, choices=Codestatus.choices, default=Codestatus.GELDIG)
    versie = models.ForeignKey(Versie, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = "code"
        verbose_name_plural = "codes"
        ordering = ["label"]
        constraints = [models.UniqueConstraint(fields=["lijst", "code"], name="code_uniek")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_geldig(self) -> bool:
        """Whether it may still be chosen."""
        return self.status == Codestatus.GELDIG


def labels_of(codes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The labels of (lijst, code) pairs, whatever their lists, in one query.

    For records, in which codes of several lists stand side by side: the same digits can be an education in
    one list and a line of business in another.
    """
    by_list: dict[str, set[str]] = {}
    for lijst, code in codes:
        by_list.setdefault(lijst, set()).add(code)
    if not by_list:
        return {}
    asked = Q()
    for lijst, wanted in by_list.items():
        asked |= Q(lijst=lijst, code__in=wanted)
    return {
        (lijst, code): label
        for lijst, code, label in Code.objects.filter(asked).values_list("lijst", "code", "label")
    }


def prepare(
    lijst: str,
    entries: Iterable[tuple[str, str] | tuple[str, str, Iterable[str]]],
    *,
    versie: str = "",
    bestandsnaam: str = "",
    sha256: str = "",
    geladen_door: str = "",
    using: str = "default",
) -> Versie:
    """Keep these (code, label, synonyms) as a version that waits; it replaces one that was waiting already."""
    rows = list(entries)
    with transaction.atomic(using=using):
        _lock(lijst, using)
        Versie.objects.using(using).filter(lijst=lijst, status=Versiestatus.KLAARGEZET).delete()
        made = Versie.objects.using(using).create(
            lijst=lijst,
            versie=versie or timezone.localdate().isoformat(),
            bestandsnaam=bestandsnaam[:200],
            sha256=sha256,
            geladen_door=geladen_door[:150],
            aantal=len(rows),
        )
        Versiecode.objects.using(using).bulk_create(
            (_versiecode(made, *row) for row in rows), batch_size=_BATCH
        )
    return made


def _versiecode(versie: Versie, code: str, label: str, synoniemen: Iterable[str] = ()) -> Versiecode:
    return Versiecode(versie=versie, code=code, label=label, synoniemen="\n".join(synoniemen))


def replace(lijst: str, entries: Iterable[tuple[str, str]]) -> int:
    """Make these (code, label) pairs the whole list at once; the number of codes it then has.

    For demonstration and tests: a real list is prepared, looked at and then put in force. Doing it again
    with the same pairs changes nothing.
    """
    rows: dict[str, Any] = dict(entries)
    with transaction.atomic():
        current = dict(Code.objects.filter(lijst=lijst).geldig().values_list("code", "label"))
        if rows != current:
            prepare(lijst, rows.items(), bestandsnaam="ingebouwd", geladen_door="portaal").put_in_force()
    return len(rows)
