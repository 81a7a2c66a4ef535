"""The ``fleet`` command: what people and scripts call. Parses, calls other rooms, prints."""

from fleet.cli.app import main

__all__ = ["main"]
