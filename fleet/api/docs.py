"""``/openapi.json``, and ``/docs``, where people look at it; everything comes from this machine."""

import functools
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, send_from_directory
from flask_openapi3.openapi import OpenAPI
from werkzeug.wrappers import Response as AnyResponse

from fleet.api.headers import PREFIX
from fleet.api.openapi import Described, complete

ASSETS = str(files("flask_openapi3_swagger") / "templates" / "swagger")
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Oasis Fleet: the interface</title>
<link rel="icon" href="/docs/assets/images/swagger.svg">
<link rel="stylesheet" href="/docs/assets/css/swagger-ui.css">
<div id="interface"></div>
<script src="/docs/assets/js/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
# The validator's badge would be fetched from its maker's server.
START = """window.onload = () => SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#interface", deepLinking: true, validatorUrl: null
});
"""


def install(app: OpenAPI, *, described: Mapping[str, Described]) -> None:
    """Serve the document of an app and its page."""
    pages = Blueprint("docs", __name__)

    @functools.cache
    def document() -> dict[str, Any]:
        return complete(app.api_doc, described)

    @pages.get("/openapi.json")
    @pages.get(f"{PREFIX}/openapi.json", endpoint="openapi_below_prefix")
    def openapi() -> Response:
        return jsonify(document())

    @pages.get("/docs")
    def page() -> Response:
        return Response(PAGE, mimetype="text/html")

    @pages.get(f"{PREFIX}/docs", endpoint="docs_below_prefix")
    def below_prefix() -> AnyResponse:
        return redirect("/docs", code=308)

    @pages.get("/docs/start.js")
    def start() -> Response:
        return Response(START, mimetype="text/javascript")

    @pages.get("/docs/assets/<path:name>")
    def assets(name: str) -> Response:
        return send_from_directory(ASSETS, name, max_age=86_400)

    app.register_blueprint(pages)
