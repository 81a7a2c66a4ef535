"""``/health``: whether the service can do its work, for whoever watches it; no sign-in, no secrets."""

from flask import Response

from fleet.api.answers import answer
from fleet.api.blueprint import OPEN, Api
from fleet.service.context import Context
from fleet.service.health import Health, health

api = Api("health", tag="Running it")


@api.on("GET", "/health", may=OPEN, answers={200: Health, 503: Health})
def read_health(ctx: Context) -> Response:
    """Say how the database, the workers, the queue and the road file are."""
    found = health(ctx)
    return answer(found, status=200 if found.ok else 503)
