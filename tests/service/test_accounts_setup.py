"""The first start: no password that others know, one link, one use."""

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from fleet.model import ErrorCode, InputError
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.service.sessions import caller_of
from fleet.service.setup import Setup, complete_setup, ensure_setup_link
from fleet.store import Store
from tests.accounts import PASSWORD, add_account, context, signed_in
from tests.database import Clock


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store, public_url=None)


def link(ctx: Context) -> str:
    found = ensure_setup_link(ctx)
    assert found is not None
    return found


def outcome(ctx: Context, link: str, *, name: str = "aygul", password: str = PASSWORD) -> str:
    given = Setup(secret=SecretStr(urlsplit(link).fragment), name=name, password=SecretStr(password))
    try:
        complete_setup(ctx, setup=given)
    except InputError as error:
        return error.problems[0].code
    return "done"


def test_the_link_makes_the_first_admin_and_signs_in(ctx: Context):
    given = Setup(secret=SecretStr(urlsplit(link(ctx)).fragment), name="aygul", password=SecretStr(PASSWORD))
    started = complete_setup(ctx, setup=given)
    found = caller_of(ctx, secret=started.secret)
    assert found is not None
    assert found.role is Role.ADMIN
    assert signed_in(ctx, "aygul")
    assert ensure_setup_link(ctx) is None


def test_a_fresh_service_has_no_account_and_no_password(ctx: Context):
    link(ctx)
    for name in ("admin", "fleet"):
        for password in ("admin", ""):
            with pytest.raises(InputError) as refused:
                signed_in(ctx, name, password, address=f"{name}-{password}")
            assert refused.value.problems[0].code == ErrorCode.SIGN_IN_WRONG


def test_the_link_is_good_once_and_for_a_day(ctx: Context, clock: Clock):
    late = link(ctx)
    clock.forward(hours=24)
    assert outcome(ctx, late) == ErrorCode.LINK_OVER
    good = link(ctx)
    assert outcome(ctx, good) == "done"
    assert outcome(ctx, good, name="other") == ErrorCode.LINK_OVER


def test_a_weak_password_does_not_use_the_link_up(ctx: Context):
    good = link(ctx)
    assert outcome(ctx, good, password="aygul12345") == ErrorCode.PASSWORD_WEAK
    assert outcome(ctx, good) == "done"


def test_of_several_links_used_at_once_one_makes_an_admin(ctx: Context):
    """As of two services that started at once on one database."""
    links = [link(ctx) for _ in range(2)]
    ready = threading.Barrier(4)

    def use(number: int) -> str:
        ready.wait()
        return outcome(ctx, links[number % 2], name=f"name {number}")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [ErrorCode.LINK_OVER] * 3 + ["done"]


def test_the_link_by_itself_lets_nobody_in(ctx: Context):
    assert caller_of(ctx, secret=urlsplit(link(ctx)).fragment) is None


def test_there_is_no_link_where_there_is_an_admin(ctx: Context):
    add_account(ctx, "planner", Role.PLANNER, password=None)
    old = link(ctx)
    add_account(ctx, "admin", Role.ADMIN, password=None)
    assert ensure_setup_link(ctx) is None
    assert outcome(ctx, old) == ErrorCode.LINK_OVER


@pytest.mark.parametrize(
    ("config", "start"),
    [
        (Config(), "http://127.0.0.1:8080/setup#"),
        (Config(host="0.0.0.0", port=9000), "http://localhost:9000/setup#"),
        (Config(host="::1"), "http://[::1]:8080/setup#"),
        (Config(public_url="https://fleet.example/"), "https://fleet.example/setup#"),
    ],
)
def test_the_link_says_where_the_service_is(store: Store, config: Config, start: str):
    assert link(Context(store=store, config=config)).startswith(start)
