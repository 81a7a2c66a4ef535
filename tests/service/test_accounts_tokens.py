"""Tokens: shown once, good until they expire or are revoked, and nobody else's."""

import pytest

from fleet.model import ErrorCode, InputError
from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.service.sessions import caller_of
from fleet.service.sign_in import sign_out
from fleet.service.tokens import NewToken, create_token, list_tokens, revoke_token
from fleet.store import Store
from tests.accounts import SYSTEM, add_account, caller, context, signed_in
from tests.database import Clock


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


def test_a_token_is_its_account_until_it_expires(ctx: Context, clock: Clock):
    made = add_account(ctx, "planner", Role.PLANNER, password=None)
    token = create_token(ctx, caller(made), token=NewToken(label="study"))
    assert token.secret.startswith("fleet_")
    assert caller_of(ctx, secret=token.secret) == caller(made)
    clock.forward(days=89, hours=23)
    assert caller_of(ctx, secret=token.secret) == caller(made)
    # Use makes no token last longer.
    clock.forward(hours=1)
    assert caller_of(ctx, secret=token.secret) is None


def test_a_revoked_token_is_nobody(ctx: Context):
    made = add_account(ctx, "planner", password=None)
    kept, ended = (create_token(ctx, caller(made), token=NewToken()) for _ in range(2))
    revoke_token(ctx, caller(made), token_id=ended.id)
    assert caller_of(ctx, secret=ended.secret) is None
    assert caller_of(ctx, secret=kept.secret) is not None
    with pytest.raises(InputError) as refused:
        revoke_token(ctx, caller(made), token_id=ended.id)
    assert refused.value.problems[0].code == ErrorCode.NOT_FOUND


def test_the_list_shows_what_is_good_without_the_secrets(ctx: Context, clock: Clock):
    made = add_account(ctx, "planner", password=None)
    short = create_token(ctx, caller(made), token=NewToken(label="short", days=1))
    tokens = {create_token(ctx, caller(made), token=NewToken(label="x")).id for _ in range(3)}
    clock.forward(days=2)
    first = list_tokens(ctx, caller(made), limit=2)
    second = list_tokens(ctx, caller(made), limit=2, cursor=first.next)
    listed = (*first.items, *second.items)
    assert {token.id for token in listed} == tokens
    assert (len(listed), second.next) == (3, None)
    assert short.id not in {token.id for token in listed}
    assert "secret" not in listed[0].model_dump()


def test_the_list_says_about_when_a_token_was_used(ctx: Context, clock: Clock):
    made = add_account(ctx, "planner", password=None)
    token = create_token(ctx, caller(made), token=NewToken())
    assert list_tokens(ctx, caller(made)).items[0].used_at is None
    clock.forward(days=1)
    caller_of(ctx, secret=token.secret)
    assert list_tokens(ctx, caller(made)).items[0].used_at == clock.now


def test_nobody_touches_the_tokens_of_others(ctx: Context):
    one = add_account(ctx, "one", password=None)
    other = add_account(ctx, "other", password=None)
    token = create_token(ctx, caller(one), token=NewToken())
    for call, code in (
        (lambda: create_token(ctx, caller(other), token=NewToken(account=one.id)), ErrorCode.FORBIDDEN),
        (lambda: list_tokens(ctx, caller(other), account_id=one.id), ErrorCode.FORBIDDEN),
        (lambda: revoke_token(ctx, caller(other), token_id=token.id), ErrorCode.NOT_FOUND),
    ):
        with pytest.raises(InputError) as refused:
            call()
        assert refused.value.problems[0].code == code
    assert list_tokens(ctx, caller(other)).items == ()
    assert caller_of(ctx, secret=token.secret) == caller(one)


def test_an_admin_makes_lists_and_revokes_tokens_of_programs(ctx: Context):
    admin = caller(add_account(ctx, "admin", Role.ADMIN, password=None))
    program = add_account(ctx, "program", Role.PLANNER, password=None)
    token = create_token(ctx, admin, token=NewToken(account=program.id))
    assert caller_of(ctx, secret=token.secret) == caller(program)
    assert [item.id for item in list_tokens(ctx, admin, account_id=program.id).items] == [token.id]
    revoke_token(ctx, admin, token_id=token.id)
    assert caller_of(ctx, secret=token.secret) is None


def test_a_session_is_no_token_and_a_token_no_session(ctx: Context):
    made = add_account(ctx, "aygul")
    session, token = signed_in(ctx, "aygul"), create_token(ctx, SYSTEM, token=NewToken(account=made.id))
    assert [item.id for item in list_tokens(ctx, caller(made)).items] == [token.id]
    with pytest.raises(InputError) as refused:
        sign_out(ctx, caller(made), secret=token.secret)
    assert refused.value.problems[0].code == ErrorCode.NOT_FOUND
    assert caller_of(ctx, secret=token.secret) == caller_of(ctx, secret=session.secret)


@pytest.mark.parametrize("secret", ["", "fleet_", "\x00", "ü" * 500, "\ud800"])
def test_nonsense_is_nobody(ctx: Context, secret: str):
    assert caller_of(ctx, secret=secret) is None
