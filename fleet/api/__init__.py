"""The service over HTTP: parse, call one use case, answer."""

from fleet.api.app import create_app

__all__ = ["create_app"]
