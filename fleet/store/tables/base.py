"""What all tables share: names of constraints, for migrations to rely on, and how types are stored."""

import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, MetaData
from sqlalchemy.orm import DeclarativeBase

from fleet.store.columns import Instant

Json = dict[str, Any]


class Base(DeclarativeBase):
    """Base of all tables.

    A JSON column is replaced whole: what is changed in place is not stored. None is NULL there, not a JSON
    null.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime.datetime: Instant,
        Json: JSON(none_as_null=True),
    }
