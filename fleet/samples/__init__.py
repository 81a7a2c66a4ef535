"""Sample days: an invented morning of a real township, and days on any road file."""

from fleet.samples.anywhere import from_roads
from fleet.samples.catalogue import make_day, sample_names, sample_roads
from fleet.samples.write import write_day, write_sample

__all__ = ["from_roads", "make_day", "sample_names", "sample_roads", "write_day", "write_sample"]
