"""Runs `manage.py verify_audit`: tells whether every line of the audit log is still as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from um_portal.audit.koppen import KoppenOnleesbaar, read_all
from um_portal.audit.verify import GeenEigenaar, verify


class Command(BaseCommand):
    """Verifies all chains, as the owner of the tables, with the heads that were kept outside the database."""

    help = "Controleert het logboek van handelingen: iedere keten, en de koppen die buiten de database staan."

    def handle(self, *args: Any, **options: Any) -> None:
        """Names every line that is wrong. Raises CommandError when there is one."""
        try:
            # Before the chains: those may grow meanwhile, and the heads must not be ahead of them.
            heads = list(read_all())
        except KoppenOnleesbaar as problem:
            raise CommandError(f"Een bestand met koppen is onleesbaar: {problem}.") from None
        try:
            found = verify(heads)
        except GeenEigenaar:
            raise CommandError(
                "Deze login ziet niet alle regels. Geef in DATABASE_EIGENAAR_URL de login van de eigenaar."
            ) from None
        for one in found.afwijkingen:
            self.stdout.write(one.melding)
        seen = f"{found.regels} regels in {found.ketens} ketens, {len(heads)} koppen van buiten de database"
        if found.afwijkingen:
            raise CommandError(f"Het logboek klopt niet: {len(found.afwijkingen)} afwijkingen ({seen}).")
        self.stdout.write(f"Het logboek klopt: {seen}.")
