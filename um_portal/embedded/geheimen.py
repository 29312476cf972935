"""Makes the secrets of a demonstration once, and keeps them in its data directory for its user alone.

A real installation gets its secrets from its environment; see docs/beheer/instellingen.md.
"""

import base64
import os
import secrets
from pathlib import Path

from um_portal.geheimen import ACHTER

NAMES = ("UM_SECRET_KEY", "UM_MASTER_KEY")


def demo_secrets(data_dir: Path) -> dict[str, str]:
    """Gives the secrets as environment variables; those already in the environment win and are not saved."""
    file = data_dir / "geheimen"
    known = _read(file)
    fresh = {
        name: secrets.token_urlsafe(48)
        if name == "UM_SECRET_KEY"
        else base64.b64encode(secrets.token_bytes(32)).decode()
        for name in NAMES
        if name not in known
    }
    if fresh:
        _write(file, {**known, **fresh})
    elif file.stat().st_mode & 0o077:
        file.chmod(0o600)
    kept = {name: value for name, value in {**known, **fresh}.items() if not os.environ.get(name + ACHTER)}
    return {name: os.environ.get(name) or value for name, value in kept.items()}


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    pairs = (line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    return {name: value for name, value in pairs if name in NAMES and value}


def _write(file: Path, values: dict[str, str]) -> None:
    # Written to a draft first: a half-written master key would make every encrypted field unreadable.
    draft = file.with_suffix(".nieuw")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.writelines(f"{name}={value}\n" for name, value in values.items())
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
