"""The figures on the page of accounts are those of the program."""

from collections.abc import Iterator

import pytest

from fleet.service import devices, passwords, setup, sign_in, tokens
from fleet.service.roles import Role
from fleet.service.sessions import LIFETIMES, PREFIXES, TOKEN_NOTED_EVERY
from fleet.store.accounts import CredentialKind
from tests.docs.pages import DOCS

SESSION, DEVICE = LIFETIMES[CredentialKind.SESSION], LIFETIMES[CredentialKind.DEVICE]


def sentences() -> Iterator[str]:
    """What the page says, its figures put in."""
    hour = 3600
    yield f"good for {setup.GOOD_FOR.total_seconds() / hour:.0f} hours"
    yield f"At least {passwords.LEAST} characters, {passwords.LEAST_DIFFERENT} of them different"
    yield f"at most {passwords.LONGEST}; what is left"
    yield f"has at least {passwords.LEAST_OWN}; of digits alone at least {passwords.LEAST_DIGITS}"
    window = sign_in.WINDOW.total_seconds() / 60
    tries = f"{sign_in.TRIES_PER_NAME} tries for a name and {sign_in.TRIES_PER_ADDRESS} from an address"
    yield f"Within {window:.0f} minutes {tries}"
    idle, longest = SESSION.idle.total_seconds() / hour, SESSION.longest.days
    yield f"{idle:.0f} hours after its last use, {longest} days at most"
    yield f"{DEVICE.idle.days} days after its last use, {DEVICE.longest.days} days at most"
    yield f"{tokens.DEFAULT_DAYS} days; on request 1 to {tokens.LONGEST_DAYS:,}"
    yield f"every {SESSION.noted_every.total_seconds() / 60:.0f} minutes for sessions"
    assert DEVICE.noted_every == TOKEN_NOTED_EVERY
    yield f"every {DEVICE.noted_every.total_seconds() / hour:.0f} hours for the others"
    yield f"Tokens begin with `{PREFIXES[CredentialKind.TOKEN]}`"
    yield f"secrets with `{PREFIXES[CredentialKind.DEVICE]}`"
    days = devices.LONGEST_MINUTES / 60 / 24
    yield f"good for {devices.DEFAULT_MINUTES} minutes, on request for up to {days:.0f} days"
    yield from (f"| `{role}` |" for role in Role)


@pytest.mark.parametrize("sentence", tuple(sentences()))
def test_the_page_says_what_the_program_does(sentence: str):
    page = " ".join((DOCS / "accounts.md").read_text(encoding="utf-8").split())
    assert sentence in page
