"""`python3 um_portal/embedded/install.py runtime|dev`: the packages of requirements*.txt, into .venv.

Run by the Makefile with the machine's own Python, so it may import nothing but the standard library. Every
package is checked against its hash.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}
# Also read by the Makefile.
POINTER = "um_portal.pth"
SIGNS_OF_PROGRESS = ("Collecting ", "Installing collected", "Building wheel")


def belongs_here() -> bool:
    """Whether .venv works and was made for this directory: a copied one starts programs of the original."""
    pointers = list((VENV / "lib").glob(f"python3*/site-packages/{POINTER}"))
    if not pointers or any(pointer.read_text().strip() != str(PROJECT) for pointer in pointers):
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], check=False, capture_output=True).returncode == 0


def make_venv() -> None:
    """Make .venv, or make it again when it does not belong here."""
    if PYTHON.exists() and belongs_here():
        return
    print("- Python-omgeving maken in .venv ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    result = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True
    )
    if result.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            f"{result.stdout}{result.stderr}\n"
            "De Python-omgeving kon niet worden gemaakt. Op Debian en Ubuntu: apt-get install python3-venv"
        )
    find_project()


def find_project() -> None:
    """Let every program in .venv find the project's packages, from whatever directory it is started."""
    for site in (VENV / "lib").glob("python3*/site-packages"):
        (site / POINTER).write_text(f"{PROJECT}\n")


def install(requirements: Path) -> None:
    """Install with pip, a dot for every package; shows pip's own words only when it fails."""
    print(f"- Pakketten installeren uit {requirements.name} ", end="", flush=True)
    begin = time.monotonic()
    log = VENV / f"{requirements.stem}.log"
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", "-r", str(requirements)]
    with (
        log.open("w") as out,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        ) as pip,
    ):
        assert pip.stdout is not None
        try:
            for line in pip.stdout:
                out.write(line)
                if line.startswith(SIGNS_OF_PROGRESS):
                    print(".", end="", flush=True)
        except KeyboardInterrupt:
            pip.terminate()
            raise
    if pip.returncode:
        lines = log.read_text().splitlines()[-15:]
        sys.exit(
            "\n" + "\n".join(lines) + f"\nHet installeren is mislukt. Is er internet? Alles staat in {log}. "
            "Probeer het daarna opnieuw; wat er al is, blijft."
        )
    print(f" klaar ({time.monotonic() - begin:.0f} s)", flush=True)


def main() -> None:
    """Install one set of requirements."""
    make_venv()
    install(PROJECT / REQUIREMENTS[sys.argv[1]])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nAfgebroken. De volgende keer gaat het installeren verder.")
