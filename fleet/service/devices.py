"""Drivers' phones: signed in by a QR code that the dispatcher shows or prints, and good until revoked."""

import datetime
import io
from typing import Annotated

import segno
from pydantic import Field
from sqlalchemy.orm import Session

from fleet.model import ErrorCode, bad_input
from fleet.model.base import AS_WHOLE, Document, Label
from fleet.service import accounts, sessions
from fleet.service.accounts import AccountBase
from fleet.service.addresses import address_for_phones
from fleet.service.context import Context
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.passwords import Secret
from fleet.service.roles import Caller, Permission, Role
from fleet.service.sign_in import Started, start
from fleet.store import accounts as rows
from fleet.store.accounts import CredentialKind
from fleet.store.audit import note
from fleet.store.tables import Account, Credential

DEFAULT_MINUTES = 15
LONGEST_MINUTES = 7 * 24 * 60
PAGE = "/phone"


class NewQr(Document):
    """A QR code to make; one that was not used yet ends with it."""

    minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES), AS_WHOLE] = DEFAULT_MINUTES
    label: Label = Field(default="", description="what the phone is called in the list")
    revoke_devices: bool = Field(default=False, description="whether phones of this driver end at once")


class QrSignIn(Document):
    """A QR code, shown once: it signs one phone in, once."""

    driver: str
    link: str = Field(repr=False)
    svg: str = Field(repr=False, description="the link as a QR code")
    expires_at: datetime.datetime


class QrUse(Document):
    """The secret of a QR code, what follows ``#`` in its link."""

    secret: Secret
    label: Label = Field(
        default="", description="what the phone is called in the list, else as its code says"
    )


class DeviceView(Document):
    """A phone that a driver signed in on."""

    id: str
    driver: str
    label: str
    created_at: datetime.datetime
    used_at: datetime.datetime | None = Field(description="about when it was last used")
    expires_at: datetime.datetime


def make_qr(ctx: Context, caller: Caller, *, driver: str, qr: NewQr) -> QrSignIn:
    """Make a QR code for a driver; the driver's account is made with the first one.

    Raises
    ------
    InputError
        PUBLIC_URL_MISSING; NOT_FOUND for a driver whom no day knows, or whose account is disabled.
    """
    caller.has_to(Permission.MANAGE_DRIVERS)
    address = address_for_phones(ctx.config)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        account = _account_of(session, driver=driver, at=at, caller=caller)
        ended = (CredentialKind.QR, CredentialKind.DEVICE) if qr.revoke_devices else (CredentialKind.QR,)
        rows.revoke(session, at=at, account_id=account.id, kinds=ended)
        credential, secret = sessions.issue(
            session,
            kind=CredentialKind.QR,
            account_id=account.id,
            at=at,
            lifetime=datetime.timedelta(minutes=qr.minutes),
            label=qr.label,
        )
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="created",
            kind="qr",
            subject=credential.id,
            account=account.id,
            revoked_devices=qr.revoke_devices,
        )
    link = f"{address}{PAGE}#{secret}"
    return QrSignIn(driver=driver, link=link, svg=_drawn(link), expires_at=credential.expires_at)


def use_qr(ctx: Context, *, use: QrUse, replaces: str | None = None) -> Started:
    """Bind the phone that calls to the driver of a QR code.

    Raises
    ------
    InputError
        LINK_OVER for a code that was used, replaced or is too old.
    """
    at = ctx.store.clock()
    with ctx.store.write() as session:
        used = rows.use_once(
            session,
            secret_sha256=sessions.sha256_of(use.secret.get_secret_value()),
            kind=CredentialKind.QR,
            at=at,
        )
        if used is None:
            raise bad_input(ErrorCode.LINK_OVER)
        account = accounts.known(session, str(used.account_id))
        return start(
            session,
            account=account,
            kind=CredentialKind.DEVICE,
            at=at,
            replaces=replaces,
            label=use.label or used.label,
        )


def list_devices(
    ctx: Context,
    caller: Caller,
    *,
    driver: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[DeviceView]:
    """Return the phones that are signed in: of a driver, or of all."""
    caller.has_to(Permission.MANAGE_DRIVERS)
    after = after_of(cursor, str) or ""
    with ctx.store.read() as session:
        found = rows.devices(session, at=ctx.store.clock(), driver=driver, after=after, limit=limit + 1)
    return page_of(found, limit=limit, key=lambda pair: (pair[0].id,), item=lambda pair: _view(*pair))


def revoke_device(ctx: Context, caller: Caller, *, device_id: str) -> None:
    """Take a phone off its driver: from now on it is told to sign in.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.MANAGE_DRIVERS)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        if not rows.revoke(session, at=at, credential_id=device_id, kinds=(CredentialKind.DEVICE,)):
            raise bad_input(ErrorCode.NOT_FOUND, where="device", value=device_id, kind="device")
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="revoked",
            kind="device",
            subject=device_id,
        )


def _account_of(session: Session, *, driver: str, at: datetime.datetime, caller: Caller) -> Account:
    account = rows.account_by_driver(session, driver)
    if account is not None and account.disabled_at is None:
        return account
    # A driver whom no day knows is a slip of the pen.
    if account is not None or not rows.is_assigned(session, driver=driver):
        raise bad_input(ErrorCode.NOT_FOUND, where="driver", value=driver, kind="driver")
    made = accounts.add(session, account=AccountBase(name=driver, role=Role.DRIVER, driver=driver), at=at)
    note(
        session,
        at=at,
        account_id=caller.account_id,
        action="created",
        kind="account",
        subject=made.id,
        role=made.role,
    )
    return made


def _view(credential: Credential, account: Account) -> DeviceView:
    return DeviceView(
        id=credential.id,
        driver=str(account.driver),
        label=credential.label,
        created_at=credential.created_at,
        used_at=credential.used_at,
        expires_at=credential.expires_at,
    )


def _drawn(link: str) -> str:
    drawing = io.BytesIO()
    segno.make_qr(link, error="m").save(
        drawing, kind="svg", xmldecl=False, omitsize=True, border=4, light="white", title="QR"
    )
    return drawing.getvalue().decode().strip()
