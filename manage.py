#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    """Runs a management command; without a configured database on the demonstration that runs here."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "um_portal.settings")
    connect_to_demonstration()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        # A list for the operator; where in the code it was found helps nobody.
        sys.exit(str(problem))


def connect_to_demonstration() -> None:
    """Takes over the servers, secrets and ports of the demonstration in this checkout, when one runs; says so.

    Does nothing in a program that was given a database or a secret.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("UM_SECRET_KEY"):
        return
    # Not there in an installation that has servers of its own.
    try:
        from um_portal.embedded import running
    except ModuleNotFoundError:
        return
    if found := running.find(os.environ):
        os.environ.update(found)
        print(f"Verbonden met de demonstratie in {found['UM_DATA_DIR']} ...", file=sys.stderr)


if __name__ == "__main__":
    main()
