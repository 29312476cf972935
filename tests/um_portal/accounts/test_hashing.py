"""Passwords are hashed on a thread that steps back for pages."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hashers_by_algorithm
from django.test import override_settings

from um_portal.accounts.hashing import PatientArgon2PasswordHasher, stepped_back

WACHTWOORD = "een-lang-eigen-wachtwoord"


def test_a_hash_is_the_same_as_that_of_django_itself() -> None:
    ours, theirs = PatientArgon2PasswordHasher(), Argon2PasswordHasher()
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda salt: ours.encode(WACHTWOORD, salt * 8), "abcd"))
    assert all(theirs.verify(WACHTWOORD, one) for one in made)
    assert ours.verify(WACHTWOORD, theirs.encode(WACHTWOORD, "e" * 8))
    assert not ours.verify("een-ander-wachtwoord", made[0])


@override_settings(PASSWORD_HASHERS=["um_portal.accounts.hashing.PatientArgon2PasswordHasher"])
def test_it_is_found_by_the_name_that_stored_hashes_begin_with() -> None:
    assert isinstance(get_hashers_by_algorithm()["argon2"], PatientArgon2PasswordHasher)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="alleen Linux geeft een draad een eigen prioriteit"
)
def test_the_thread_that_hashes_steps_back_and_the_others_do_not() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = priority()
    assert stepped_back(priority) == min(19, before + 10)
    assert priority() == before


def test_what_goes_wrong_on_that_thread_is_told_to_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        stepped_back(lambda: 1 // 0)
