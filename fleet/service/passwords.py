"""Passwords: which are good enough, and their hashes. Hashing takes long: never inside a transaction."""

import base64
import re
import secrets
import threading
import unicodedata
from typing import Annotated, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import BeforeValidator, Field, SecretStr

from fleet.model import ErrorCode, bad_input
from fleet.model.base import refusal

LEAST = 10
LONGEST = 200
LEAST_DIFFERENT = 5
LEAST_OWN = 5
"""How many characters have to be left of a password without what everybody would try."""
LEAST_DIGITS = 15
"""A shorter one of digits alone is a phone number, an identity card's end or a date."""
COMMON = (
    *("password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "letmein", "welcome", "changeme"),
    *("iloveyou", "sunshine", "princess", "football", "baseball", "superman", "dragon", "monkey"),
    *("administrator", "admin", "dispatcher", "planner", "driver", "fleet", "oasis", "tricycle"),
    *("woaini", "mima", "zhongguo", "xinjiang", "korla", "kuerle", "qiaerbag"),
    *("qwertyuiop", "qwertyui", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "1qaz2wsx", "q1w2e3r4"),
    *("1q2w3e4r5t", "1q2w3e4r", "1234567890", "0123456789", "987654321", "12345678", "123456", "12345"),
    *("abcdefghij", "abcdefg", "abcdef", "abc123", "abcd", "1234", "123", "5201314", "secret"),
)
HASHING_AT_ONCE = threading.BoundedSemaphore(2)
"""One hash takes as much memory as the hasher says; many calls at once would take all there is."""

_hasher = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)


def _of_nobody() -> str:
    """Return a hash of our parameters that no password has."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()
        for length in (_hasher.salt_len, _hasher.hash_len)
    )
    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


HASH_OF_NOBODY = _of_nobody()


def _hidden(value: Any) -> Any:
    """Refuse without naming the value: a refusal would otherwise carry a password into answers and logs."""
    if not isinstance(value, str | SecretStr):
        raise refusal(ErrorCode.WRONG_TYPE, value="", expected="string")
    if len(value) > LONGEST:
        raise refusal(ErrorCode.TEXT_TOO_LONG, value="", limit=LONGEST)
    return value


Secret = Annotated[SecretStr, Field(max_length=LONGEST), BeforeValidator(_hidden)]
"""A password or another secret that is sent to us; it shows in no representation and in no error."""


def check_strength(password: str, *, name: str) -> None:
    """Refuse a password that others would guess.

    Raises
    ------
    InputError
        PASSWORD_WEAK.
    """
    plain = _normal(password).casefold()
    own = plain
    for known in (name.casefold(), *COMMON):
        own = own.replace(known, "") if known else own
    weak = (
        len(password) < LEAST
        or len(set(plain)) < LEAST_DIFFERENT
        or len(re.sub(r"[\W_]", "", own)) < LEAST_OWN
        or (plain.isdigit() and len(plain) < LEAST_DIGITS)
    )
    if weak:
        raise bad_input(ErrorCode.PASSWORD_WEAK, where="password", least=LEAST)


def new_hash(password: str, *, name: str) -> str:
    """Return the hash of a new password for the account of a name.

    Raises
    ------
    InputError
        PASSWORD_WEAK.
    """
    check_strength(password, name=name)
    return hashed(password)


def hashed(password: str) -> str:
    """Return the hash to keep."""
    with HASHING_AT_ONCE:
        return _hasher.hash(_normal(password))


def is_right(password: str, *, password_hash: str | None) -> bool:
    """Say whether a password belongs to a hash; without a hash the same work is done, and it does not."""
    with HASHING_AT_ONCE:
        try:
            _hasher.verify(password_hash or HASH_OF_NOBODY, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Say whether a hash was made with parameters that are no longer ours."""
    return _hasher.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    # The same characters typed on another keyboard may come in another spelling.
    return unicodedata.normalize("NFKC", password)
