"""Makes an xlsx that some program wrote in an odd way into one that calamine reads.

An odd part never condemns the file: a macro sheet or a chart beside the data is passed over, a workbook under
another name is found, and an error text that calamine does not know is an error like any other.
"""

import io
import posixpath
import re
import zipfile

from lxml import etree

_ROOT, _WORKBOOK, _RELATIONS = "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ERRORS = frozenset({b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!"})
# The kinds of sheets that calamine knows; it passes over the last two.
_SHEETS = frozenset({"worksheet", "chartsheet", "dialogsheet"})
_ERROR_CELL = re.compile(
    rb"(<c\s[^>]*\bt=[\"']e[\"'][^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?<v[^>]*>)([^<]*)(?=</v>)"
)


def usable(inhoud: bytes) -> bytes:
    """Gives the file with its workbook where calamine looks for it, and with no sheets of an unknown kind.

    Gives the file itself when it is like that already, or when it is too odd.
    """
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        names = set(archive.namelist())
        if _ROOT not in names:
            return inhoud
        workbook = _office_document(archive.read(_ROOT)) or _WORKBOOK
        folder, name = posixpath.split(workbook)
        relations = f"{folder}/_rels/{name}.rels"
        if folder != "xl" or workbook not in names or relations not in names:
            return inhoud
        cleaned = _only_worksheets(archive.read(workbook), archive.read(relations))
        if workbook == _WORKBOOK and cleaned is None:
            return inhoud
        changed = {
            _WORKBOOK: cleaned if cleaned is not None else archive.read(workbook),
            _RELATIONS: archive.read(relations),
            _ROOT: archive.read(_ROOT).replace(name.encode(), b"workbook.xml"),
        }
        return _rewritten(archive, changed, {workbook, relations})


def without_strange_errors(inhoud: bytes) -> bytes:
    """Gives the file in which every sheet has no error texts but those that calamine knows."""
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        changed = {
            name: known_errors(archive.read(name))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
        }
        return _rewritten(archive, changed, set())


def known_errors(rows: bytes) -> bytes:
    """Gives rows of a sheet in which error texts that calamine does not know are replaced by one it knows."""
    if b't="e"' not in rows and b"t='e'" not in rows:
        return rows
    return _ERROR_CELL.sub(lambda found: found[1] + (found[2] if found[2] in _ERRORS else b"#N/A"), rows)


def _rewritten(archive: zipfile.ZipFile, changed: dict[str, bytes], leave_out: set[str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name in archive.namelist():
            if name not in changed and name not in leave_out:
                made.writestr(name, archive.read(name))
        for name, data in changed.items():
            made.writestr(name, data)
    return stream.getvalue()


def _parse(data: bytes) -> "etree._Element":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root: etree._Element = etree.fromstring(data, parser)
    return root


def _office_document(data: bytes) -> str:
    for relation in _parse(data).iterfind("{*}Relationship"):
        if relation.get("Type", "").rpartition("/")[2] == "officeDocument":
            return posixpath.normpath(posixpath.join("/", relation.get("Target", ""))).lstrip("/")
    return ""


def _only_worksheets(workbook: bytes, relations: bytes) -> bytes | None:
    """Gives the workbook without sheets of a kind that calamine does not know; None when there are none."""
    kinds = {
        relation.get("Id", ""): relation.get("Type", "").rpartition("/")[2]
        for relation in _parse(relations).iterfind("{*}Relationship")
    }
    root = _parse(workbook)
    others = [
        sheet
        for sheet in root.iterfind("{*}sheets/{*}sheet")
        if kinds.get(str(sheet.xpath("string(@*[local-name() = 'id'])")), "worksheet") not in _SHEETS
    ]
    for sheet in others:
        parent = sheet.getparent()
        assert parent is not None
        parent.remove(sheet)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made if others else None
