"""The addresses that people are sent to."""

from urllib.parse import urlsplit

from fleet.model import ErrorCode, bad_input
from fleet.service.config import Config

API_PATH = "/api/v1"
LOCAL = ("localhost", "127.0.0.1", "::1")
ANY = ("", "0.0.0.0", "::")
"""A service that listens on all addresses is reached by this machine's own name for itself."""
HTTP_PORT = 80


def address_for_phones(config: Config) -> str:
    """Return the public address, which has to be one where phones keep pages and cameras work.

    Raises
    ------
    InputError
        PUBLIC_URL_MISSING without https; for tests on one machine localhost will do.
    """
    address = urlsplit(config.public_url or "")
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOCAL):
        raise bad_input(ErrorCode.PUBLIC_URL_MISSING, where="public_url", value=config.public_url or "")
    return str(config.public_url).rstrip("/")


def is_secure(config: Config) -> bool:
    """Say whether browsers reach the service by https only."""
    return urlsplit(config.public_url or "").scheme == "https"


def address_for_people(config: Config) -> str:
    """Return the public address, or without one that of this machine."""
    return config.public_url.rstrip("/") if config.public_url else listening_address(config)


def listening_address(config: Config) -> str:
    """Return where this machine reaches the service."""
    host = "localhost" if config.host in ANY else config.host
    return f"http://{f'[{host}]' if ':' in host else host}:{config.port}"


def is_out_of_reach(config: Config) -> bool:
    """Say whether the public address leads here only where something in front passes calls on.

    With https something always does, on a port of its own: the service itself speaks http.
    """
    if config.public_url is None:
        return False
    address = urlsplit(config.public_url)
    if address.scheme == "https":
        return address.port == config.port
    is_elsewhere = config.host in LOCAL and address.hostname not in LOCAL
    return is_elsewhere or (address.port or HTTP_PORT) != config.port
