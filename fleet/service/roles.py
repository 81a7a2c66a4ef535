"""Which role may do what: the one table that use cases, the API's documentation and its tests read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from fleet.model import ErrorCode, bad_input


class Role(StrEnum):
    """What an account is for."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    PLANNER = "planner"
    DRIVER = "driver"


class Permission(StrEnum):
    """Something that not everybody may do."""

    OWN_ACCOUNT = "own_account"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_DRIVERS = "manage_drivers"
    READ_AUDIT = "read_audit"
    READ_METRICS = "read_metrics"
    OPERATE = "operate"
    EDIT_DAYS = "edit_days"
    PLAN = "plan"
    SOLVE = "solve"
    DRIVE = "drive"
    REPORT = "report"


ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.OWN_ACCOUNT: frozenset(Role),
    Permission.MANAGE_ACCOUNTS: frozenset({Role.ADMIN}),
    Permission.MANAGE_DRIVERS: frozenset({Role.ADMIN, Role.DISPATCHER}),
    Permission.READ_AUDIT: frozenset({Role.ADMIN}),
    Permission.READ_METRICS: frozenset({Role.ADMIN}),
    Permission.OPERATE: frozenset({Role.ADMIN}),
    Permission.EDIT_DAYS: frozenset({Role.ADMIN, Role.DISPATCHER}),
    Permission.PLAN: frozenset({Role.ADMIN, Role.DISPATCHER}),
    Permission.SOLVE: frozenset({Role.ADMIN, Role.DISPATCHER, Role.PLANNER}),
    Permission.DRIVE: frozenset({Role.DRIVER}),
    Permission.REPORT: frozenset({Role.ADMIN, Role.DISPATCHER, Role.DRIVER}),
}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks for a use case: an account, or the system itself, which has no account.

    ``on_phone`` says that a driver's phone stands for the account, whose rights end with the phone.
    """

    account_id: str | None
    role: Role
    driver: str | None = None
    on_phone: bool = False

    @classmethod
    def system(cls) -> Self:
        """Return the caller that the command line and the jobs are: it stands in the audit as none."""
        return cls(account_id=None, role=Role.ADMIN)

    def may(self, permission: Permission) -> bool:
        """Say whether this caller's role is allowed to."""
        return self.account_id is None or self.role in ALLOWED[permission]

    def has_to(self, permission: Permission) -> None:
        """Refuse a caller whose role is not allowed to.

        Raises
        ------
        InputError
            FORBIDDEN, with the roles that may.
        """
        if not self.may(permission):
            roles = ", ".join(sorted(ALLOWED[permission]))
            raise bad_input(ErrorCode.FORBIDDEN, where=permission, role=roles)
