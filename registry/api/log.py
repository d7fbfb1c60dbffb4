"""The log: leaves, proofs, checkpoints, keys, and archives for mirrors with their proofs."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Response

from referentials.merkle import leaf_hash
from referentials.notes import read_public_key
from registry.api.answering import Caching, answer, answer_json, caching, is_held, services, version_mark
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.exports import attachment
from registry.api.log_schemas import (
    ConsistencyArguments,
    ConsistencySchema,
    InclusionArguments,
    InclusionSchema,
    KeyListSchema,
    LeafListSchema,
    LeavesArguments,
    LogSchema,
    PublicationSchema,
)
from registry.archives import archive_size, prove, write_archive
from registry.errors import DomainError, shown
from registry.logbook import KeyEntry, Log, read_log

blueprint = Blueprint("log", __name__, description="The log of publications, and its proofs")

_POSITION_TEXT = re.compile(r"0|[1-9][0-9]{0,8}")
_POSITION = {
    "in": "path",
    "name": "position",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
    "description": "Position of the leaf; they run from 0.",
}


class NotInLog(DomainError):
    """A leaf, a size or a checkpoint that the log does not have."""

    slug = "not-in-log"


@blueprint.route("/log")
@blueprint.answers(LogSchema)
@blueprint.arguments(NoArguments, location="query")
def log(_given: dict[str, Any]) -> Response:
    """The log's size and root, the checkpoint that is signed over them, and the keys."""
    found = _log()
    document = {
        "size": found.size,
        "root": found.tree.root().hex(),
        "checkpoint": found.note or None,
        "keys": [_key(entry) for entry in found.keys],
    }
    return answer_json(document, _fresh(found), LogSchema)


@blueprint.route("/log/checkpoint")
@blueprint.answers(None, HTTPStatus.NOT_FOUND, media_types=("text/plain",))
@blueprint.arguments(NoArguments, location="query")
def checkpoint(_given: dict[str, Any]) -> Response:
    """The newest checkpoint, as a signed note; keep it, to tell later that nothing was rewritten."""
    found = _log()
    if not found.note:
        raise NotInLog("The log has no checkpoint yet.")
    return answer(found.note.encode(), _fresh(found), "text/plain; charset=utf-8")


@blueprint.route("/log/keys")
@blueprint.answers(KeyListSchema)
@blueprint.arguments(NoArguments, location="query")
def keys(_given: dict[str, Any]) -> Response:
    """All public keys, oldest first, with the notes in which one names the next."""
    found = _log()
    items = [_key(entry) for entry in found.keys]
    return answer_json({"items": items, "next": None}, _fresh(found), KeyListSchema)


@blueprint.route("/log/leaves")
@blueprint.answers(LeafListSchema)
@blueprint.arguments(LeavesArguments, location="query")
def leaves(given: dict[str, Any]) -> Response:
    """The leaves in order: what a mirror needs to compute every root and proof itself."""
    found = _log()
    start, end = given["start"], min(given["start"] + given["limit"], found.size)
    document = {
        "items": [_leaf(found, position) for position in range(start, end)],
        "next": end if start < end < found.size else None,
        "size": found.size,
    }
    return answer_json(document, _fresh(found), LeafListSchema)


@blueprint.route("/log/leaves/<position>", parameters=[_POSITION])
@blueprint.answers(PublicationSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(NoArguments, location="query")
def leaf(_given: dict[str, Any], position: str) -> Response:
    """A leaf, byte for byte as it was hashed."""
    found = _log()
    if not _POSITION_TEXT.fullmatch(position) or int(position) >= found.size:
        raise NotInLog(f"The log has {found.size} leaves, and none {shown(position)}.")
    body = found.leaves[int(position)]
    return answer(body, caching(leaf_hash(body).hex(), immutable=True))


@blueprint.route("/log/proofs/inclusion")
@blueprint.answers(InclusionSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(InclusionArguments, location="query")
def inclusion(given: dict[str, Any]) -> Response:
    """Proves that a leaf is in the log of a size."""
    found = _log()
    position, size = given["position"], given.get("size", found.size)
    _require(found, size)
    if position >= size:
        raise NotInLog(f"A log of {size} leaves has no leaf {position}.")
    document = {
        "position": position,
        "size": size,
        "leaf_hash": leaf_hash(found.leaves[position]).hex(),
        "root": found.tree.root(size).hex(),
        "proof": [each.hex() for each in found.tree.inclusion(position, size)],
    }
    return answer_json(document, _fresh(found, immutable="size" in given), InclusionSchema)


@blueprint.route("/log/proofs/consistency")
@blueprint.answers(ConsistencySchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(ConsistencyArguments, location="query")
def consistency(given: dict[str, Any]) -> Response:
    """Proves that the log of one size is the beginning of the log of another."""
    found = _log()
    first, second = given["first"], given.get("second", found.size)
    _require(found, max(first, second))
    if first > second:
        raise NotInLog(f"A log of {first} leaves does not begin one of {second}.")
    document = {
        "first": first,
        "second": second,
        "first_root": found.tree.root(first).hex(),
        "second_root": found.tree.root(second).hex(),
        "proof": [each.hex() for each in found.tree.consistency(first, second)],
    }
    return answer_json(document, _fresh(found, immutable="second" in given), ConsistencySchema)


@blueprint.route("/referentials/<referential>/versions/<version>/snapshot.tar")
@blueprint.answers(None, HTTPStatus.NOT_FOUND, media_types=("application/x-tar",))
@blueprint.arguments(NoArguments, location="query")
def archive(_given: dict[str, Any], referential: str, version: str) -> Response:
    """A version for mirrors: its canonical records, and the proof that the log has them.

    The records never change; the proof is that of the newest checkpoint.
    """
    snapshot = services().library.snapshot(referential, version)
    found = _log()
    position = found.position_of(snapshot.version.referential, snapshot.version.ordinal)
    if position is None:
        raise NotInLog(f"{referential} {version}: no checkpoint covers its publication yet.")
    content, proof = snapshot.content.folder, prove(found, position).document
    mark = f"{version_mark(snapshot.version)}-{found.tree.root().hex()[:16]}-{len(found.keys)}"
    fresh = caching(mark, immutable=False)
    response = answer(() if is_held(fresh) else write_archive(content, proof), fresh, "application/x-tar")
    if response.status_code == HTTPStatus.OK:
        response.content_length = archive_size(content, proof)
    name = f"{snapshot.version.referential}-{snapshot.version.label}.tar"
    response.headers["Content-Disposition"] = attachment(name)
    return response


def _log() -> Log:
    return read_log(services().library.root)


def _fresh(found: Log, *, immutable: bool = False) -> Caching:
    if immutable and found.keys:
        # Fixed between two sizes; but the log of another installation may come to have this address.
        return caching(f"log-{read_public_key(found.keys[0].key).id}", immutable=True)
    return caching(f"log-{len(found.keys)}-{found.tree.root().hex()[:32]}", immutable=False)


def _require(found: Log, size: int) -> None:
    if size > found.size:
        raise NotInLog(f"The log has {found.size} leaves, not {size}.")


def _key(entry: KeyEntry) -> dict[str, object]:
    key = read_public_key(entry.key)
    return {
        "key": entry.key,
        "id": key.id,
        "fingerprint": key.fingerprint,
        "since": entry.since,
        "statement": entry.statement,
    }


def _leaf(found: Log, position: int) -> dict[str, object]:
    its = found.leaves[position]
    return {"position": position, "leaf": its.decode(), "leaf_hash": leaf_hash(its).hex()}
