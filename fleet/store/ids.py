"""Ids of rows that people do not name."""

import secrets

BYTES = 10


def new_id() -> str:
    """Return an id that nobody can guess or meet again: 20 hexadecimal digits."""
    return secrets.token_bytes(BYTES).hex()
