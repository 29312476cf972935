"""Lists the acts of the audit log.

A new act is a line here and a name in docs/beheer/privacy-en-beveiliging.md.
"""

from django.db.models import TextChoices


class Handeling(TextChoices):
    """An act in the audit log: its stored value and its name on screen."""

    GEMEENTE_TOEGELATEN = "gemeente_toegelaten", "Gemeente toegelaten tot de uitwisseling"
    GEMEENTE_OPGESCHORT = "gemeente_opgeschort", "Deelname van de gemeente opgeschort"
    GEMEENTE_HERVAT = "gemeente_hervat", "Deelname van de gemeente hervat"
    DATASLEUTEL_VERNIEUWD = "datasleutel_vernieuwd", "Datasleutel van de gemeente vernieuwd"
    LEVERING_ONTVANGEN = "levering_ontvangen", "Bestand aangeleverd"
    KOLOMMEN_GEKOZEN = "kolommen_gekozen", "Kolommen van een levering gekozen"
    LEVERING_OPNIEUW = "levering_opnieuw", "Levering opnieuw laten omzetten"
    LEVERING_GEPUBLICEERD = "levering_gepubliceerd", "Levering gepubliceerd"
    LEVERING_TERUGGEDRAAID = "levering_teruggedraaid", "Publicatie teruggedraaid"
    LEVERING_INGETROKKEN = "levering_ingetrokken", "Levering ingetrokken"
    LEVERING_VERVALLEN = "levering_vervallen", "Levering vervallen omdat ze niet op tijd is gepubliceerd"
    OPMERKINGEN_GEDOWNLOAD = "opmerkingen_gedownload", "Bestand met opmerkingen gedownload"
    KOPPELING_OPGESLAGEN = "koppeling_opgeslagen", "Koppeling bewaard"
    KOPPELING_TERUGGEHAALD = "koppeling_teruggehaald", "Koppeling weer in gebruik genomen"
    KOPPELING_HERNOEMD = "koppeling_hernoemd", "Koppeling hernoemd"
    KOPPELING_GEARCHIVEERD = "koppeling_gearchiveerd", "Koppeling weggelegd"
    WAARDEN_GEKOPPELD = "waarden_gekoppeld", "Waarden gekoppeld"
    WAARDEN_INGELEZEN = "waarden_ingelezen", "Waarden uit een bestand ingelezen"
    WAARDEKOPPELING_VERWIJDERD = "waardekoppeling_verwijderd", "Koppeling van een waarde verwijderd"
    WAARDEN_VOORGEDRAGEN = "waarden_voorgedragen", "Waarden voorgedragen voor het hele land"
    LANDELIJKE_WAARDEN_OVERGENOMEN = "landelijke_waarden_overgenomen", "Landelijke waarden overgenomen"
    LANDELIJKE_WAARDE_VASTGESTELD = "landelijke_waarde_vastgesteld", "Landelijke waarde vastgesteld"
    LANDELIJKE_WAARDE_AFGEWEZEN = "landelijke_waarde_afgewezen", "Landelijke waarde afgewezen"
    LANDELIJKE_WAARDE_INGETROKKEN = "landelijke_waarde_ingetrokken", "Landelijke waarde ingetrokken"
    LEGE_WAARDEN_GEWIJZIGD = "lege_waarden_gewijzigd", "Woorden voor 'niets ingevuld' gewijzigd"
    RECORDS_GEDOWNLOAD = "records_gedownload", "Gepubliceerde gegevens gedownload"
    RECORDS_INGETROKKEN = "records_ingetrokken", "Gepubliceerde gegevens ingetrokken"
    RECORDS_VERLOPEN = "records_verlopen", "Gepubliceerde gegevens gewist omdat hun tijd voorbij is"
    SLEUTEL_GEMAAKT = "sleutel_gemaakt", "Aanleversleutel gemaakt"
    SLEUTEL_INGETROKKEN = "sleutel_ingetrokken", "Aanleversleutel ingetrokken"
    ZOEKVRAAG_GESTELD = "zoekvraag_gesteld", "Zoekvraag gesteld"
    ZOEKVRAGEN_GEWIST = "zoekvragen_gewist", "Zoekvragen gewist omdat hun tijd voorbij is"
    DETAIL_OPGEVRAAGD = "detail_opgevraagd", "Detail opgevraagd"
    DETAIL_NIET_GELEVERD = "detail_niet_geleverd", "Opgevraagd detail niet gekregen"
