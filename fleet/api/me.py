"""What a driver's phone asks for: the own route."""

from flask import Response
from pydantic import Field

from fleet.api.answers import known_or
from fleet.api.blueprint import Api
from fleet.model.base import Date, Document
from fleet.model.route_packet import RoutePacket
from fleet.service.context import Context
from fleet.service.packets import read_route, read_route_version
from fleet.service.roles import Caller, Permission

api = Api("me", tag="Drivers")


class RouteQuery(Document):
    """Of which day."""

    date: Date | None = Field(default=None, description="today by the day's clock where it is left out")


@api.on("GET", "/me/route", may=Permission.DRIVE, answers=RoutePacket)
def read_own_route(ctx: Context, caller: Caller, query: RouteQuery) -> Response:
    """Return the own route, complete for a day without a network."""
    version = read_route_version(ctx, caller, date=query.date)
    return known_or(version, lambda: read_route(ctx, caller, date=query.date))
