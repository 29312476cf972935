"""The style sheets and scripts: every class is used, what is used has a look, and hashed names work."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from tests.places import ROOT
from um_portal.presentation.static_files import COMPONENTS, JOINED, STYLES, joined_styles

CODE = ("um_portal", "exchange", "uploads")
# A class of ours; `um-stap--` is the beginning of one, which a template completes.
CLASS = re.compile(r"(?<![\w-])um-[a-z][\w-]*")
IMPORT = re.compile(r"""import\s*(?:[^'"]*?\sfrom\s*)?['"](\./[^'"]+)['"]""")


def rules() -> str:
    """Gives all style sheets of ours without comments and declarations."""
    css = re.sub(r"/\*.*?\*/", "", joined_styles(), flags=re.S)
    return re.sub(r"\{[^{}]*\}", "{}", css)


def styled() -> set[str]:
    """Gives every class that a rule of ours names."""
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", rules()))


def scripts() -> str:
    return "\n".join(path.read_text() for path in sorted(COMPONENTS.glob("*.js")))


def pages() -> str:
    """Gives everything that writes HTML: templates and Python."""
    templates = sorted((ROOT / "templates").rglob("*.html"))
    python = [path for name in CODE for path in sorted((ROOT / name).rglob("*.py"))]
    return "\n".join(path.read_text() for path in (*templates, *python))


def classes_of_pages() -> Iterator[str]:
    """Yields the classes in templates, in HTML that Python writes, and in the attributes of widgets."""
    for found in re.finditer(r"""class="((?:[^"{]|\{[%{].*?[%}]\}|\{\})*)"|"class": "([^"]*)\"""", pages()):
        yield from CLASS.findall(found[1] or found[2] or "")


def test_every_class_with_a_rule_is_used_by_a_page_or_a_script():
    words = set(re.findall(r"[\w-]+", pages() + scripts()))
    begun = tuple(name for name in words if CLASS.fullmatch(name) and name.endswith("--"))
    assert {name for name in styled() - words if not name.startswith(begun)} == set()


def test_every_class_of_ours_on_a_page_has_a_rule_or_is_asked_for_by_a_script():
    known = styled() | set(re.findall(r"\.(um-[\w-]+)", scripts()))
    used = set(classes_of_pages()) | set(CLASS.findall(scripts()))
    assert len(used) > 100
    without = {
        name
        for name in used - known
        if not (name.endswith("--") and any(rule.startswith(name) for rule in known))
    }
    assert without == set()


def test_every_style_sheet_of_a_component_is_part_of_what_the_browser_gets():
    assert sorted(STYLES) == sorted(path.stem for path in COMPONENTS.glob("*.css"))
    assert len(set(STYLES)) == len(STYLES)


def test_a_change_in_a_style_sheet_is_found_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in STYLES:
        (tmp_path / f"{name}.css").write_text(f".{name} {{}}\n")
    monkeypatch.setattr("um_portal.presentation.static_files.COMPONENTS", tmp_path)
    for text in (".um-een {}", ".um-twee {}"):
        (tmp_path / "tabel.css").write_text(text)
        found = finders.find(JOINED)
        assert isinstance(found, str)
        assert text in Path(found).read_text()


def test_the_joined_file_is_found_beside_the_others():
    assert finders.find(JOINED, find_all=True) == [finders.find(JOINED)]
    assert finders.find("um/logo.svg") == str(COMPONENTS / "logo.svg")
    assert finders.find("um/is-er-niet.css") is None


def test_every_script_is_imported_from_the_one_on_the_page():
    reached, todo = set(), ["um.js"]
    while todo:
        name = todo.pop()
        reached.add(name)
        imports = [found.removeprefix("./") for found in IMPORT.findall((COMPONENTS / name).read_text())]
        todo += [found for found in imports if found not in reached]
    assert reached == {path.name for path in COMPONENTS.glob("*.js")}


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    """Collects the static files as for a real installation, where the portal serves them."""
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.WHITENOISE_USE_FINDERS = False
    settings.WHITENOISE_AUTOREFRESH = False
    # Compressing takes most of the time, and is not ours.
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["css", "js", "svg", "md", "txt", "woff2"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "um_portal.presentation.static_files.ModuleStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "static"


@pytest.mark.django_db
def test_hashed_names_lead_from_the_page_to_every_sheet_script_and_picture(collected: Path):
    client = Client()
    page = client.get("/account/inloggen").content.decode()
    todo = re.findall(r"""(?:href|src)="(/static/[^"#]+)""", page)
    assert len(todo) >= 7
    seen: set[str] = set()
    while todo:
        address = todo.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer["Cache-Control"], address
        if address.endswith((".css", ".js")):
            text = b"".join(answer).decode()
            found = IMPORT.findall(text) if "/um/" in address else []
            found += (
                re.findall(r"""url\(["']?(?!data:|#)([^"')]+)""", text) if address.endswith(".css") else []
            )
            todo += [f"{address.rpartition('/')[0]}/{name.removeprefix('./')}" for name in found]
    ours = {re.sub(r"\.[0-9a-f]{12}(?=\.)", "", address).rpartition("/")[2] for address in seen}
    assert {path.name for path in COMPONENTS.glob("*.js")} <= ours
    assert {"site.css", "omlaag.svg", "logo.svg"} <= ours
    # The page that is shown when the portal fails knows no hashes.
    assert client.get("/static/um/site.css").status_code == 200
    assert (collected / "um" / "site.css").read_text() == joined_styles()
