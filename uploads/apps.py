"""App of the uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Turns a spreadsheet into published profiles."""

    name = "uploads"
    label = "uploads"
    verbose_name = "leveringen"

    def ready(self) -> None:
        """Registers the encrypted columns, each with the context under which it is encrypted."""
        from um_portal.tenants import keys
        from uploads.controle import opmerkingen
        from uploads.koppelingen import klad, saved
        from uploads.leveringen import voorproef
        from uploads.leveringen.intake import raw_context
        from uploads.omzetten.processing import unknown_context

        keys.register("uploads.Bronbestand", inhoud=lambda row: raw_context(row.levering_id))
        keys.register(
            "uploads.Levering",
            onbekende_waarden=lambda row: unknown_context(row.pk),
            regels=lambda row: saved.regels_context(row.pk),
        )
        keys.register("uploads.Opmerkingenbestand", inhoud=lambda row: opmerkingen.context(row.levering_id))
        keys.register("uploads.Kolomklad", inhoud=lambda row: klad.context(row.levering_id, row.gebruiker_id))
        keys.register("uploads.Voorproef", inhoud=lambda row: voorproef.context(row.levering_id))
        keys.register(
            "uploads.Koppelingversie",
            regels=lambda row: saved.versie_context(row.koppeling_id, row.nummer),
        )
