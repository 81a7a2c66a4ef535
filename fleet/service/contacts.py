"""Whom a driver calls and what to mind, as the day says now: corrections reach phones without a plan."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from fleet.model.plan import Route
from fleet.model.route_packet import PacketHousehold
from fleet.store.contacts import households_of, notes_of


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Households and the notes of requests, by id; what the day does not have any more is not there."""

    households: Mapping[str, PacketHousehold] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> tuple[object, ...]:
        """The same for the same contacts."""
        known = ((key, found.name, found.phone) for key, found in self.households.items())
        return (*sorted(known, key=lambda item: item[0]), *sorted(self.notes.items()))


def contacts_on(session: Session, route: Route, *, date: datetime.date) -> Contacts:
    """Return the contacts of a route's stops: two looks into an index, whatever the size of the day."""
    requests = {entry.request for entry in route.entries if entry.request is not None}
    households = {entry.household for entry in route.entries if entry.household is not None}
    return Contacts(
        households={
            key: PacketHousehold(name=body["name"], phone=body["phone"])
            for key, body in households_of(session, households, date=date).items()
        },
        notes=notes_of(session, requests, date=date),
    )
