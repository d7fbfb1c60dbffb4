"""The reader of the OpenAPI document."""

from __future__ import annotations

import re

from flask.testing import FlaskClient


def test_the_reader_finds_its_files_with_and_without_a_slash_behind_its_address(client: FlaskClient) -> None:
    for address in ("/api/v1/docs", "/api/v1/docs/"):
        page = client.get(address, follow_redirects=True)
        assert page.status_code == 200
        assert page.request.path == "/api/v1/docs"
        for name in re.findall(r'(?:src|href)="([^"]+)"', page.get_data(as_text=True)):
            with client.get(f"/api/v1/{name}") as file:
                assert file.status_code == 200
