"""Drivers' phones: QR codes to sign in by, and the phones that used one."""

from typing import Annotated

from flask import Response
from pydantic import Field

from fleet.api import cookies
from fleet.api.answers import answer
from fleet.api.blueprint import OPEN, Api
from fleet.api.pages import printed_qr
from fleet.api.paging import PageQuery
from fleet.model.base import Document, Id
from fleet.service import devices
from fleet.service.context import Context
from fleet.service.devices import DeviceView, NewQr, QrSignIn, QrUse
from fleet.service.paging import Page
from fleet.service.roles import Caller, Permission
from fleet.service.sign_in import SessionView
from fleet.store.accounts import CredentialKind

api = Api("devices", tag="Drivers' phones")


class DriverPath(Document):
    """Which driver, by the id that days assign a tricycle to."""

    id: Id


class DevicePath(Document):
    """Which phone."""

    id: Id


class DevicesQuery(PageQuery):
    """Whose phones, and how many."""

    driver: Annotated[Id | None, Field(description="only this driver's")] = None


class BoundDevice(SessionView):
    """A phone that is a driver's now: an app sends the secret as a bearer token, a browser as its cookie."""

    secret: str


@api.on("POST", "/drivers/<id>/qr", may=Permission.MANAGE_DRIVERS, answers={201: QrSignIn}, secret=True)
def make_qr(ctx: Context, caller: Caller, path: DriverPath, body: NewQr) -> Response:
    """Make a QR code that signs one phone in, once; it is in this answer and nowhere else."""
    return answer(devices.make_qr(ctx, caller, driver=path.id, qr=body), status=201)


@api.on(
    "POST", "/drivers/<id>/qr/page", may=Permission.MANAGE_DRIVERS, answers={201: "text/html"}, secret=True
)
def print_qr(ctx: Context, caller: Caller, path: DriverPath, body: NewQr) -> Response:
    """Make a QR code, as a page of A6 to print."""
    made = devices.make_qr(ctx, caller, driver=path.id, qr=body)
    return Response(printed_qr(ctx, made), status=201, mimetype="text/html")


@api.on("GET", "/devices", may=Permission.MANAGE_DRIVERS, answers=Page[DeviceView])
def list_devices(ctx: Context, caller: Caller, query: DevicesQuery) -> Page[DeviceView]:
    """List the phones that are signed in."""
    return devices.list_devices(ctx, caller, driver=query.driver, limit=query.limit, cursor=query.cursor)


@api.on("POST", "/devices", may=OPEN, answers={201: BoundDevice}, errors=(401, 410), secret=True)
def bind_device(ctx: Context, body: QrUse) -> Response:
    """Use a QR code: the phone that calls is the driver's from now on."""
    started = devices.use_qr(ctx, use=body, replaces=cookies.held(CredentialKind.DEVICE))
    shown = BoundDevice(**dict(started.shown), secret=started.secret)
    return cookies.hand_over(answer(shown, status=201), ctx, started)


@api.on("DELETE", "/devices/<id>", may=Permission.MANAGE_DRIVERS, answers={204: None})
def revoke_device(ctx: Context, caller: Caller, path: DevicePath) -> None:
    """Take a phone off its driver."""
    devices.revoke_device(ctx, caller, device_id=path.id)
