"""Passwords."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher

from registry.accounts import passwords
from registry.accounts.passwords import WeakPassword, hash_password, is_password

GOOD = "une cigogne à Chellah"


def test_a_password_is_kept_as_an_argon2id_hash_that_only_it_opens(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())  # other tests spare the time
    kept = hash_password(GOOD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,")
    assert GOOD not in kept
    assert is_password(GOOD, kept)
    assert is_password(unicodedata.normalize("NFD", GOOD), kept), "however a keyboard composes it"
    assert not is_password(GOOD + " ", kept)


def test_where_no_password_is_kept_none_is_right_but_one_is_tried(monkeypatch: pytest.MonkeyPatch):
    tried = []

    class Counting:
        def hash(self, password: str) -> str:
            return "kept"

        def verify(self, kept: str, password: str) -> bool:
            tried.append(password)
            return True

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not is_password(GOOD, None)
    assert tried == [GOOD], "so that it takes as long"


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "short",
        "elevenchars",
        "password1234",
        "123456789012",
        "qwertyuiop[]",
        "aaaaaaaaaaaaaaaa",
        "Amina Alaoui",
        "amina@example.org",
        "marjaamarjaa",
        "x" * 201,
    ],
)
def test_what_is_short_long_common_or_about_the_person_is_refused_unrepeated(weak: str):
    with pytest.raises(WeakPassword) as refused:
        hash_password(weak, ("amina@example.org", "Amina Alaoui"))
    assert not weak or weak not in refused.value.detail


def test_what_cannot_be_encoded_is_still_only_a_wrong_password():
    assert not is_password("\ud800", hash_password(GOOD))
