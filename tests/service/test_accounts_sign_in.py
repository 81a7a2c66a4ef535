"""Signing in and out: guessing is slow for everybody, and a session is nobody else's."""

import datetime
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from unittest import mock

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr
from sqlalchemy import func, select

from fleet.model import ErrorCode, InputError
from fleet.service import passwords, sign_in
from fleet.service.context import Context
from fleet.service.sessions import caller_of, csrf_of, sha256_of
from fleet.service.sign_in import TRIES_PER_ADDRESS, TRIES_PER_NAME, WINDOW, PasswordChange
from fleet.store import Store
from fleet.store.tables import Account, Audit, Base, Credential, SignInFailure
from tests.accounts import ADDRESS, PASSWORD, add_account, caller, context, signed_in
from tests.database import Clock

ELSEWHERE = "198.51.100.4"


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


def watched(owner: type, name: str) -> AbstractContextManager[mock.Mock]:
    """The method does its work, and its calls are counted."""
    found: AbstractContextManager[mock.Mock] = mock.patch.object(
        owner, name, autospec=True, side_effect=getattr(owner, name)
    )
    return found


def outcome(call: Callable[[], object]) -> str:
    try:
        call()
    except InputError as error:
        return error.problems[0].code
    return "done"


def wrong(ctx: Context, name: str = "aygul", address: str = ADDRESS) -> str:
    return outcome(lambda: signed_in(ctx, name, "not the password", address=address))


def test_whatever_is_wrong_the_answer_is_the_same(ctx: Context):
    add_account(ctx, "aygul")
    add_account(ctx, "no password", password=None)
    for name in ("aygul", "no password", "nobody"):
        with pytest.raises(InputError) as refused:
            signed_in(ctx, name, "not the password")
        (problem,) = refused.value.problems
        assert (problem.code, problem.where, problem.value, problem.params) == (
            ErrorCode.SIGN_IN_WRONG,
            "",
            "",
            {},
        )


@pytest.mark.usefixtures("real_hashes")
def test_whatever_is_wrong_the_work_is_the_same(ctx: Context):
    """A name that nobody has costs the same hash and the same writes, so that time tells nothing."""
    add_account(ctx, "aygul")
    add_account(ctx, "no password", password=None)
    costs: dict[str, list[str]] = {}
    numbers_of_writes: dict[str, int] = {}
    for name in ("aygul", "no password", "nobody"):
        with (
            watched(PasswordHasher, "verify") as verified,
            watched(Store, "write") as writes,
        ):
            wrong(ctx, name)
        costs[name] = [call.args[1].rsplit("$", 2)[0] for call in verified.call_args_list]
        numbers_of_writes[name] = writes.call_count
    assert costs["aygul"] == costs["no password"] == costs["nobody"]
    assert len(costs["nobody"]) == 1
    assert len(set(numbers_of_writes.values())) == 1


def test_guessing_a_password_ends_after_ten_tries(ctx: Context, clock: Clock):
    add_account(ctx, "aygul")
    assert [wrong(ctx) for _ in range(TRIES_PER_NAME)] == [ErrorCode.SIGN_IN_WRONG] * TRIES_PER_NAME
    clock.forward(minutes=4)
    with pytest.raises(InputError) as refused:
        signed_in(ctx, "aygul")
    (problem,) = refused.value.problems
    assert problem.code == ErrorCode.SIGN_IN_TOO_OFTEN
    assert problem.params == {"seconds": 11 * 60}
    # From elsewhere no better, and another name may.
    assert wrong(ctx, address=ELSEWHERE) == ErrorCode.SIGN_IN_TOO_OFTEN
    assert wrong(ctx, "AYGUL") == ErrorCode.SIGN_IN_TOO_OFTEN
    assert wrong(ctx, "somebody else") == ErrorCode.SIGN_IN_WRONG
    clock.forward(seconds=11 * 60 - 1)
    assert wrong(ctx) == ErrorCode.SIGN_IN_TOO_OFTEN
    clock.forward(seconds=1)
    assert signed_in(ctx, "aygul")


def test_a_success_gives_all_tries_back(ctx: Context):
    add_account(ctx, "aygul")
    for _ in range(3):
        for _ in range(TRIES_PER_NAME - 1):
            assert wrong(ctx) == ErrorCode.SIGN_IN_WRONG
        assert signed_in(ctx, "aygul")


def test_trying_one_password_on_many_names_ends_too(ctx: Context):
    add_account(ctx, "aygul")
    outcomes = [wrong(ctx, f"name {number}") for number in range(TRIES_PER_ADDRESS)]
    assert outcomes == [ErrorCode.SIGN_IN_WRONG] * TRIES_PER_ADDRESS
    assert outcome(lambda: signed_in(ctx, "aygul")) == ErrorCode.SIGN_IN_TOO_OFTEN
    assert signed_in(ctx, "aygul", address=ELSEWHERE)


def test_an_own_account_does_not_hide_guesses_at_another(ctx: Context):
    """Who signs in rightly in between does not get the address's tries back."""
    add_account(ctx, "attacker")
    for number in range(TRIES_PER_ADDRESS):
        assert wrong(ctx, f"name {number}") == ErrorCode.SIGN_IN_WRONG
        if number % 10 == 5:
            assert signed_in(ctx, "attacker")
    assert wrong(ctx, "one more") == ErrorCode.SIGN_IN_TOO_OFTEN


def test_many_tries_at_once_are_no_more_than_one_after_the_other(ctx: Context):
    add_account(ctx, "aygul")
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: wrong(ctx), range(4 * TRIES_PER_NAME)))
    assert set(outcomes) == {ErrorCode.SIGN_IN_WRONG, ErrorCode.SIGN_IN_TOO_OFTEN}
    assert outcomes.count(ErrorCode.SIGN_IN_WRONG) <= TRIES_PER_NAME


def test_a_clock_that_was_set_back_locks_nobody_out_for_longer(ctx: Context, clock: Clock):
    add_account(ctx, "aygul")
    for _ in range(TRIES_PER_NAME):
        wrong(ctx)
    clock.forward(days=-3)
    with pytest.raises(InputError) as refused:
        signed_in(ctx, "aygul")
    assert refused.value.problems[0].params == {"seconds": WINDOW.total_seconds()}


def test_tries_that_no_longer_count_are_forgotten(ctx: Context, clock: Clock):
    for number in range(5):
        wrong(ctx, f"name {number}")
        clock.forward(minutes=20)
    with ctx.store.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 2


def test_every_sign_in_is_a_new_secret_and_ends_what_the_browser_had(ctx: Context):
    """A session that somebody planted in the browser before is never the one that is signed in."""
    add_account(ctx, "aygul")
    add_account(ctx, "memet")
    planted = signed_in(ctx, "memet").secret
    mine = signed_in(ctx, "aygul", replaces=planted).secret
    invented = signed_in(ctx, "aygul", replaces="chosen by somebody").secret
    assert len({planted, mine, invented, "chosen by somebody"}) == 4
    assert caller_of(ctx, secret=planted) is None
    assert caller_of(ctx, secret="chosen by somebody") is None
    assert caller_of(ctx, secret=mine) is not None


def test_a_session_lasts_while_it_is_used_and_a_week_at_most(ctx: Context, clock: Clock):
    add_account(ctx, "aygul")
    secret = signed_in(ctx, "aygul").secret
    for _ in range(15):
        clock.forward(hours=11)
        assert caller_of(ctx, secret=secret) is not None
    clock.forward(hours=3)
    assert caller_of(ctx, secret=secret) is None
    unused = signed_in(ctx, "aygul").secret
    clock.forward(hours=12)
    assert caller_of(ctx, secret=unused) is None


def test_looking_a_secret_up_writes_once_in_ten_minutes(ctx: Context, clock: Clock):
    add_account(ctx, "aygul")
    secret = signed_in(ctx, "aygul").secret
    with watched(Store, "write") as writes:
        for _ in range(4 * 40):
            clock.forward(seconds=15)
            assert caller_of(ctx, secret=secret) is not None
    assert writes.call_count == 40 // 10


def test_what_has_ended_is_forgotten_a_month_later(ctx: Context, clock: Clock):
    add_account(ctx, "aygul")
    for _ in range(3):
        signed_in(ctx, "aygul")
        clock.forward(days=20)
    signed_in(ctx, "aygul")
    with ctx.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Credential)) == 2


def test_signing_out_ends_the_session_for_good(ctx: Context):
    made = add_account(ctx, "aygul")
    kept, ended = signed_in(ctx, "aygul").secret, signed_in(ctx, "aygul").secret
    sign_in.sign_out(ctx, caller(made), secret=ended)
    assert caller_of(ctx, secret=ended) is None
    assert caller_of(ctx, secret=kept) == caller(made)
    assert outcome(lambda: sign_in.sign_out(ctx, caller(made), secret=ended)) == ErrorCode.NOT_FOUND


def test_a_session_tells_who_it_is_and_its_own_code(ctx: Context):
    made = add_account(ctx, "aygul")
    one, other = signed_in(ctx, "aygul"), signed_in(ctx, "aygul")
    assert sign_in.read_session(ctx, caller(made), secret=one.secret) == one.shown
    assert one.shown.csrf == csrf_of(secret=one.secret)
    assert one.shown.csrf != other.shown.csrf
    assert one.shown.expires_at - ctx.store.clock() == datetime.timedelta(hours=12)


def test_a_new_password_ends_the_other_sessions(ctx: Context):
    made = add_account(ctx, "aygul")
    mine, other = signed_in(ctx, "aygul").secret, signed_in(ctx, "aygul").secret

    def change(present: str, password: str) -> str:
        given = PasswordChange(present=SecretStr(present), password=SecretStr(password))
        return outcome(
            lambda: sign_in.change_password(ctx, caller(made), change=given, secret=mine, address=ADDRESS)
        )

    assert change("not the password", "walnuts after dark") == ErrorCode.SIGN_IN_WRONG
    assert change(PASSWORD, "aygul12345") == ErrorCode.PASSWORD_WEAK
    assert caller_of(ctx, secret=other) is not None
    assert change(PASSWORD, "walnuts after dark") == "done"
    assert caller_of(ctx, secret=mine) is not None
    assert caller_of(ctx, secret=other) is None
    assert signed_in(ctx, "aygul", "walnuts after dark")


@pytest.mark.usefixtures("real_hashes")
def test_a_hash_of_older_parameters_is_renewed_when_its_password_is_typed(ctx: Context):
    made = add_account(ctx, "aygul", password=None)
    with ctx.store.write() as session:
        session.get_one(Account, made.id).password_hash = PasswordHasher(time_cost=1).hash(PASSWORD)
    assert signed_in(ctx, "aygul")
    with ctx.store.read() as session:
        renewed = session.get_one(Account, made.id).password_hash
    assert renewed is not None
    assert not passwords.is_outdated(renewed)
    assert signed_in(ctx, "aygul")


def test_no_secret_stands_anywhere_but_where_it_was_given(ctx: Context, caplog: pytest.LogCaptureFixture):
    """Neither in the database, nor in the logs, nor in what objects print; the audit has ids only."""
    caplog.set_level(logging.DEBUG)
    made = add_account(ctx, "aygul")
    started = signed_in(ctx, "aygul")
    wrong(ctx, "typed-my-password-here")
    with ctx.store.read() as session:
        kept = [
            str(value)
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
            for value in row
        ]
        audit = [str(value) for row in session.execute(select(*Audit.__table__.columns)) for value in row]
        assert session.scalar(select(Credential.secret_sha256)) == sha256_of(started.secret)
    everywhere = "\n".join([*kept, caplog.text, repr(started)])
    for secret in (started.secret, PASSWORD, "not the password", "typed-my-password-here"):
        assert secret not in everywhere
    assert made.id in audit
    assert "aygul" not in "\n".join(audit)
    assert ADDRESS not in "\n".join(audit)
