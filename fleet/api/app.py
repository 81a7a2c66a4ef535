"""The web application: its endpoints, and what happens around every call."""

from collections.abc import Sequence

from flask import Flask
from flask_compress import Compress
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from fleet.api import (
    accounts,
    audit,
    days,
    devices,
    docs,
    errors,
    etags,
    events,
    headers,
    health,
    jobs,
    limits,
    logs,
    master,
    me,
    metrics,
    plans,
    requests,
    sessions,
    solve,
    standing_orders,
)
from fleet.api.blueprint import EXTENSION, Api
from fleet.api.pages import pages
from fleet.service.context import Context

SUBJECTS: tuple[Api, ...] = (
    sessions.api,
    master.api,
    days.api,
    requests.api,
    standing_orders.api,
    plans.api,
    events.api,
    me.api,
    jobs.api,
    solve.api,
    accounts.api,
    devices.api,
    audit.api,
    health.api,
    metrics.api,
)
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
    metrics.install(app, ctx=ctx)
    limits.install(app)
    etags.install(app)
    errors.install(app)
    _compress(app)
    for api in subjects:
        _register(app, api)
    app.register_blueprint(pages)
    docs.install(app, described={name: entry for api in subjects for name, entry in api.described.items()})
    if ctx.config.trusted_proxies:
        number = ctx.config.trusted_proxies
        proxied = ProxyFix(app.wsgi_app, x_for=number, x_proto=number, x_host=number, x_prefix=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]
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
