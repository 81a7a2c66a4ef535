"""Every table. The migrations are written from these, and a test compares the two."""

from fleet.store.tables.accounts import Account, Audit, Credential, SignInFailure, name_key
from fleet.store.tables.base import Base, Json
from fleet.store.tables.days import (
    DayHistory,
    DayItem,
    Master,
    MasterHistory,
    Publication,
    RequestHistory,
    StandingOrder,
    StoredDay,
    StoredPlan,
    StoredRequest,
)
from fleet.store.tables.work import Event, Job, KeptAnswer

__all__ = [
    "Account",
    "Audit",
    "Base",
    "Credential",
    "DayHistory",
    "DayItem",
    "Event",
    "Job",
    "Json",
    "KeptAnswer",
    "Master",
    "MasterHistory",
    "Publication",
    "RequestHistory",
    "SignInFailure",
    "StandingOrder",
    "StoredDay",
    "StoredPlan",
    "StoredRequest",
    "name_key",
]
