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
        from uploads.intake import raw_context
        from uploads.processing import concept_context, unknown_context

        keys.register("uploads.Bronbestand", inhoud=lambda row: raw_context(row.levering_id))
        keys.register(
            "uploads.Conceptdeel", inhoud=lambda row: concept_context(row.levering_id, row.volgnummer)
        )
        keys.register("uploads.Levering", onbekende_waarden=lambda row: unknown_context(row.pk))
