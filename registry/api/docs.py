"""The reader of the OpenAPI document: Swagger UI from its package, without any outside address."""

from __future__ import annotations

from importlib.resources import files
from typing import cast

from flask import Blueprint, Response, redirect, request, send_from_directory, url_for

blueprint = Blueprint("docs", __name__)

_ASSETS = str(files("flask_swagger_ui") / "dist")
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Marjaa: HTTP API</title>
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/assets/favicon-32x32.png">
</head>
<body>
<div id="reader"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reader",
  deepLinking: true,
  validatorUrl: null,
});
"""
# Swagger UI sets style attributes and carries its icons as data.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


@blueprint.get("/docs")
def reader() -> Response:
    """The page; with a slash behind it, its relative addresses would lead elsewhere."""
    if request.path.endswith("/"):
        return cast(Response, redirect(url_for("docs.reader"), 308))
    return Response(
        _PAGE, headers={"Content-Security-Policy": _POLICY}, content_type="text/html; charset=utf-8"
    )


@blueprint.get("/docs/start.js")
def start() -> Response:
    """The script that opens the document: a file, so that no inline script needs to be allowed."""
    return Response(_START, content_type="text/javascript; charset=utf-8")


@blueprint.get("/docs/assets/<path:name>")
def asset(name: str) -> Response:
    """A file of Swagger UI."""
    return send_from_directory(_ASSETS, name, max_age=86400)
