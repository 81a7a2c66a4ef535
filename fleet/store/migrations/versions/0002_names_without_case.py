"""Names of accounts are unique without regard to case."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

LONGEST_NAME = 80
ACCOUNTS = sa.table(
    "accounts", sa.column("id"), sa.column("name"), sa.column("name_key"), sa.column("created_at")
)


def upgrade() -> None:
    """Make the change. Of accounts whose names differ in case only, later ones are numbered."""
    # In place: SQLite could make the table anew only by deleting what refers to its rows.
    op.add_column("accounts", sa.Column("name_key", sa.String(length=240), server_default="", nullable=False))
    connection = op.get_bind()
    taken: set[str] = set()
    found = sa.select(ACCOUNTS.c.id, ACCOUNTS.c.name).order_by(ACCOUNTS.c.created_at, ACCOUNTS.c.id)
    for account_id, name in connection.execute(found).all():
        new, number = name, 1
        while _key(new) in taken:
            number += 1
            new = f"{name[: LONGEST_NAME - 8]} {number}"
        taken.add(_key(new))
        connection.execute(
            sa.update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(name=new, name_key=_key(new))
        )
    op.create_index(op.f("ix_accounts_name_key"), "accounts", ["name_key"], unique=True)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_accounts_name_key"), "accounts")
    op.drop_column("accounts", "name_key")


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name.casefold())
