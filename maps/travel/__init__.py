"""Travel between places: durations, distances and paths for each speed cap. Imports nothing of fleet."""

from maps.travel.great_circle import great_circle_travel
from maps.travel.matrices import MAX_SPEED_CLASSES, TravelMatrices
from maps.travel.road import road_travel

__all__ = ["MAX_SPEED_CLASSES", "TravelMatrices", "great_circle_travel", "road_travel"]
