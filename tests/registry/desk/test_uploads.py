"""Forms with a file: written as they come, refused as soon as they are too much, and never half there."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest
from flask import Flask, request

from registry.api.blueprint import BadBody, WrongMediaType
from registry.desk import uploads
from registry.desk.uploads import NoSpace, take_upload
from registry.errors import TooLarge

BOUNDARY = "marmot"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
FORM = part("data_set", "naissances é".encode()) + part("file", b"a;b\r\n1;2\r\n", "births.csv") + END


def taken(folder: Path, body: bytes, content_type: str | None = None, *, length: bool = True, **limits: int):
    known = {"most_bytes": 1_000_000, "most_text": 1_000, "known": ("data_set", "recipe")} | limits
    app = Flask(__name__)
    environment = {
        "method": "POST",
        "input_stream": io.BytesIO(body),
        "content_type": content_type or f"multipart/form-data; boundary={BOUNDARY}",
        "environ_overrides": {"wsgi.input_terminated": True},
    }
    if length:
        environment["content_length"] = len(body)
    with app.test_request_context("/", **environment):
        assert request.method == "POST"
        return take_upload(folder, **known)


def test_the_file_is_there_under_its_own_name_with_the_fields_beside_it(tmp_path: Path):
    found = taken(tmp_path, FORM)
    assert found.path == tmp_path / "births.csv"
    assert found.path.read_bytes() == b"a;b\r\n1;2\r\n"
    assert (found.size, found.fields) == (10, {"data_set": "naissances é"})


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\births.csv", "\u202egpj.csv", "", "." * 300, "\0"])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str):
    found = taken(tmp_path, part("file", b"x", name) + END)
    assert found.path.parent == tmp_path
    assert found.path.name.isascii()


@pytest.mark.parametrize("length", [True, False], ids=["announced", "as it comes"])
def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, length: bool):
    body = part("file", b"x" * 200_000, "a.csv") + END
    with pytest.raises(TooLarge, match="100000 bytes"):
        taken(tmp_path, body, length=length, most_bytes=100_000)


def test_what_is_announced_as_too_much_is_refused_unread(tmp_path: Path):
    with pytest.raises(TooLarge):
        taken(tmp_path, part("file", b"x" * 3_000_000, "a.csv") + END, most_bytes=1_000)
    assert list(tmp_path.iterdir()) == []


def test_fields_have_a_limit_of_their_own(tmp_path: Path):
    with pytest.raises(TooLarge, match="fields"):
        taken(tmp_path, part("recipe", b"x" * 1_001) + FORM)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        END,
        FORM[:-10],
        FORM[:30],
        b"x" * 100_000,
        part("file", b"", "a.csv") + END,
        part("file", b"no file name") + END,
        part("other", b"x", "a.csv") + END,
        part("surprise", b"x") + FORM,
        part("data_set", b"again") + FORM,
        part("file", b"x", "a.csv") + part("file", b"y", "b.csv") + END,
        part("data_set", b"\xff") + part("file", b"x", "a.csv") + END,
        *[part("data_set", b"x") * 30 + END],
        FORM.replace(b"Content-Disposition", b"Content-Nothing"),
    ],
)
def test_a_form_that_is_none_is_refused(tmp_path: Path, body: bytes):
    with pytest.raises((BadBody, TooLarge)):
        taken(tmp_path, body)


@pytest.mark.parametrize("content_type", ["text/csv", "multipart/form-data", "multipart/mixed; boundary=x"])
def test_another_body_than_a_form_is_refused(tmp_path: Path, content_type: str):
    with pytest.raises(WrongMediaType):
        taken(tmp_path, FORM, content_type)


def test_headers_without_end_do_not_fill_the_memory(tmp_path: Path):
    endless = f"--{BOUNDARY}\r\nX: ".encode() + b"y" * 8_000_000
    with pytest.raises((BadBody, TooLarge)):
        taken(tmp_path, endless, most_bytes=10_000_000)


def test_a_full_disk_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads._Form, "_add", full)
    with pytest.raises(NoSpace):
        taken(tmp_path, FORM)
