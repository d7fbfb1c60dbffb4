"""Signed notes: one signer, one text."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from referentials.notes import (
    BadNote,
    Checkpoint,
    PublicKey,
    Rotation,
    open_note,
    public_key_of,
    read_checkpoint,
    read_public_key,
    read_rotation,
    sign_note,
)

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = public_key_of(PRIVATE, "log.example")
OTHER = public_key_of(Ed25519PrivateKey.from_private_bytes(bytes(32)), "log.example")
CHECKPOINT = Checkpoint("log.example", 7, bytes(range(32, 64)))
NOTE = sign_note(CHECKPOINT.body, PRIVATE, "log.example")


def test_a_checkpoint_is_the_note_that_transparency_logs_use() -> None:
    origin, size, root, gap, signature, end = NOTE.split("\n")
    assert (origin, size, root) == ("log.example", "7", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=")
    assert (gap, end) == ("", "")
    assert signature.startswith("— log.example ")
    assert open_note(NOTE, KEY) == CHECKPOINT.body
    assert read_checkpoint(NOTE) == CHECKPOINT


def test_the_key_of_the_format_s_own_example_is_read() -> None:
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = read_public_key(text)
    assert (key.name, key.id, key.text) == ("PeterNeumann", "c74f20a3", text)
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuG"
        "UgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert open_note(note, key).startswith("If you think")


@given(st.integers(0, 8 * len(NOTE.encode()) - 1))
def test_any_flipped_bit_of_a_note_is_found(bit: int) -> None:
    changed = bytearray(NOTE.encode())
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises((BadNote, UnicodeDecodeError)):
        open_note(changed.decode(), KEY)


@given(st.integers(0, 8 * len(KEY.text) - 1))
def test_any_flipped_bit_of_a_key_s_text_is_found(bit: int) -> None:
    changed = bytearray(KEY.text.encode())
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises((BadNote, UnicodeDecodeError)):
        open_note(NOTE, read_public_key(changed.decode()))


def test_a_note_that_another_key_signed_is_refused() -> None:
    with pytest.raises(BadNote, match=f"not signed by the key {OTHER.id}"):
        open_note(NOTE, OTHER)


def test_a_key_under_another_name_has_another_id() -> None:
    assert PublicKey("elsewhere", KEY.raw).id != KEY.id
    assert PublicKey("elsewhere", KEY.raw).fingerprint == KEY.fingerprint


def test_a_rotation_names_the_new_key() -> None:
    rotation = Rotation(OTHER, "2026-03-15T10:00:00Z")
    note = sign_note(rotation.body, PRIVATE, "log.example")
    assert read_rotation(note) == rotation
    assert open_note(note, KEY) == rotation.body


def test_a_rotation_cannot_pass_for_a_checkpoint_nor_a_checkpoint_for_a_rotation() -> None:
    note = sign_note(Rotation(OTHER, "2026-03-15T10:00:00Z").body, PRIVATE, "log.example")
    with pytest.raises(BadNote, match="not a checkpoint"):
        read_checkpoint(note)
    with pytest.raises(BadNote, match="not a rotation"):
        read_rotation(NOTE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log.example",
        KEY.text.replace("+", " "),
        KEY.text.replace(KEY.id, "00000000"),
        KEY.text[:-4],
        "log example" + KEY.text.removeprefix("log.example"),
    ],
)
def test_what_is_not_the_text_of_a_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        read_public_key(text)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "log.example\n7\n\n",
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\n-7\n"),
        NOTE.replace("\n7\n", "\n7\nmore\n"),
        NOTE.replace("8=\n", "\n"),
    ],
)
def test_what_is_not_a_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        read_checkpoint(note)
