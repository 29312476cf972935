"""App of the uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """From a spreadsheet to published profiles."""

    name = "uploads"
    label = "uploads"
    verbose_name = "leveringen"

    def ready(self) -> None:
        """Tell what is encrypted, and as what."""
        from um_portal.tenants import keys
        from uploads import koppelingen, opmerkingen, voorproef
        from uploads.intake import raw_context
        from uploads.processing import unknown_context

        keys.register("uploads.Bronbestand", inhoud=lambda row: raw_context(row.levering_id))
        keys.register(
            "uploads.Levering",
            onbekende_waarden=lambda row: unknown_context(row.pk),
            regels=lambda row: koppelingen.regels_context(row.pk),
        )
        keys.register("uploads.Opmerkingenbestand", inhoud=lambda row: opmerkingen.context(row.levering_id))
        keys.register("uploads.Voorproef", inhoud=lambda row: voorproef.context(row.levering_id))
        keys.register(
            "uploads.Koppelingversie",
            regels=lambda row: koppelingen.versie_context(row.koppeling_id, row.nummer),
        )
