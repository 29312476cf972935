"""The documents agree with the code: settings and defaults, links, the files and tests they name, the licence."""

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings

from tests.places import ROOT
from um_portal.audit.handelingen import Handeling
from um_portal.tenants.models import GemeenteModel

INSTELLINGEN = ROOT / "docs" / "beheer" / "instellingen.md"
PRIVACY = ROOT / "docs" / "beheer" / "privacy-en-beveiliging.md"
ARCHITECTURE = ROOT / "docs" / "ontwikkelaars" / "architecture.md"
OPDRACHTEN = ROOT / "docs" / "beheer" / "opdrachten.md"
# Only for one process of the tests to tell another.
_INTERN = {"UM_TESTOMGEVING"}
_NAME = re.compile(r"(?:UM_[A-Z_]+|DATABASE(?:_[A-Z]+)?_URL|REDIS_URL)")
_PLUGIN = ROOT / "um_portal" / "embedded" / "pytest_plugin.py"
# Settings of Django's own that carry such a name, and are not read from the environment.
_NOT_READ = {"UM_VERSIE", "UM_SIMULATOR_REDIS_URL"}


# --- Settings ------------------------------------------------------------------------------------------


def _sources() -> list[Path]:
    # The plugin reads what only tests know of.
    embedded = sorted(set((ROOT / "um_portal" / "embedded").glob("*.py")) - {_PLUGIN})
    portal = [ROOT / "um_portal" / name for name in ("settings.py", "run.py", "celery.py")]
    return [*portal, ROOT / "deploy" / "gunicorn.conf.py", *embedded]


@cache
def _names_in_code() -> frozenset[str]:
    """Every name of an environment variable of ours in the code that reads the environment."""
    found = {
        node.value
        for source in _sources()
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value)
    }
    return frozenset(found - _INTERN - _NOT_READ)


def _rows() -> dict[str, list[str]]:
    """Per setting the cells of its row in the tables of instellingen.md; twice the same name is a fault."""
    found: dict[str, list[str]] = {}
    for line in INSTELLINGEN.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if match := re.fullmatch(r"`([A-Z_]+)`", cells[0]):
            assert match[1] not in found, match[1]
            found[match[1]] = cells
    return found


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    assert set(_rows()) == _names_in_code()


def test_every_setting_has_a_default_and_a_reason() -> None:
    for name, cells in _rows().items():
        assert len(cells) == 3, name
        assert all(cells), name


def test_the_example_environment_names_the_same_settings() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = [match[1] for line in lines if (match := re.fullmatch(r"#?([A-Z_]+)=.*", line))]
    assert sorted(names) == sorted(_names_in_code())


def _defaults_in_code() -> Iterator[tuple[str, Any]]:
    """Name and default of every setting whose default is a plain value."""
    for node in ast.walk(ast.parse((ROOT / "um_portal" / "settings.py").read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        name = node.args[0]
        if not (isinstance(name, ast.Constant) and name.value in _names_in_code()):
            continue
        for keyword in node.keywords:
            if keyword.arg == "default" and not any(
                isinstance(part, ast.Name | ast.JoinedStr | ast.Call) for part in ast.walk(keyword.value)
            ):
                yield name.value, eval(compile(ast.Expression(keyword.value), "settings", "eval"))


def _as_documented(value: Any) -> str:
    if value in ("", []):
        return "leeg"
    if isinstance(value, bool):
        return f"`{int(value)}`"
    if isinstance(value, list):
        return f"`{','.join(value)}`"
    return f"`{int(value) if isinstance(value, float) and value.is_integer() else value}`"


def test_documented_defaults_are_those_of_the_code() -> None:
    defaults = dict(_defaults_in_code())
    assert len(defaults) > 20
    rows = _rows()
    assert {name: rows[name][1] for name in defaults} == {
        name: _as_documented(value) for name, value in defaults.items()
    }


# --- What the documents name ---------------------------------------------------------------------------


@cache
def _documents() -> tuple[Path, ...]:
    places = ("docs", "exchange", "um_portal", "uploads", "templates", "tests", "deploy")
    found = [*ROOT.glob("*.md"), *(file for place in places for file in (ROOT / place).rglob("*.md"))]
    return tuple(sorted(file for file in found if "vendor" not in file.parts))


def _ids(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _prose(file: Path) -> str:
    """The text without its code blocks."""
    return re.sub(r"```.*?```", "", file.read_text(), flags=re.DOTALL)


def _anchors(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _prose(file), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", _documents(), ids=_ids)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(document)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (document.parent / path).resolve() if path else document
        assert place.exists(), target
        if anchor:
            assert anchor in _anchors(place), target


def test_every_picture_is_small_and_shown_somewhere() -> None:
    shown = "\n".join(document.read_text() for document in _documents())
    for picture in (ROOT / "docs" / "beelden").iterdir():
        assert picture.stat().st_size < 150_000, picture.name
        assert f"/{picture.name})" in shown, picture.name


@pytest.mark.parametrize("document", _documents(), ids=_ids)
def test_every_file_of_ours_that_is_named_exists(document: Path) -> None:
    ours = re.compile(r"`((?:um_portal|exchange|uploads|tests|templates|static|deploy|docs)/[\w/.-]+\.\w+)`")
    for name in ours.findall(document.read_text()):
        assert (ROOT / name).exists(), name


@cache
def _functions(file: str) -> frozenset[str]:
    return frozenset(re.findall(r"^ *def (\w+)\(", (ROOT / file).read_text(), re.MULTILINE))


@pytest.mark.parametrize("document", _documents(), ids=_ids)
def test_every_test_that_is_named_exists(document: Path) -> None:
    for file, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", document.read_text()):
        assert test in _functions(file), f"{file}::{test}"


def test_every_table_of_a_municipality_is_in_the_privacy_document_and_in_its_erasure() -> None:
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, GemeenteModel)}
    text = PRIVACY.read_text()
    assert {table for table in tables if f"`{table}`" not in text} == set()
    erased = re.findall(r"DELETE FROM (\w+) WHERE gemeente_id", text)
    assert sorted(erased) == sorted(tables)


def test_every_deed_in_the_audit_log_is_documented() -> None:
    section = PRIVACY.read_text().split("## Het logboek van handelingen")[1].split("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", section)) == set(Handeling.values)


def test_every_deed_is_written_down_somewhere() -> None:
    code = "\n".join(
        file.read_text()
        for place in ("um_portal", "exchange", "uploads")
        for file in (ROOT / place).rglob("*.py")
    )
    used = set(re.findall(r"Handeling\.([A-Z_]+)", code))
    assert used == set(Handeling.names)


def test_every_command_is_documented() -> None:
    commands = {
        file.stem
        for place in ("um_portal", "exchange", "uploads")
        for file in (ROOT / place).rglob("management/commands/[!_]*.py")
    }
    assert len(commands) >= 5
    headings = set(re.findall(r"^## (\w+)$", OPDRACHTEN.read_text(), flags=re.MULTILINE))
    assert commands <= headings


def test_every_room_is_in_the_picture_of_the_house() -> None:
    rooms = ARCHITECTURE.read_text().split("## Rooms")[1].split("\n## ")[0]
    ours = [path for place in ("um_portal", "exchange", "uploads") for path in (ROOT / place).iterdir()]
    names = {f"{path.name}/" for path in ours if (path / "__init__.py").exists()}
    names |= {path.name for path in (ROOT / "um_portal").glob("[!_]*.py")}
    names -= {"management/", "migrations/"}
    assert {name for name in names if not re.search(rf"(?<![\w/]){re.escape(name)}", rooms)} == set()


def test_the_arrows_of_the_picture_are_those_that_are_checked() -> None:
    picture = ARCHITECTURE.read_text().split("## Which way the arrows point")[1].split("```")[1]
    words = " ".join(
        re.sub(r"^ (?:the roof|uploads|exchange|um_portal)?\s*\|?(?=\s)", "", picture, flags=re.M).split()
    )
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    house, *floors = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    roof, rooms = house[: house.index("uploads")], house[house.index("exchange") + 1 :]
    for layers in (roof, *floors, rooms):
        assert " > ".join(layers).replace("um_portal.", "") in words


def test_the_readme_leads_to_every_document_for_people_who_do_not_program() -> None:
    assert "(docs/README.md)" in (ROOT / "README.md").read_text()
    text = (ROOT / "docs" / "README.md").read_text()
    for place in ("gebruikers", "beheer"):
        for file in (ROOT / "docs" / place).rglob("*.md"):
            assert f"({file.relative_to(ROOT / 'docs')})" in text, file.name


# --- The project's own papers --------------------------------------------------------------------------


def test_all_papers_tell_the_same_version_and_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    package = json.loads((ROOT / "package.json").read_text())
    public = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    latest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert latest is not None
    versions = {project["version"], package["version"], public["softwareVersion"], latest[1]}
    assert versions == {settings.UM_VERSIE}
    assert {project["license"], package["license"], public["legal"]["license"]} == {"EUPL-1.2"}


def test_the_licence_is_complete() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    articles = re.findall(r"^([0-9]+)\.\s*[A-Z]", text, flags=re.MULTILINE)
    assert articles == [str(number) for number in range(1, 16)]
    assert "Appendix" in text
    assert text.rstrip().endswith("require the production of a new EUPL version.")


def test_the_origin_of_the_postcodes_is_credited() -> None:
    for document in ("README.md", "docs/beheer/opdrachten.md", "exchange/geo/README.md"):
        text = (ROOT / document).read_text()
        assert "GeoNames" in text, document
        assert "creativecommons.org/licenses/by/4.0" in text, document


def _own_files() -> list[Path]:
    """The text files under version control, or about to be."""
    if not (ROOT / ".git").exists():
        pytest.skip("no repository to ask which files are ours")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    skipped = {
        "requirements.txt",
        "requirements-demo.txt",
        "requirements-dev.txt",
        "package-lock.json",
        "LICENSE",
        "tests/docs/test_docs.py",
    }
    text = {".py", ".md", ".html", ".js", ".css", ".toml", ".yaml", ".yml", ".json", ".in", ".cfg", ""}
    return [
        ROOT / name
        for name in listed
        if name not in skipped and Path(name).suffix in text and (ROOT / name).is_file()
    ]


def test_the_files_speak_of_the_portal_and_not_of_how_it_was_made() -> None:
    narrow = re.compile(
        r"\b(?:Claude|Anthropic|ChatGPT|OpenAI|Copilot|LLM|AI)\b|language model|Co-Authored-By"
        r"|\b(?:sub-?|coding |AI )agents?\b|\b(?:this|previous|earlier|next|last) session\b|\bissue #?[0-9]+"
    )
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in _own_files()
        for match in narrow.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
