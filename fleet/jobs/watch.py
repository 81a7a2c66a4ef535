"""Who has lost a lease: those whose beats have stood still for long, by a clock that never jumps.

Each service that watches has its own view of it, and begins anew when it starts. The instants in the table
are of no use for this: the clocks of two machines differ, and any of them may be set while a job runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fleet.store.jobs import Pulse


@dataclass(slots=True)
class Watch:
    """The signs of life that were seen, and since when each stands still; no more than this is remembered.

    ``patience_s`` has to be several times the interval of beats: a busy machine may be late with some.
    """

    patience_s: float
    _since: dict[Pulse, float] = field(default_factory=dict)

    def silent(self, pulses: Iterable[Pulse], *, now_s: float) -> list[Pulse]:
        """Note the present signs of life, and return those that have been the same for too long."""
        self._since = {pulse: self._since.get(pulse, now_s) for pulse in pulses}
        return [pulse for pulse, since_s in self._since.items() if now_s - since_s >= self.patience_s]
