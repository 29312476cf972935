"""Lists the acts of the audit log.

A new act is a line here and a name in docs/beheer/privacy-en-beveiliging.md.
"""

from django.db.models import TextChoices


class Handeling(TextChoices):
    """An act in the audit log: its stored value and its name on screen."""

    GEMEENTE_INGESCHREVEN = "gemeente_ingeschreven", "Gemeente ingeschreven"
    VOORWAARDE_VASTGELEGD = "voorwaarde_vastgelegd", "Voorwaarde voor deelname vastgelegd"
    VOORWAARDE_INGETROKKEN = "voorwaarde_ingetrokken", "Voorwaarde voor deelname ingetrokken"
    GEMEENTE_TOEGELATEN = "gemeente_toegelaten", "Gemeente toegelaten tot de uitwisseling"
    GEMEENTE_OPGESCHORT = "gemeente_opgeschort", "Deelname van de gemeente opgeschort"
    GEMEENTE_HERVAT = "gemeente_hervat", "Deelname van de gemeente hervat"
    GEMEENTE_GEWIJZIGD = "gemeente_gewijzigd", "Naam of deelname van de gemeente gewijzigd"
    INSTELLINGEN_GEWIJZIGD = "instellingen_gewijzigd", "Instellingen van de gemeente gewijzigd"
    VERTREK_AANGEKONDIGD = "vertrek_aangekondigd", "Vertrek van de gemeente aangekondigd"
    VERTREK_AFGEBLAZEN = "vertrek_afgeblazen", "Vertrek van de gemeente gaat niet door"
    GEMEENTE_VERTROKKEN = "gemeente_vertrokken", "Vertrek van de gemeente bevestigd"
    GEMEENTE_GEWIST = "gemeente_gewist", "Gegevens van de gemeente gewist"
    GEBRUIKER_GEWIST = "gebruiker_gewist", "Gebruiker gewist"
    DATASLEUTEL_VERNIEUWD = "datasleutel_vernieuwd", "Datasleutel van de gemeente vernieuwd"
    LEVERING_ONTVANGEN = "levering_ontvangen", "Bestand aangeleverd"
    KOLOMMEN_GEKOZEN = "kolommen_gekozen", "Kolommen van een levering gekozen"
    LEVERING_OPNIEUW = "levering_opnieuw", "Levering opnieuw laten omzetten"
    LEVERING_GEPUBLICEERD = "levering_gepubliceerd", "Levering gepubliceerd"
    LEVERING_TERUGGEDRAAID = "levering_teruggedraaid", "Publicatie teruggedraaid"
    LEVERING_INGETROKKEN = "levering_ingetrokken", "Levering weggegooid"
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
    INTREKKING_BEVESTIGD = (
        "intrekking_bevestigd",
        "Ingetrokken gegevens in een later bestand: blijven ingetrokken",
    )
    INTREKKING_OPGEHEVEN = "intrekking_opgeheven", "Ingetrokken gegevens in een later bestand: mogen weer mee"
    RECORDS_VERLOPEN = "records_verlopen", "Gepubliceerde gegevens gewist omdat hun tijd voorbij is"
    SLEUTEL_GEMAAKT = "sleutel_gemaakt", "Aanleversleutel gemaakt"
    SLEUTEL_INGETROKKEN = "sleutel_ingetrokken", "Aanleversleutel ingetrokken"
    ZOEKVRAAG_GESTELD = "zoekvraag_gesteld", "Zoekvraag gesteld"
    ZOEKVRAAG_HERHAALD = "zoekvraag_herhaald", "Zoekvraag vanzelf gesteld, als wekelijkse herhaling"
    ZOEKVRAAG_HERHALING_AAN = "zoekvraag_herhaling_aan", "Wekelijkse herhaling van een zoekvraag aangezet"
    ZOEKVRAAG_HERHALING_UIT = "zoekvraag_herhaling_uit", "Wekelijkse herhaling van een zoekvraag gestopt"
    ZOEKVRAGEN_GEWIST = "zoekvragen_gewist", "Zoekvragen gewist omdat hun tijd voorbij is"
    ZOEKVRAAG_BEANTWOORD = "zoekvraag_beantwoord", "Zoekvraag beantwoord"
    ZOEKVRAAG_GEWIST = "zoekvraag_gewist", "Zoekvraag door de vrager gewist"
    ZOEKVRAAG_GEDEELD = "zoekvraag_gedeeld", "Zoekvraag met collega's gedeeld, of niet meer"
    ZOEKVRAAG_OVERGEDRAGEN = "zoekvraag_overgedragen", "Zoekvraag aan een collega overgedragen"
    ZOEKVRAAG_VERLENGD = "zoekvraag_verlengd", "Zoekvraag langer bewaard"
    DETAIL_GEVRAAGD = "detail_gevraagd", "Detail gevraagd"
    CONTACTMOMENTEN_GEVRAAGD = "contactmomenten_gevraagd", "Werkgeverscontactmomenten gevraagd"
    CONTACTMOMENTEN_OPGEVRAAGD = "contactmomenten_opgevraagd", "Werkgeverscontactmomenten opgevraagd"
    RESULTATEN_GEDOWNLOAD = "resultaten_gedownload", "Resultaten van een zoekvraag gedownload"
    SIGNAAL_GEMELD = "signaal_gemeld", "Gemeld dat een gegeven niet klopt"
    SIGNAAL_VERWERKT = "signaal_verwerkt", "Stand van zo'n melding gewijzigd"
    DAGLIMIET_BEREIKT = "daglimiet_bereikt", "Meer gevraagd dan op een dag mag"
    COLLEGA_UITGENODIGD = "collega_uitgenodigd", "Collega uitgenodigd"
    UITNODIGING_INGETROKKEN = "uitnodiging_ingetrokken", "Uitnodiging ingetrokken of afgewezen"
    COLLEGA_TOEGETREDEN = "collega_toegetreden", "Uitnodiging aangenomen"
    ROL_VOORGESTELD = "rol_voorgesteld", "Functioneel beheerder voorgesteld"
    ROL_BEVESTIGD = "rol_bevestigd", "Voorstel voor een functioneel beheerder bevestigd"
    ROL_AFGEWEZEN = "rol_afgewezen", "Voorstel voor een functioneel beheerder afgewezen of ingetrokken"
    ROL_GEWIJZIGD = "rol_gewijzigd", "Rol van een collega gewijzigd"
    COLLEGA_VERWIJDERD = "collega_verwijderd", "Collega verwijderd"
    TOEGANG_GETOETST = "toegang_getoetst", "Nagegaan wie toegang heeft"
    HERSTEL_GEVRAAGD = "herstel_gevraagd", "Herstel van een tweede factor gevraagd"
    HERSTEL_GOEDGEKEURD = "herstel_goedgekeurd", "Herstel van een tweede factor goedgekeurd"
    HERSTEL_GESTOPT = "herstel_gestopt", "Herstel van een tweede factor gestopt"
    HERSTEL_GEBRUIKT = "herstel_gebruikt", "Tweede factor verwijderd na herstel"
    GEBRUIKER_GEBLOKKEERD = "gebruiker_geblokkeerd", "Gebruiker geblokkeerd"
    GEBRUIKER_GEDEBLOKKEERD = "gebruiker_gedeblokkeerd", "Gebruiker gedeblokkeerd"
    GEBRUIKER_GEZOCHT = "gebruiker_gezocht", "Gebruiker gezocht door VNG-support"
    SUPPORT_VOORGESTELD = "support_voorgesteld", "Beslissende medewerker van VNG-support voorgesteld"
    SUPPORT_AFGEWEZEN = "support_afgewezen", "Voorstel voor VNG-support afgewezen of ingetrokken"
    SUPPORT_GEWIJZIGD = "support_gewijzigd", "Rol bij VNG-support gegeven, gewijzigd of weggehaald"
    PLANNING_GESTART = "planning_gestart", "Deel van de planning meteen gestart"
    MEDEDELING_GEPLAATST = "mededeling_geplaatst", "Mededeling voor iedereen geplaatst"
    MEDEDELING_BEEINDIGD = "mededeling_beeindigd", "Mededeling voor iedereen beëindigd"
    DETAIL_OPGEVRAAGD = "detail_opgevraagd", "Detail opgevraagd"
    BRON_BEVRAAGD = "bron_bevraagd", "Bron bevraagd"
    INGELOGD = "ingelogd", "Ingelogd"
    INLOGGEN_MISLUKT = "inloggen_mislukt", "Inloggen mislukt"
    UITGELOGD = "uitgelogd", "Uitgelogd"
    TWEEDE_FACTOR_TOEGEVOEGD = "tweede_factor_toegevoegd", "Tweede factor toegevoegd"
    TWEEDE_FACTOR_VERWIJDERD = "tweede_factor_verwijderd", "Tweede factor verwijderd"
    HERSTELCODES_VERNIEUWD = "herstelcodes_vernieuwd", "Herstelcodes vernieuwd"
    WACHTWOORD_GEWIJZIGD = "wachtwoord_gewijzigd", "Wachtwoord gewijzigd"
    SESSIES_BEEINDIGD = "sessies_beeindigd", "Sessies beëindigd"
    UITNODIGING_VERSTUURD = "uitnodiging_verstuurd", "Uitnodiging verstuurd"
    UITNODIGING_AANGENOMEN = "uitnodiging_aangenomen", "Uitnodiging aangenomen"
    INLOGDIENST_GEWIJZIGD = "inlogdienst_gewijzigd", "Inloggen via de gemeente gewijzigd"
    IDENTITEIT_GEKOPPELD = "identiteit_gekoppeld", "Account gekoppeld aan de inlogdienst van de gemeente"
    AFGEMELD_BIJ_GEMEENTE = (
        "afgemeld_bij_gemeente",
        "Uitgelogd doordat de inlogdienst van de gemeente dat meldde",
    )
    LOGBOEK_GEDOWNLOAD = "logboek_gedownload", "Logboek gedownload"
    WISSING_HERHAALD = "wissing_herhaald", "Wissing opnieuw uitgevoerd na het terugzetten van een back-up"
    LOGBOEK_OPGERUIMD = "logboek_opgeruimd", "Regels van het logboek gewist omdat hun tijd voorbij is"


class Verwerking(TextChoices):
    """The processing activities that the portal does with data of people, for the standard Logboek Dataverwerkingen.

    The value is a reference to a register; a municipality's own register says the rest.
    """

    ZOEKEN = "urn:um-portaal:verwerking:zoeken", "Zoeken in heel Nederland en details opvragen"
    BRON = "urn:um-portaal:verwerking:bron", "Zoekvragen van anderen beantwoorden"
    AANLEVEREN = "urn:um-portaal:verwerking:aanleveren", "Bestanden omzetten, publiceren en intrekken"
    BEHEER = "urn:um-portaal:verwerking:beheer", "Toegang, instellingen en toezicht"

    @classmethod
    def of(cls, handeling: str) -> "Verwerking":
        """Gives the activity that an act belongs to, by the thing that its name begins with."""
        return _VERWERKING.get(handeling.partition("_")[0], cls.BEHEER)


_VERWERKING = {
    "zoekvraag": Verwerking.ZOEKEN,
    "zoekvragen": Verwerking.ZOEKEN,
    "detail": Verwerking.ZOEKEN,
    "contactmomenten": Verwerking.ZOEKEN,
    "resultaten": Verwerking.ZOEKEN,
    "signaal": Verwerking.ZOEKEN,
    "daglimiet": Verwerking.ZOEKEN,
    "bron": Verwerking.BRON,
    "levering": Verwerking.AANLEVEREN,
    "records": Verwerking.AANLEVEREN,
    "intrekking": Verwerking.AANLEVEREN,
    "opmerkingen": Verwerking.AANLEVEREN,
}
