"""Who may come in, with what, and who tried."""

import datetime
import unicodedata

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from fleet.store.tables.base import Base, Json


def name_key(name: str) -> str:
    """Return what names of accounts are compared by: databases know upper case of some scripts only."""
    return unicodedata.normalize("NFKC", name.casefold())


class Account(Base):
    """A person or a program. ``driver`` is the id under which days assign a tricycle to this account.

    ``name_key`` follows the name: two names that differ in case only are one.
    """

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    name_key: Mapped[str] = mapped_column(String(240), index=True, unique=True, server_default="")
    role: Mapped[str] = mapped_column(String(20))
    driver: Mapped[str | None] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime.datetime]
    disabled_at: Mapped[datetime.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @validates("name")
    def _keep_key(self, _: str, name: str) -> str:
        self.name_key = name_key(name)
        return name


class Credential(Base):
    """A secret that stands for an account: only its SHA-256 is kept.

    ``kind`` is ``session`` (a browser that signed in), ``token`` (a program), ``qr`` (printed, good for one
    use), ``device`` (the phone that a QR code was used on) or ``setup`` (the link of the first start, which
    belongs to no account yet). ``used_at`` is when one of a single use was used, else about when it was last.
    """

    __tablename__ = "credentials"
    __table_args__ = (Index(None, "account_id", "kind"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(20))
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime.datetime]
    expires_at: Mapped[datetime.datetime]
    used_at: Mapped[datetime.datetime | None]
    revoked_at: Mapped[datetime.datetime | None]


class SignInFailure(Base):
    """A failed try to sign in; counted in the table, because there may be several processes."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime.datetime]


class Audit(Base):
    """Who did what when. ``details`` hold ids and counts only, never a name or a phone."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"), Index(None, "kind", "subject"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime.datetime]
    account_id: Mapped[str | None] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[Json] = mapped_column(default=dict)
