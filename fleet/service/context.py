"""What every use case is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fleet.service.config import Config
from fleet.store import Store

if TYPE_CHECKING:
    from maps.roads import RoadGraph


@dataclass(frozen=True, kw_only=True)
class Context:
    """The database, the settings and the roads. Instants come from ``store.clock``.

    ``wake_workers`` is called once a job waits; without it workers find the job a second later. ``places``
    says how many jobs can be done at a time, where this process carries jobs itself.
    """

    store: Store
    config: Config = field(default_factory=Config)
    roads: "RoadGraph | None" = None
    wake_workers: Callable[[], None] = lambda: None
    places: Callable[[], int] | None = None
