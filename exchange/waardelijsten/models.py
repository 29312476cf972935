"""Value lists that others maintain, such as the occupations of CompetentNL.

The standard knows the shape of these codes only; a list gives them their Dutch labels. The portal works
without: a code is then shown as it is.
"""

from collections.abc import Iterable

from django.db import models


class Code(models.Model):
    """One code of one list, for example an occupation. Public, the same for every municipality."""

    lijst = models.CharField(max_length=40)
    code = models.CharField(max_length=200)
    label = models.CharField(max_length=300)

    class Meta:
        verbose_name = "code"
        verbose_name_plural = "codes"
        ordering = ["label"]
        constraints = [models.UniqueConstraint(fields=["lijst", "code"], name="code_uniek")]

    def __str__(self) -> str:
        return self.label


BEROEPEN = "beroepen"
COMPETENTIES = "competenties"


def labels(lijst: str, codes: Iterable[str]) -> dict[str, str]:
    """The labels of those of these codes that the list has, in one query."""
    return dict(Code.objects.filter(lijst=lijst, code__in=list(codes)).values_list("code", "label"))


def replace(lijst: str, entries: Iterable[tuple[str, str]]) -> int:
    """Make these (code, label) pairs the whole list; the number of codes it then has."""
    rows = [Code(lijst=lijst, code=code, label=label) for code, label in entries]
    Code.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["label"], unique_fields=["lijst", "code"]
    )
    Code.objects.filter(lijst=lijst).exclude(code__in=[row.code for row in rows]).delete()
    return len(rows)
