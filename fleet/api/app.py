"""The web application: its endpoints, and what happens around every call."""

from collections.abc import Sequence

from flask import Flask
from flask_compress import Compress
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from fleet.api import docs, errors, etags, headers, health, limits, logs, solve
from fleet.api.blueprint import EXTENSION, Api
from fleet.service.context import Context

SUBJECTS: tuple[Api, ...] = (solve.api, health.api)
"""Every module of endpoints, in the order of the documentation."""
COMPRESSED = ("application/json", "application/problem+json", "application/geo+json", "text/html")


def create_app(ctx: Context, *, subjects: Sequence[Api] = SUBJECTS) -> Flask:
    """Return the application.

    Parameters
    ----------
    ctx : Context
        Its database is migrated already.
    subjects : sequence of Api
        The endpoints.
    """
    app = OpenAPI("fleet", info=_info(), doc_ui=False, static_folder=None)
    app.extensions[EXTENSION] = ctx
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    headers.install(app)
    logs.install(app)
    limits.install(app)
    etags.install(app)
    errors.install(app)
    _compress(app)
    for api in subjects:
        _register(app, api)
    docs.install(app, described={name: entry for api in subjects for name, entry in api.described.items()})
    return app


def _register(app: OpenAPI, api: Api) -> None:
    """Register a subject; of a path that two subjects share flask-openapi3 would document the last only."""
    shared = {path: item for path, item in app.paths.items() if path in api.paths}
    app.register_api(api)
    for path, item in shared.items():
        known = {method: operation for method, operation in item if operation is not None}
        app.paths[path] = api.paths[path].model_copy(update=known)


def _info() -> Info:
    import importlib.metadata

    return Info(
        title="Oasis Fleet",
        version=importlib.metadata.version("oasis-fleet"),
        description="Plans the morning routes of a township's electric tricycles.",
    )


def _compress(app: Flask) -> None:
    app.config["COMPRESS_ALGORITHM"] = ["gzip"]
    app.config["COMPRESS_MIMETYPES"] = list(COMPRESSED)
    app.config["COMPRESS_STREAMS"] = False
    app.config["COMPRESS_LEVEL"] = 5
    Compress(app)
