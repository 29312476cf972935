"""Lists the names that municipalities' systems give to columns, for each attribute of the standard.

Only names that people and programs give to columns are here; the attributes themselves come from
`exchange.standard`. The keys are its paths, without the group `arbeidsmarktkwalificatie.` that vacancies
lack, so that one line serves both kinds. Write names in the singular, in small letters and without signs:
`suggest` handles spelling, abbreviations, order and filler words.
"""

from collections.abc import Mapping
from typing import Final

from exchange.standard import Soort

# The person who speaks for the municipality; with "email" or "telefoon" next to
# it, a way to reach that person.
ROLLEN: Final = (
    "contactpersoon", "klantmanager", "consulent", "werkconsulent", "casemanager", "casusregisseur", "jobcoach",
    "jobhunter", "werkcoach", "accountmanager", "regisseur", "medewerker", "behandelaar", "begeleider",
    "trajectbegeleider", "bemiddelaar", "adviseur", "adviseur werk", "loopbaancoach", "recruiter", "intercedent",
    "werkmakelaar", "talentcoach", "klantregisseur", "participatiecoach", "arbeidsbemiddelaar",
    "matchmaker", "coach", "werkgeversadviseur", "bedrijfscontactfunctionaris", "aanspreekpunt", "contact",
)  # fmt: skip
# The part of the municipality that such a person works for; it comes after the name.
ORGANISATIES: Final = (
    "organisatie", "organisatie naam", "afdeling", "team", "dienst", "werkplein", "kantoor", "vestiging",
    "uitvoeringsorganisatie", "werkgeversservicepunt", "wsp", "sociale dienst", "contactpersoon organisatie",
)  # fmt: skip

GEDEELD: Final[Mapping[str, tuple[str, ...]]] = {
    "contractvorm[].codeTypeArbeidscontract": (
        "contract", "contractvorm", "soort contract", "type contract", "contracttype", "contractsoort",
        "dienstverband", "soort dienstverband", "type dienstverband", "arbeidscontract", "vast of tijdelijk",
        "tijdelijk vast", "vorm dienstverband", "aard dienstverband", "bepaalde onbepaalde tijd",
    ),
    "contractvorm[].codeTypeOvereenkomst": (
        "type overeenkomst", "soort overeenkomst", "soort werk", "soort baan", "soort vacature", "type vacature",
        "vacaturetype", "type werk", "type baan", "soort plaatsing", "soort plek", "werksoort",
    ),
    "werktijden.aantalWerkurenPerWeekMinimaal": (
        "uren minimaal", "minimaal aantal uren", "minimaal uren per week", "uren per week minimaal",
        "uren vanaf", "uren van", "ondergrens uren", "minimaal beschikbaar", "minimumuren",
        "beschikbare uren minimaal", "werkuren minimaal", "uren per dag minimaal", "uren per maand minimaal",
        "minimaal aantal uren per week", "gewenste uren minimaal",
    ),
    "werktijden.aantalWerkurenPerWeekMaximaal": (
        "uren", "aantal uren", "uren per week", "aantal uren per week", "uren week", "beschikbare uren",
        "beschikbare uren per week", "uren maximaal", "maximaal aantal uren", "maximaal uren per week",
        "uren per week maximaal", "uren tot", "aantal uren beschikbaar", "beschikbaarheid uren", "werkuren",
        "werkuren per week", "omvang dienstverband", "omvang in uren", "belastbaarheid in uren", "belastbaar uren",
        "inzetbaar uren", "inzetbare uren", "contracturen", "gewenste uren", "gewenst aantal uren", "urenomvang",
        "uren beschikbaar", "arbeidsduur", "uren per dag", "aantal uren per dag", "uren per maand",
        "aantal uren per maand", "urenbelasting", "maximale uren", "beschikbaar uren", "bovengrens uren",
        "maximaal beschikbaar", "arbeidsomvang", "uren inzetbaar per week", "werkweek", "urental", "urenaantal",
    ),
    "werktijden.indicatieKantoortijden": (
        "kantoortijden", "kantooruren", "alleen kantooruren", "dagdienst", "overdag", "binnen kantoortijden",
        "werken tijdens kantooruren",
    ),
    "flexibiliteit.datumAanvangBeschikbaarVoorWerk": (
        "beschikbaar vanaf", "beschikbaar per", "datum beschikbaar", "datum beschikbaarheid",
        "beschikbaarheidsdatum", "per wanneer beschikbaar", "ingangsdatum beschikbaarheid",
        "startdatum beschikbaarheid", "start beschikbaarheid", "beschikbaar met ingang van", "inzetbaar vanaf",
        "inzetbaar per", "direct beschikbaar vanaf", "kan beginnen op", "startdatum werk", "vroegste startdatum",
        "bemiddelbaar vanaf", "beschikbaarheid",
    ),
    "flexibiliteit.datumEindeBeschikbaarVoorWerk": (
        "beschikbaar tot", "beschikbaar tm", "einde beschikbaarheid", "einddatum beschikbaarheid",
        "inzetbaar tot", "bemiddelbaar tot", "datum einde beschikbaarheid",
    ),
    "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": (
        "ploegendienst", "onregelmatige dienst", "onregelmatige diensten", "onregelmatig werk", "wisseldienst",
        "wisselende diensten", "ploegen", "onregelmatig", "avond en weekend", "avond weekend", "weekendwerk",
        "onregelmatige werktijden", "ploegendienst mogelijk", "bereid tot ploegendienst", "wisselende werktijden",
    ),
    "vervoermiddel[].codeVervoermiddel": (
        "vervoer", "vervoermiddel", "vervoersmiddel", "vervoermiddelen", "eigen vervoer", "vervoersmiddelen",
        "beschikbaar vervoer", "soort vervoer", "vervoersmogelijkheden", "vervoersmogelijkheid", "reist met",
        "type vervoer", "mobiliteit", "beschikt over vervoer", "reizen met",
    ),
    "vervoermiddel[].indicatieBeschikbaarVoorWoonWerkverkeer": (
        "vervoer woon werk", "vervoer voor woon werkverkeer", "woon werkverkeer", "vervoer naar werk",
    ),
    "vervoermiddel[].indicatieBeschikbaarVoorUitvoeringWerk": (
        "vervoer tijdens werk", "vervoer voor werk", "vervoer voor uitvoering werk", "auto tijdens werk",
    ),
    "opleiding[].codeNiveauOpleiding": (
        "opleidingsniveau", "niveau opleiding", "opleiding", "opleidingen", "hoogste opleiding",
        "hoogst genoten opleiding", "hoogst behaalde opleiding", "hoogste opleidingsniveau", "onderwijsniveau",
        "hoogst voltooide opleiding", "hoogst afgeronde opleiding", "niveau hoogste opleiding", "vooropleiding",
        "opleiding niveau", "scholingsniveau", "niveau onderwijs", "gevraagde opleiding", "gewenste opleiding",
        "gevraagd opleidingsniveau", "vereist opleidingsniveau", "scholing", "opleidings niveau",
        "vereiste opleiding", "minimaal opleidingsniveau", "hoogst gevolgde opleiding",
    ),
    "opleiding[].codeOpleidingsnaam": (
        "opleidingscode", "code opleiding", "opleidingsnummer", "suwi opleidingscode", "code opleidingsnaam",
        "isat code",
    ),
    "opleiding[].toelichtingOpleiding": (
        "opleidingsrichting", "naam opleiding", "opleidingsnaam", "studierichting", "omschrijving opleiding",
        "opleiding omschrijving", "opleiding richting", "studie", "toelichting opleiding", "gevolgde opleiding",
        "richting opleiding", "naam hoogste opleiding", "opleidingstitel", "opleidingsomschrijving", "richting",
        "opleidingsgegevens", "gevolgde opleidingen",
    ),
    "opleiding[].indicatieDiploma": (
        "diploma", "diploma behaald", "diploma gehaald", "opleiding afgerond", "opleiding voltooid",
        "gediplomeerd", "diploma in bezit", "opleiding diploma", "diploma vereist", "diploma verplicht", "afgerond",
    ),
    "opleiding[].codeStatusOpleiding": ("status opleiding", "opleidingsstatus", "opleiding status"),
    "opleiding[].datumAanvangVolgenOpleiding": (
        "startdatum opleiding", "begindatum opleiding", "opleiding van", "opleiding vanaf", "begin opleiding",
        "opleiding start", "datum aanvang opleiding",
    ),
    "opleiding[].datumEindeVolgenOpleiding": (
        "einddatum opleiding", "opleiding tot", "einde opleiding", "opleiding einde", "datum einde opleiding",
        "opleiding tm",
    ),
    "opleiding[].datumDiploma": (
        "datum diploma", "diplomadatum", "diploma behaald op", "datum diploma behaald", "opleiding behaald op",
    ),
    "opleiding[].naamOpleidingsinstituut": (
        "school", "opleidingsinstituut", "onderwijsinstelling", "naam school", "opleider", "naam opleider",
        "opleidingsinstelling", "instituut opleiding", "onderwijsinstituut",
    ),
    "cursus[].naamCursus": (
        "cursus", "cursussen", "training", "trainingen", "naam cursus", "cursusnaam", "certificaat",
        "certificaten", "naam training", "behaalde certificaten", "gevolgde cursussen", "cursus certificaat",
        "vereiste certificaten", "overige cursussen",
    ),
    "cursus[].toelichtingCursus": ("toelichting cursus", "omschrijving cursus", "cursus omschrijving"),
    "cursus[].indicatieCertificaat": (
        "certificaat behaald", "cursus behaald", "cursus afgerond", "certificaat gehaald", "certificaat in bezit",
    ),
    "cursus[].datumAanvangVolgenCursus": ("startdatum cursus", "begindatum cursus", "cursus van", "begin cursus"),
    "cursus[].datumEindeVolgenCursus": ("einddatum cursus", "cursus tot", "einde cursus"),
    "cursus[].datumCertificaat": ("datum certificaat", "certificaatdatum", "datum cursus behaald"),
    "cursus[].naamOpleidingsinstituut": ("cursusinstituut", "instituut cursus", "aanbieder cursus"),
    "competentiebeheersing[].codeCompetentie": (
        "competentie", "competenties", "vaardigheid", "vaardigheden", "kwaliteiten", "skills", "skill",
        "sterke punten", "soft skills", "gevraagde competenties", "gevraagde vaardigheden", "kerncompetenties",
        "werknemersvaardigheden", "kwaliteit",
    ),
    "taalbeheersing[].codeTaal": (
        "taal", "talen", "moedertaal", "spreekt", "spreektaal", "beheerste talen", "talenkennis", "taalkennis",
        "naam taal", "overige talen", "gesproken talen", "voertaal", "taalcode", "gevraagde taal",
    ),
    "taalbeheersing[].codeNiveauTaalbeheersingMondeling": (
        "mondeling", "spreken", "spreekvaardigheid", "taalniveau", "taalniveau mondeling", "niveau mondeling",
        "taalbeheersing", "niveau taal", "taal niveau", "spreekniveau", "taal mondeling", "taal spreken",
        "taalniveau spreken", "taalvaardigheid", "niveau spreken",
    ),
    "taalbeheersing[].codeNiveauTaalbeheersingSchriftelijk": (
        "schriftelijk", "schrijven", "schrijfvaardigheid", "taalniveau schriftelijk", "niveau schriftelijk",
        "schrijfniveau", "taal schriftelijk", "taal schrijven", "niveau schrijven", "taalniveau schrijven",
    ),
    "taalbeheersing[].codeNiveauTaalbeheersingLezen": (
        "lezen", "leesvaardigheid", "niveau lezen", "leesniveau", "taal lezen", "taalniveau lezen",
    ),
    "taalbeheersing[].codeNiveauTaalbeheersingLuisteren": (
        "luisteren", "luistervaardigheid", "verstaan", "niveau luisteren", "taal luisteren", "taalniveau luisteren",
        "luisterniveau", "taal verstaan",
    ),
    "rijbewijs[].codeSoortRijbewijs": (
        "rijbewijs", "rijbewijzen", "rijbewijs categorie", "rijbewijscategorie", "soort rijbewijs",
        "type rijbewijs", "rijbevoegdheid", "rijbewijstype", "rijbewijs soort", "in bezit van rijbewijs",
        "vereist rijbewijs", "rijbewijs vereist", "rijvaardigheidsbewijs",
    ),
}  # fmt: skip

PER_SOORT: Final[Mapping[Soort, Mapping[str, tuple[str, ...]]]] = {
    Soort.WERKZOEKENDEN: {
        "idWerkzoekende": (
            "klantnummer", "clientnummer", "persoonsnummer", "kandidaatnummer", "registratienummer",
            "dossiernummer", "administratienummer", "relatienummer", "werkzoekendenummer", "werkzoekende nummer",
            "wz nummer", "id wz", "persoonid", "clientid", "klantid", "kandidaatid", "deelnemernummer",
            "deelnemerid", "uniek nummer", "nummer", "id", "intern nummer", "inschrijfnummer",
            "inschrijvingsnummer", "referentie", "referentienummer", "profielnummer", "profielid", "kenmerk",
            "dossier", "clientcode", "klantcode", "subjectnummer", "anummer", "key", "guid", "uuid", "crm id",
            "systeemnummer", "volgnummer", "sleutel", "uniek kenmerk", "unieke sleutel", "eigen nummer",
        ),
        "mobiliteit.bemiddelingspostcode": (
            "postcode", "pc", "pc6", "postcode woonadres", "postcode verblijfadres", "zoekpostcode", "woonpostcode",
            "postcode wonen", "postkode", "zipcode", "postcode huisadres", "postcode woonplaats", "postcode adres",
            "bemiddelingspostcode", "vertrekpostcode", "postcode thuis", "postcodes",
        ),
        "mobiliteit.maximaleReisafstand": (
            "reisafstand", "maximale reisafstand", "maximale afstand", "maximaal afstand", "afstand km",
            "reisbereidheid km", "straal", "zoekstraal", "straal km", "maximaal km", "km maximaal", "actieradius",
            "reisafstand km", "afstand woon werk", "maximale afstand woon werk", "reisbereidheid",
            "maximaal kilometers", "reisafstand kilometer", "bereid te reizen km", "zoekgebied km", "afstand",
            "maximaal aantal km", "maximaal aantal kilometers", "maximale woon werkafstand",
        ),
        "mobiliteit.maximaleReistijd": (
            "reistijd", "maximale reistijd", "reistijd minuten", "reisduur", "maximale reistijd minuten",
            "reistijd enkele reis", "maximaal reizen minuten", "maximale reisduur", "reistijd woon werk",
            "reisbereidheid minuten",
        ),
        "bemiddelingsberoep[].codeBeroepsnaam": (
            "beroep", "gewenst beroep", "gewenste beroepen", "beroepswens", "functie", "gewenste functie",
            "gewenste functies", "zoekberoep", "bemiddelingsberoep", "beroepscode", "doelberoep", "beroepen",
            "voorkeursberoep", "functiewens", "wensberoep", "uitstroomberoep", "plaatsingsberoep",
            "beoogd beroep", "matchberoep", "beroepsnaam", "zoekt werk als", "gezochte functie", "gezocht beroep",
            "ambitie", "beroepswensen", "uitstroomprofiel beroep", "gewenst werk", "beroep voorkeur",
            "beroepsrichting", "functies", "zoekprofiel beroep", "beroep gezocht", "wens beroep",
        ),
        "sector[].codeSbi": (
            "sector", "branche", "bedrijfstak", "sbi", "beroepssector", "gewenste sector", "gewenste branche",
            "sectoren", "branches", "bedrijfssector", "voorkeur sector", "sbi sector", "sectorwens", "arbeidssector",
        ),
        "arbeidsmarktkwalificatie.codeWerkEnDenkniveauWerkzoekende": (
            "werk en denkniveau", "denkniveau", "werkniveau", "werk denkniveau", "functieniveau", "denk werkniveau",
            "wd niveau", "denk en werkniveau", "niveau", "wenk en denkniveau",
        ),
        "werkervaring[].beroep.codeBeroepsnaam": (
            "laatste beroep", "laatste functie", "vorige functie", "beroep werkervaring", "functie werkervaring",
            "eerdere functie", "laatst uitgeoefend beroep", "uitgeoefend beroep", "vorig beroep",
            "functie laatste werkgever", "werkervaring beroep", "werkervaring functie", "laatst uitgeoefende functie",
            "functie bij werkgever",
        ),
        "werkervaring[].datumAanvangWerkzaamheden": (
            "werkervaring van", "begindatum werkervaring", "startdatum werkervaring", "werkervaring vanaf",
            "in dienst", "datum in dienst", "startdatum dienstverband", "begindatum dienstverband",
            "werkervaring begin",
        ),
        "werkervaring[].datumEindeWerkzaamheden": (
            "werkervaring tot", "einddatum werkervaring", "uit dienst", "datum uit dienst",
            "einddatum dienstverband", "werkervaring einde", "einde werkervaring", "werkervaring tm",
        ),
        "werkervaring[].naamOrganisatie": (
            "laatste werkgever", "vorige werkgever", "werkgever", "naam werkgever", "bedrijf", "ex werkgever",
            "werkervaring werkgever", "werkervaring bedrijf", "vorige werkgevers", "oud werkgever",
        ),
        "werkervaring[].toelichtingWerkervaring": (
            "werkervaring", "arbeidsverleden", "toelichting werkervaring", "omschrijving werkervaring", "ervaring",
            "werkverleden", "arbeidservaring", "ervaringen", "omschrijving werkzaamheden", "relevante werkervaring",
        ),
        "interesse[].naamInteresse": (
            "interesse", "interesses", "hobby", "hobbys", "interessegebied", "interessegebieden", "belangstelling",
            "voorkeuren", "vrije tijd",
        ),
        "persoonlijkePresentatie": (
            "persoonlijke presentatie", "profieltekst", "motivatie", "over mij", "profielschets", "pitch",
            "presentatie", "persoonlijk profiel", "elevator pitch", "wie ben ik", "samenvatting cv",
            "korte presentatie", "persoonsprofiel", "voorsteltekst", "profielomschrijving", "cv tekst",
            "personal profile", "samenvatting", "omschrijving profiel",
        ),
        "indicatieLdrRegistratie": (
            "banenafspraak", "doelgroepregister", "ldr", "doelgroep banenafspraak", "dgr", "garantiebaan",
            "indicatie banenafspraak", "ldr registratie", "opgenomen in doelgroepregister",
            "registratie doelgroepregister", "landelijk doelgroepregister", "lkv banenafspraak", "wet banenafspraak",
            "doelgroepenregister", "indicatie doelgroepregister", "in doelgroepregister",
        ),
        "eisAanWerk.indicatieAanpassingWerkomgeving": (
            "aanpassing werkplek", "werkplekaanpassing", "aanpassing werkomgeving", "aangepaste werkplek",
            "werkplek aanpassing nodig",
        ),
        "eisAanWerk.indicatieBegeleiding": (
            "begeleiding", "begeleiding nodig", "begeleiding op werk", "begeleiding op werkplek",
            "jobcoaching nodig", "behoefte aan begeleiding",
        ),
        "eisAanWerk.indicatieWerkvariatie": ("werkvariatie", "afwisseling", "afwisseling in werk", "variatie in werk"),
        "emailadres[]": (
            "email", "emailadres", "mail", "mailadres", "email prive", "emailadres prive", "persoonlijk emailadres",
            "email persoonlijk", "mail prive", "emailadressen", "email1",
        ),
        "telefoonnummer[]": (
            "telefoon", "telefoonnummer", "mobiel", "mobielnummer", "mobiele telefoon", "06", "06 nummer", "gsm",
            "telefoon prive", "telefoon vast", "vast nummer", "mobiel nummer", "telefoonnummer prive",
            "telefoon mobiel", "telefoonnummer mobiel", "telefoon thuis", "mobiele nummer", "telefoonnummers",
            "belnummer",
        ),
        "webadres[].url": (
            "website", "linkedin", "url", "webadres", "link cv", "url cv", "cv link", "linkedin profiel",
        ),
        "webadres[].codeWebadres": ("soort webadres", "type webadres"),
    },
    Soort.VACATURES: {
        "idVacature": (
            "vacatureid", "vacaturenummer", "vacaturecode", "id", "nummer", "referentie", "referentienummer",
            "vacature referentie", "kenmerk", "orderid", "ordernummer", "uniek nummer", "volgnummer", "vacaturekenmerk",
            "aanvraagnummer", "key", "guid", "uuid", "sleutel", "registratienummer", "opdrachtnummer",
        ),
        "nummerVacature": ("nummer van vacature in systeem", "uwv vacaturenummer", "werk nl nummer"),
        "naamVacature": (
            "functie", "functienaam", "titel", "vacaturetitel", "functietitel", "vacature", "naam vacature",
            "vacaturenaam", "functiebenaming", "naam functie", "naam", "titel functie", "gevraagde functie",
            "omschrijving functie kort", "functie titel",
        ),
        "omschrijvingVacature": (
            "omschrijving", "functieomschrijving", "vacaturetekst", "taakomschrijving", "beschrijving", "taken",
            "werkzaamheden", "functieinhoud", "vacatureomschrijving", "omschrijving functie", "functiebeschrijving",
            "wat ga je doen", "inhoud functie", "toelichting", "functie eisen", "functieeisen", "profielschets",
            "taken en verantwoordelijkheden", "omschrijving werkzaamheden", "vacaturebeschrijving", "tekst",
        ),
        "sluitingsdatumVacature": (
            "sluitingsdatum", "reageren tot", "einddatum vacature", "deadline", "uiterste reactiedatum",
            "vervaldatum", "geldig tot", "einddatum", "reageren voor", "sluiting", "publicatie tot",
            "uiterlijk reageren", "vacature sluit op", "einddatum publicatie", "einde reactietermijn", "looptijd tot",
        ),
        "beroep.codeBeroepsnaam": (
            "beroep", "beroepscode", "beroepsgroep", "beroepsnaam", "functiegroep", "gevraagd beroep",
            "competentnl beroep", "functiecategorie", "beroep code",
        ),
        "sector.codeSbi": (
            "sector", "branche", "bedrijfstak", "sbi", "sector vacature", "vakgebied", "sbi sector", "branche vacature",
        ),
        "werkgever.sector[].codeSbi": ("branche werkgever", "sector werkgever", "sbi werkgever", "sbi bedrijf"),
        "adres.postcode": (
            "postcode", "pc", "pc6", "postcode werkadres", "postcode werklocatie", "postcode werkplek",
            "postcode bedrijf", "postcode standplaats", "postkode", "postcode werkgever", "werkpostcode",
            "postcode vestiging", "postcode locatie", "postcode adres", "zipcode",
        ),
        "adres.straatnaam": (
            "straat", "straatnaam", "straat werkadres", "adres straat", "straat werklocatie", "straatnaam werkgever",
            "bezoekadres straat", "adres",
        ),
        "adres.huisnummer": ("huisnummer", "nummer huis", "huisnummer werkadres", "huisnummer werklocatie"),
        "adres.huisnummertoevoeging": (
            "huisnummertoevoeging", "toevoeging", "huisletter", "toevoeging huisnummer", "huisnummer toevoeging",
        ),
        "arbeidsVoorwaarden.datumAanvangWerkzaamheden": (
            "startdatum", "ingangsdatum", "per wanneer", "begindatum", "aanvang", "start werk", "startdatum werk",
            "datum aanvang", "beschikbaar per", "gewenste startdatum", "datum in dienst", "indiensttreding",
            "aanvangsdatum", "startdatum vacature",
        ),
        "arbeidsVoorwaarden.datumEindeWerkzaamheden": (
            "einddatum dienstverband", "einddatum contract", "einddatum werk", "einde dienstverband",
            "einde contract", "datum einde", "datum uit dienst",
        ),
        "arbeidsVoorwaarden.omschrijvingArbeidsvoorwaarden": (
            "arbeidsvoorwaarden", "wij bieden", "wat bieden wij", "aanbod", "secundaire arbeidsvoorwaarden",
            "omschrijving arbeidsvoorwaarden", "voorwaarden", "wat wij bieden", "het aanbod",
        ),
        "arbeidsVoorwaarden.salarisIndicatie": (
            "salaris", "loon", "salarisindicatie", "bruto salaris", "uurloon", "salaris van tot", "beloning",
            "salarisschaal", "bruto maandsalaris", "loonindicatie", "salaris omschrijving", "bruto loon", "cao",
            "salaris bruto", "salaris per maand", "salaris maximaal",
        ),
        "codeWerkEnDenkniveauMinimaal": (
            "werk en denkniveau", "denkniveau", "werk denkniveau", "niveau", "functieniveau", "gevraagd niveau",
            "minimaal niveau", "minimaal werk en denkniveau", "niveau functie", "gevraagd werk en denkniveau",
        ),
        "werkervaring[].aantalJarenWerkzaamInBeroep": (
            "jaren ervaring", "aantal jaar ervaring", "werkervaring", "ervaring in jaren", "gevraagde ervaring",
            "jaren werkervaring", "aantal jaren ervaring", "werkervaring jaren", "ervaring",
            "aantal jaren werkervaring",
            "vereiste ervaring", "ervaring jaren", "minimaal jaren ervaring",
        ),
        "sollicitatiewijze[].codeSollicitatiewijze": (
            "sollicitatiewijze", "wijze van solliciteren", "solliciteren via", "reageren via", "hoe solliciteren",
            "manier van solliciteren", "sollicitatie via",
        ),
        "sollicitatiewijze[].webadres.url": (
            "sollicitatielink", "link vacature", "url vacature", "vacature link", "vacature url", "sollicitatie url",
            "link naar vacature", "reageren link", "sollicitatieformulier", "url", "link",
        ),
        "werkgever.handelsnaamOrganisatie": (
            "werkgever", "bedrijf", "bedrijfsnaam", "opdrachtgever", "naam werkgever", "organisatie", "handelsnaam",
            "naam bedrijf", "inlener", "naam organisatie", "werkgever naam", "organisatienaam", "onderneming", "klant",
            "naam opdrachtgever", "bedrijf naam",
        ),
        "werkgever.webadres[].url": (
            "website werkgever", "website", "bedrijfswebsite", "url werkgever", "site werkgever", "website bedrijf",
        ),
        "werkgever.contactpersoon[].emailadres[]": (
            "email", "emailadres", "mail", "mailadres", "email werkgever", "email contact", "emailadres werkgever",
            "email bedrijf", "reageren email", "sollicitatie email",
        ),
        "werkgever.contactpersoon[].telefoonnummer[]": (
            "telefoon", "telefoonnummer", "mobiel", "telefoon werkgever", "telefoonnummer werkgever",
            "telefoon bedrijf",
            "telefoon contact",
        ),
    },
}  # fmt: skip

# A citizen service number is no column of the standard; it becomes the id, as a pseudonym.
BSN: Final = (
    "bsn",
    "burgerservicenummer",
    "bsn nummer",
    "sofinummer",
    "sofi",
    "burger service nummer",
    "sofi nummer",
)

TOESTEMMING: Final = (
    "toestemming", "akkoord", "avg", "avg akkoord", "avg toestemming", "privacy akkoord", "consent",
    "toestemming delen", "toestemming gegevens", "toestemming gegevens delen", "mag gedeeld worden",
    "mag worden gedeeld", "mag delen", "mogen delen", "delen toegestaan", "instemming", "akkoord delen",
    "mag gepubliceerd worden", "publiceren",
    "akkoordverklaring", "toestemming vum", "akkoord vum", "toestemming uitwisseling", "toestemming publicatie",
    "privacyverklaring", "toestemming gegeven", "akkoord gegevensuitwisseling", "toestemmingsverklaring",
    "privacyverklaring getekend", "avg verklaring", "toestemming avg", "gegevens delen", "delen met werkgevers",
    "toestemming verwerking", "gdpr", "opt in",
)  # fmt: skip

# Columns without a place in the standard, by the reason that a clerk reads. Some of them had
# better not be delivered at all.
NIET_IN_STANDAARD: Final[Mapping[Soort, Mapping[str, tuple[str, ...]]]] = {
    Soort.WERKZOEKENDEN: {
        "Namen van mensen": (
            "naam", "voornaam", "achternaam", "volledige naam", "tussenvoegsel", "tussenvoegsels", "voorvoegsel",
            "voorvoegsels", "voorletters", "voorletter", "roepnaam", "initialen", "geslachtsnaam", "meisjesnaam",
            "aanhef", "voornamen", "familienaam", "partnernaam", "eigennaam", "correspondentienaam", "titulatuur",
            "naam volledig", "achternaam partner", "weergavenaam",
        ),
        "Geslacht": ("geslacht", "mv", "sekse", "gender", "man vrouw", "gesl"),
        "Geboortedatum en leeftijd": (
            "geboortedatum", "geboortejaar", "leeftijd", "geboorteplaats", "leeftijdscategorie", "leeftijdsgroep",
            "geboren", "geboren op", "gebdatum", "leeftijd in jaren",
        ),
        "Adressen": (
            "adres", "straat", "straatnaam", "huisnummer", "toevoeging", "woonplaats", "plaats", "gemeente", "land",
            "woonadres", "huisletter", "huisnummer toevoeging", "huisnummertoevoeging", "plaatsnaam", "woongemeente",
            "wijk", "buurt", "adresregel", "stad", "postadres", "gemeentecode", "gemeentenaam", "verblijfsadres",
            "regio", "arbeidsmarktregio", "provincie",
        ),
        "Herkomst en gezin": (
            "nationaliteit", "geboorteland", "herkomst", "verblijfsstatus", "statushouder", "burgerlijke staat",
            "gezinssituatie", "kinderen", "aantal kinderen", "leefvorm", "verblijfsvergunning", "inburgering",
            "gezinssamenstelling", "inburgeringsplichtig", "verblijfstitel", "etniciteit", "migratieachtergrond",
        ),
        "Uitkeringen": (
            "uitkering", "uitkeringssoort", "regeling", "soort uitkering", "uitkeringstype", "ingangsdatum uitkering",
            "datum uitkering", "1e uitk dag", "eerste uitkeringsdag", "einddatum uitkering", "uitkering soort",
            "startdatum uitkering", "participatiewet", "uitkeringsnummer", "bijstand", "uitkering vanaf",
            "uitkeringsvorm", "type uitkering", "uitkering sinds", "wet", "inkomen", "schulden",
        ),
        "Gezondheid en beperkingen": (
            "diagnose", "medisch", "beperking", "beperkingen", "gezondheid", "belemmering", "belemmeringen",
            "loonwaarde", "arbeidsbeperking", "ziekte", "belastbaarheid", "medische beperkingen", "ggz",
            "medische urenbeperking", "arbeidsvermogen", "arbeidsongeschiktheid",
        ),
        "Gegevens over de begeleiding": (
            "inschrijfdatum", "datum melding", "datum intake", "status", "statusdatum", "trede", "participatieladder",
            "fase", "klantprofiel", "traject", "trajectsoort", "trajecten", "laatste contact", "datum laatste contact",
            "datum inschrijving", "aanmelddatum", "datum aanmelding", "uitstroomreden", "uitstroomdatum",
            "datum uitstroom",
            "doelgroep", "intakedatum", "klantgroep", "segment", "cases", "workflow", "bemiddelbaarheid", "prioriteit",
            "afstand tot arbeidsmarkt", "afstand arbeidsmarkt", "instrument", "voorziening", "trede participatieladder",
        ),
        "Bankgegevens": ("iban", "rekeningnummer", "bankrekening", "bankrekeningnummer"),
        "Aantekeningen van collega's": (
            "opmerking", "opmerkingen", "bijzonderheden", "notitie", "notities", "rapportage", "aantekening",
            "aantekeningen", "memo", "contactmoment", "interne opmerking", "vrije tekst", "verslag", "logboek",
            "toelichting", "omschrijving",
        ),
        "Gegevens van het systeem": (
            "laatst gewijzigd", "mutatiedatum", "wijzigingsdatum", "aanmaakdatum", "aangemaakt op", "aangemaakt door",
            "gewijzigd op", "gewijzigd door", "aantal", "systeem", "bron", "exportdatum", "regelnummer", "rijnummer",
            "datum export", "gebruiker", "peildatum", "laatste wijziging", "datum wijziging", "foto", "pasfoto",
        ),
    },
    Soort.VACATURES: {
        "Het KvK-nummer": ("kvk", "kvknummer", "kvk nummer", "vestigingsnummer", "rsin", "btw nummer"),
        "Plaatsnamen": (
            "plaats", "plaatsnaam", "woonplaats", "vestigingsplaats", "standplaats", "gemeente", "regio", "provincie",
            "land", "werklocatie", "werkplaats", "arbeidsmarktregio", "locatie", "werkgebied",
        ),
        "Het aantal plekken": ("aantal", "aantal plekken", "aantal vacatures", "aantal plaatsen", "aantal posities"),
        "Gegevens over de afhandeling": (
            "status", "fase", "statusdatum", "aanmaakdatum", "aangemaakt op", "aangemaakt door", "datum ontvangst",
            "laatst gewijzigd", "mutatiedatum", "wijzigingsdatum", "gewijzigd op", "datum plaatsing", "publicatiedatum",
            "datum binnenkomst", "prioriteit", "bron", "datum melding", "exportdatum", "datum publicatie",
            "aantal kandidaten", "voorgesteld", "geplaatst", "plaatsingsdatum", "invoerdatum", "herkomst", "systeem",
        ),
        "Aantekeningen van collega's": (
            "opmerking", "opmerkingen", "bijzonderheden", "notitie", "notities", "interne opmerking", "memo",
            "aantekeningen",
        ),
        "Bankgegevens": ("iban", "rekeningnummer"),
    },
}  # fmt: skip

# Abbreviations that stand for a whole word of a header.
AFKORTINGEN: Final[Mapping[str, str]] = {
    "nr": "nummer", "num": "nummer", "no": "nummer", "nrs": "nummer", "max": "maximaal", "maximum": "maximaal",
    "min": "minimaal", "minimum": "minimaal", "tel": "telefoon", "tlf": "telefoon", "telef": "telefoon",
    "telnr": "telefoonnummer", "mob": "mobiel", "opl": "opleiding", "niv": "niveau", "nivo": "niveau",
    "omschr": "omschrijving", "oms": "omschrijving", "dat": "datum", "dd": "datum", "dt": "datum", "wk": "week",
    "mnd": "maand", "mnden": "maand", "dgn": "dag", "hrs": "uren", "uur": "uren", "u": "uren", "urn": "uren",
    "rijb": "rijbewijs", "rijbew": "rijbewijs", "rbw": "rijbewijs", "ned": "nederlands", "nl": "nederlands",
    "eng": "engels", "cnt": "contact", "contactpers": "contactpersoon", "cp": "contactpersoon",
    "kms": "km", "kilometers": "km", "kilometer": "km", "mins": "minuten", "minuut": "minuten",
    "postc": "postcode", "pcode": "postcode", "zip": "postcode", "gebdat": "geboortedatum", "geb": "geboorte",
    "vac": "vacature", "wg": "werkgever", "org": "organisatie", "afd": "afdeling", "gem": "gemeente",
    "mondel": "mondeling", "schr": "schriftelijk", "schrift": "schriftelijk", "mond": "mondeling", "vrv": "vervoer",
    "startdat": "startdatum", "einddat": "einddatum", "sluitdatum": "sluitingsdatum", "ervar": "ervaring",
    "gewenst": "gewenste", "hoogst": "hoogste", "highest": "hoogste", "maximale": "maximaal", "minimale": "minimaal",
    "beschikb": "beschikbaar",
    "besch": "beschikbaar", "phone": "telefoon", "mobile": "mobiel", "jobtitle": "functie", "profession": "beroep",
    "education": "opleiding", "hours": "uren", "employer": "werkgever", "license": "rijbewijs", "licence": "rijbewijs",
    "name": "naam",
    "firstname": "voornaam", "lastname": "achternaam", "birthdate": "geboortedatum", "gender": "geslacht",
    "pc": "postcode", "pc6": "postcode", "tst": "toestemming", "toest": "toestemming", "cm": "casemanager",
    "jc": "jobcoach", "vvm": "vervoermiddel", "verv": "vervoer", "rb": "rijbewijs", "dipl": "diploma",
    "akk": "akkoord", "rybewys": "rijbewijs", "rybew": "rijbewijs", "adr": "adres", "pers": "persoon",
    "lft": "leeftijd", "regnr": "registratienummer", "reg": "registratie",
    "reisafst": "reisafstand", "afst": "afstand", "functieoms": "functieomschrijving", "oplniv": "opleidingsniveau",
    "title": "titel", "description": "omschrijving", "company": "bedrijf", "distance": "afstand", "travel": "reis",
    "occupation": "beroep", "level": "niveau", "desired": "gewenste", "wanted": "gewenste", "available": "beschikbaar",
    "from": "vanaf", "until": "tot", "job": "functie", "experience": "ervaring", "work": "werk", "time": "tijd",
    "motivation": "motivatie", "required": "vereist", "years": "jaren", "closing": "sluiting", "date": "datum",
    "number": "nummer", "house": "huis", "apply": "sollicitatie", "sector": "sector", "transport": "vervoer",
    "skills": "vaardigheden", "languages": "talen", "written": "schriftelijk", "spoken": "mondeling",
    "language": "taal", "salary": "salaris", "vacancy": "vacature", "city": "woonplaats", "street": "straat",
}  # fmt: skip

# Words without a meaning of their own.
VULWOORDEN: Final = frozenset(
    {"driving", "welk",
      "welke", "hoeveel", "wil", "kan", "om", "aan", "uw", "deze", "zich", "is", "of", "to", "for", "a",
     "van", "de", "het", "een", "in", "en", "op", "voor", "per", "te", "bij", "met", "the"}
)  # fmt: skip
# Words that say who or what a row is about, or how a value is coded; they do not name an attribute.
ONDERWERPEN: Final = frozenset(
    {
        "code", "indicatie", "ind", "werkzoekende", "werkzoekenden", "kandidaat", "kandidaten", "klant", "client",
        "persoon", "wz", "gegevens", "veld", "huidige", "huidig", "actuele", "ja", "nee", "jn", "vacature", "deelnemer",
        "inwoner", "burger", "kolom", "waarde", "candidate", "jobseeker",
    }
)  # fmt: skip
# The words among these that tell the kind of the file.
VAN_SOORT: Final[Mapping[Soort, frozenset[str]]] = {
    Soort.WERKZOEKENDEN: frozenset(
        {
            "werkzoekende",
            "werkzoekenden",
            "kandidaat",
            "client",
            "deelnemer",
            "inwoner",
            "burger",
            "wz",
            "bsn",
        }
    ),
    Soort.VACATURES: frozenset({"vacature", "vacatures", "werkgever", "sollicitatie", "solliciteren"}),
}

# Languages by the words of a header, next to the names that the portal knows already.
TALEN: Final[Mapping[str, str]] = {
    "nederlandse": "nld", "engelse": "eng", "duitse": "deu", "franse": "fra", "poolse": "pol", "spaanse": "spa",
    "turkse": "tur", "arabische": "ara", "oekraiense": "ukr", "oekraiens": "ukr", "dutch": "nld", "english": "eng",
}  # fmt: skip
