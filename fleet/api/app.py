"""The web application: its endpoints, and what happens around every call."""

from flask import Flask
from flask_compress import Compress
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from fleet.api import docs, errors, headers, health, limits, logs
from fleet.api.blueprint import EXTENSION, Api
from fleet.service.context import Context

SUBJECTS: tuple[Api, ...] = (health.api,)
"""Every module of endpoints, in the order of the documentation."""
COMPRESSED = ("application/json", "application/problem+json", "application/geo+json", "text/html", "text/css")


def create_app(ctx: Context) -> Flask:
    """Return the application.

    Parameters
    ----------
    ctx : Context
        Its database is migrated already.
    """
    app = OpenAPI("fleet", info=_info(), doc_ui=False, static_folder=None)
    app.extensions[EXTENSION] = ctx
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    headers.install(app)
    logs.install(app)
    limits.install(app)
    errors.install(app)
    _compress(app)
    for api in SUBJECTS:
        app.register_api(api)
    docs.install(app, described={name: entry for api in SUBJECTS for name, entry in api.described.items()})
    return app


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
    app.config["COMPRESS_LEVEL"] = 5
    Compress(app)
