"""Hashes passwords on a thread of its own that steps back for the others, so that pages go first.

A hash takes a processor for a tenth of a second, on purpose. When many people log in at once, or somebody tries many
passwords, those who only open a page must not wait for that. Linux gives every thread a priority of its own; elsewhere
it stays as it is.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, ParamSpec, TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from um_portal.voorrang import step_back_alone

P = ParamSpec("P")
T = TypeVar("T")
# How many steps of `nice` it goes back, of 19.
_STEPS: Final = 10


def stepped_back(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Does this on the thread that steps back, one after the other, and gives what comes of it."""
    return _thread(os.getpid()).submit(do, *args, **kwargs).result()


@cache
def _thread(pid: int) -> ThreadPoolExecutor:
    # By process: a thread does not come along with a fork.
    return ThreadPoolExecutor(
        max_workers=1, thread_name_prefix="wachtwoorden", initializer=step_back_alone, initargs=(_STEPS,)
    )


class PatientArgon2PasswordHasher(Argon2PasswordHasher):
    """Makes and checks the same hashes as Django's own, on that thread."""

    def encode(self, password: str, salt: str) -> str:
        """Gives the hash of a password, as it is stored."""
        return stepped_back(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Tells whether a password belongs to a hash."""
        return stepped_back(super().verify, password, encoded)
