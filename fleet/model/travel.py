"""What planning and checking ask of travel; ``maps.travel`` answers it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Travel(Protocol):
    """Fastest paths between the locations of a day (``Day.locations()``), for each distinct speed cap.

    ``durations_s`` and ``distances_m`` have shape (classes, n, n), ``int64``; durations are rounded up.
    """

    @property
    def speed_caps_kmh(self) -> tuple[float, ...]: ...
    @property
    def durations_s(self) -> "npt.NDArray[np.int64]": ...
    @property
    def distances_m(self) -> "npt.NDArray[np.int64]": ...
    @property
    def source(self) -> str: ...
    @property
    def roads_sha256(self) -> str | None: ...
    @property
    def profile(self) -> str: ...
    @property
    def detour_factor(self) -> float | None: ...
    @property
    def attribution(self) -> str: ...
    @property
    def invented(self) -> bool: ...

    def speed_class(self, speed_cap_kmh: float) -> int:
        """Return the index of the class of a speed cap, one of ``speed_caps_kmh``."""
        ...

    def paths(
        self, *, speed_class: int, origins: Sequence[int], destinations: Sequence[int]
    ) -> "list[npt.NDArray[np.float64]]":
        """Return the points of the path of each pair, shape (k, 2), latitude and longitude in degrees."""
        ...
