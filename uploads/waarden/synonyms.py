"""Lists the words that municipalities write where a value list has others.

For the standard's own lists, a word leads to a code. For lists that others maintain no code is known here, so
a word leads to other words, which are then looked up in the list as it is loaded.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchange.waardelijsten.lijsten import BEROEPEN, TALEN
from uploads.mapping import words

# Per list of the standard, by its name there: word -> code.
CODES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        naam: {word: code for word, code in woorden.alle.items() if code}
        for naam, woorden in words.WOORDEN.items()
    }
)


def _pairs(text: str) -> Mapping[str, str]:
    """Reads word -> other words from lines of the form `word, word: other words`."""
    found = {}
    for line in text.strip().splitlines():
        words, _, other = line.partition(":")
        found.update({word.strip(): other.strip() for word in words.split(",")})
    return MappingProxyType(found)


# Per list that others maintain: word -> the word that the list more likely has.
WOORDEN: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        BEROEPEN: _pairs(
            """
            poetser, poetshulp, poetsvrouw, werkster, interieurverzorger, interieurverzorgster: schoonmaker
            schoonmaakhulp, schoonmaakmedewerker, medewerker schoonmaak, schoonmaak, cleaner: schoonmaker
            ramenwasser, ramenlapper, glasbewassing: glazenwasser
            kamermeisje, roomservice, housekeeping: medewerker kamerdienst
            hulp in de huishouding, huishoudelijk medewerker, thuishulp, alfahulp: huishoudelijke hulp
            ober, kelner, serveerster, bediening, horecamedewerker, medewerker horeca: medewerker bediening
            barkeeper, barman, barvrouw, bartender: barmedewerker
            afwasser, afwashulp, spoelkeuken, keukenmedewerker, medewerker keuken, koksmaat: keukenhulp
            kokkin, chefkok, chef-kok, souschef, zelfstandig werkend kok, cuisinier: kok
            snackbarmedewerker, frituurmedewerker, medewerker snackbar, cafetariamedewerker: medewerker cafetaria
            truckchauffeur, trucker, vrachtwagenbestuurder, chauffeur ce, internationaal chauffeur: vrachtwagenchauffeur
            bestelbuschauffeur, bestelautochauffeur, busjeschauffeur, chauffeur b: bestelwagenchauffeur
            koerier, pakketkoerier, pakketbode, bezorger pakketten, pakjesbezorger: pakketbezorger
            postbode, postman, brievenbesteller, postsorteerder: postbezorger
            fietsbezorger, maaltijdbezorger, bezorger maaltijden: fietskoerier
            vuilnisman, huisvuilophaler, chauffeur vuilniswagen: chauffeur afvalinzameling
            taxi, chauffeur taxi, taxibestuurder: taxichauffeur
            buschauffeuse, busbestuurder, chauffeur ov: buschauffeur
            heftrucker, heftruckrijder, vorkheftruckchauffeur, vorkheftruck, heftruck: heftruckchauffeur
            reachtruck, reachtruckrijder: reachtruckchauffeur
            magazijnier, magazijn, magazijnkracht, loodsmedewerker, logistiek medewerker: magazijnmedewerker
            picker, order picker, orderverzamelaar, verzamelaar: orderpicker
            inpakster, verpakker, inpakmedewerker, inpakwerk: inpakker
            tuinman, tuinvrouw, tuinier, hovenierster: hovenier
            plantsoenwerker, plantsoenmedewerker, groenmedewerker, groenwerker: medewerker groenvoorziening
            medewerker groen: medewerker groenvoorziening
            kassenwerk, tuinbouwmedewerker, medewerker tuinbouw, medewerker glastuinbouw: kasmedewerker
            stratenlegger, straatmaker, wegwerker, grondwerk en straatwerk: stratenmaker
            huisschilder, schilder en behanger, verver: schilder
            stukadoorder, stucadoor, plafonneur: stukadoor
            elektricien, electricien, elektromonteur woningbouw: elektromonteur
            cv-monteur, cv monteur, verwarmingsmonteur: installatiemonteur verwarming
            zonnepanelenmonteur, zonnepaneleninstallateur: monteur zonnepanelen
            automecanicien, garagehouder, monteur auto, apk-keurmeester: automonteur
            rijwielhersteller, fietshersteller, fietsenreparateur: fietsenmaker
            caissière, caissiere, kassière, kassiere, kassamedewerkster, kassa: kassamedewerker
            winkelmedewerker, winkelbediende, verkoopster, verkoper, verkoop, medewerker winkel: verkoopmedewerker
            vakkenvulster, vullen van vakken, medewerker vulploeg, vulploegmedewerker: vakkenvuller
            winkelmanager, bedrijfsleider winkel, filiaalleider, chef winkel: filiaalmanager
            telefonist, telefoniste, telefonisch medewerker, callcenter, klantenservice: medewerker klantcontact
            callcentermedewerker, callcenter agent, medewerker klantenservice: medewerker klantcontact
            balie, baliemedewerker, receptie, receptiemedewerker: receptionist
            kantoormedewerker, administratie, administrateur, administratieve kracht: administratief medewerker
            kantoorbediende, typist, typiste: administratief medewerker
            secretaris, directiesecretaresse, managementassistent, management assistent: secretaresse
            data entry, datatypist, data-entry medewerker: medewerker gegevensinvoer
            personeelszaken, p&o medewerker, personeelsfunctionaris, p&o adviseur: HR-medewerker
            uitzendconsulent, recruiter, uitzendmedewerker: intercedent
            financieel medewerker, administrateur financieel, accountant assistent: boekhouder
            loonadministrateur, payroll medewerker: salarisadministrateur
            programmeur, developer, software engineer, softwareprogrammeur, web developer: softwareontwikkelaar
            webdeveloper, applicatieontwikkelaar, full stack developer: softwareontwikkelaar
            netwerkbeheerder, ict-beheerder, ict beheerder, applicatiebeheerder: systeembeheerder
            helpdesk, ict helpdesk, servicedeskmedewerker, ict-medewerker: helpdeskmedewerker ICT
            bewaker, bewaking, security, portier, beveiligingsmedewerker, beveiligingsbeambte: beveiliger
            boa, stadswacht, handhaver, gemeentelijk handhaver, toezichthouder: handhaver openbare ruimte
            parkeercontrole, parkeerwacht, parkeerwachter: parkeercontroleur
            kinderleidster, kinderopvang, leidster kinderdagverblijf, peuterleidster: pedagogisch medewerker
            bso-medewerker: pedagogisch medewerker
            juf, meester, onderwijzer, onderwijzeres, leerkracht, basisschoolleraar: leraar basisonderwijs
            klassenassistent, lio: onderwijsassistent
            nt2-docent, docent nt2: docent Nederlands als tweede taal
            verpleegster, verpleger, verpleegkundige niveau 4, hbo-v, wijkverpleegkundige: verpleegkundige
            verzorgster, verzorger, ziekenverzorger, verzorgende niveau 3: verzorgende IG
            zorghulp, helpende niveau 2, zorgassistent, helpende plus: helpende zorg en welzijn
            thuiszorg, medewerker thuiszorg, wijkziekenverzorgende: thuiszorgmedewerker
            gehandicaptenzorg, woonbegeleider, persoonlijk begeleider: begeleider gehandicaptenzorg
            welzijnswerker, sociaal werker: maatschappelijk werker
            kapster, haarstylist, barbier: kapper
            zwemleraar, zweminstructeur, badmeester: zwemonderwijzer
            sportleraar, fitnessinstructeur, sportleider: sportinstructeur
            schoonheidsspecialiste, visagist, nagelstyliste: schoonheidsspecialist
            bandwerker, lopende band, fabrieksarbeider, fabrieksmedewerker, productie: productiemedewerker
            assemblage, assemblagemedewerker, monteerder: montagemedewerker
            operator, procestechnicus: procesoperator
            verspaner, cnc-draaier, cnc-frezer, frezer, draaier: CNC-verspaner
            slachter, slachterijmedewerker, uitbener: medewerker vleesverwerking
            lasbediener, metaalbewerker lassen, co2-lasser, tig-lasser, mig-lasser: lasser
            naaister, naaier, coupeuse, modinette: kleermaker
            huismeester, conciergerie, schoolconcierge: conciërge
            bloembinder, bloemenverkoper, bloemschikker: bloemist
            melker, boerenknecht, boerderijmedewerker: medewerker melkveehouderij
            grafisch ontwerper, dtp'er, dtp-er, vormgever: grafisch vormgever
            schuldhulp, budgetcoach, schulddienstverlener: schuldhulpverlener
            """
        ),
        TALEN: _pairs(
            """
            vlaams, hollands, nl: Nederlands
            eng, uk, amerikaans: Engels
            syrisch, iraaks, egyptisch: Arabisch
            farsi, iraans: Perzisch
            """
        ),
    }
)

# The full word for each abbreviation, with or without a point.
AFKORTINGEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "adm": "administratief", "admin": "administratief", "administr": "administratief", "alg": "algemeen",
        "ass": "assistent", "asst": "assistent", "beg": "begeleider", "begel": "begeleider", "beveil": "beveiliging",
        "bed": "bediening", "chauf": "chauffeur", "chauff": "chauffeur", "comm": "commercieel",
        "coord": "coordinator", "dir": "directeur", "elektr": "elektro", "fac": "facilitair",
        "fin": "financieel", "huish": "huishoudelijk", "hulpv": "hulpverlener", "instr": "instructeur",
        "jur": "juridisch", "log": "logistiek", "mag": "magazijn", "maatsch": "maatschappelijk", "mdw": "medewerker",
        "med": "medewerker", "medew": "medewerker", "medw": "medewerker", "mont": "monteur",
        "onderh": "onderhoud", "ped": "pedagogisch", "prod": "productie", "rec": "receptionist",
        "schoonm": "schoonmaker", "secr": "secretaresse", "soc": "sociaal", "techn": "technisch", "tech": "technisch",
        "verk": "verkoop", "verpl": "verpleegkundige", "verz": "verzorgende", "vrachtw": "vrachtwagen",
        "werkt": "werktuigbouwkundig", "zelfst": "zelfstandig",
    }
)  # fmt: skip

# Words at the end of a compound that say what somebody is; a compound is cut before them.
HOOFDWOORDEN: Final[tuple[str, ...]] = (
    "administrateur", "adviseur", "analist", "arbeider", "assistent", "bediende", "begeleider", "beheerder",
    "bestuurder", "bezorger", "chauffeur", "consulent", "controleur", "coordinator", "docent", "hulp", "instructeur",
    "kracht", "leider", "leraar", "machinist", "maker", "manager", "medewerker", "monteur", "ontwikkelaar", "operator",
    "planner", "reiniger", "rijder", "schilder", "specialist", "technicus", "verkoper", "verzorger", "voorman",
    "werker",
)  # fmt: skip

# Words that mean the same in an occupation, as single words.
GELIJK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "arbeider": "medewerker", "bediende": "medewerker", "kracht": "medewerker", "werker": "medewerker",
        "bestuurder": "chauffeur", "rijder": "chauffeur", "vrachtauto": "vrachtwagen", "truck": "vrachtwagen",
        "gastheer": "gastvrouw", "leerkracht": "leraar", "kokkin": "kok", "boerin": "boer",
        "winkel": "verkoop", "winkelier": "verkoper", "pc": "computer", "electro": "elektro",
    }
)  # fmt: skip

# Words around an occupation that do not tell which occupation it is.
RUIS: Final[frozenset[str]] = frozenset(
    {
        *words.WERKDUUR,
        "aankomend", "allround", "bij", "de", "een", "en", "ervaren", "gediplomeerd", "het", "in",
        "junior", "m", "met", "mv", "niveau", "of", "op", "senior", "te", "uur", "v", "van", "vm",
        "voor", "x", "zzp",
    }
)  # fmt: skip
