"""Paths that several subjects have."""

from fleet.model.base import Date, Document


class DayPath(Document):
    """Which day."""

    date: Date
