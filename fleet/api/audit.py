"""Who did what when."""

from typing import Annotated

from pydantic import Field

from fleet.api.blueprint import Api
from fleet.api.paging import PageQuery
from fleet.model.base import NO_NUL, WITHOUT_NUL, Date, Id
from fleet.service import audit
from fleet.service.audit import AuditLine
from fleet.service.context import Context
from fleet.service.paging import Page
from fleet.service.roles import Caller, Permission

api = Api("audit", tag="Running it")
Word = Annotated[str, Field(min_length=1, max_length=40, json_schema_extra=WITHOUT_NUL), NO_NUL]
Subject = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=WITHOUT_NUL), NO_NUL]


class AuditQuery(PageQuery):
    """Which lines, and how many."""

    first: Date | None = Field(default=None, description="the first date, on the township's clock")
    last: Date | None = Field(default=None, description="the last date")
    account: Id | None = Field(default=None, description="only what the account of this id did")
    action: Word | None = Field(default=None, description="only this action, like `published`")
    kind: Word | None = Field(default=None, description="only to things of this kind, like `day`")
    subject: Subject | None = Field(default=None, description="only to this one, like `2026-06-15`")


@api.on("GET", "/audit", may=Permission.READ_AUDIT, answers=Page[AuditLine])
def list_audit(ctx: Context, caller: Caller, query: AuditQuery) -> Page[AuditLine]:
    """List who did what when, the latest first, in ids and counts."""
    return audit.list_audit(
        ctx,
        caller,
        first=query.first,
        last=query.last,
        account_id=query.account,
        action=query.action,
        kind=query.kind,
        subject=query.subject,
        limit=query.limit,
        cursor=query.cursor,
    )
