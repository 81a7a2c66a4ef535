"""Accounts: made, changed, disabled and deleted, and never the last who could help."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr, ValidationError

from fleet.model import ErrorCode, InputError
from fleet.model.documents import read_document
from fleet.service import accounts, passwords
from fleet.service.accounts import AccountChange, AccountView, NewAccount, NewPassword
from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.service.sessions import caller_of
from fleet.service.tokens import NewToken, create_token
from fleet.store import Store
from tests.accounts import PASSWORD, SYSTEM, add_account, caller, context, signed_in


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


def code_of(error: pytest.ExceptionInfo[InputError]) -> str:
    return error.value.problems[0].code


def as_it_is(account: AccountView, **changes: object) -> AccountChange:
    known = account.model_dump(include={"name", "role", "driver", "disabled"})
    return AccountChange(**{**known, **changes})


def test_an_account_signs_in_with_its_password_and_its_role(ctx: Context):
    made = add_account(ctx, "aygul", Role.PLANNER)
    found = caller_of(ctx, secret=signed_in(ctx, "aygul").secret)
    assert found == caller(made)
    assert found is not None
    assert (found.role, found.driver) == (Role.PLANNER, None)


def test_a_driver_without_another_id_drives_under_the_own_name(ctx: Context):
    assert add_account(ctx, "d07", Role.DRIVER).driver == "d07"
    assert add_account(ctx, "memet", Role.DRIVER, driver="d08").driver == "d08"


def test_only_drivers_drive():
    with pytest.raises(ValidationError):
        NewAccount(name="aygul", role=Role.PLANNER, driver="d07")


@pytest.mark.parametrize(
    ("name", "role", "driver"),
    [("aygul", Role.PLANNER, None), ("AYGUL", Role.PLANNER, None), ("other", Role.DRIVER, "d07")],
)
def test_a_name_or_a_driver_is_of_one_account(ctx: Context, name: str, role: Role, driver: str | None):
    add_account(ctx, "aygul")
    add_account(ctx, "driver", Role.DRIVER, driver="d07")
    with pytest.raises(InputError) as refused:
        add_account(ctx, name, role, driver=driver)
    assert code_of(refused) == ErrorCode.ALREADY_EXISTS


def test_one_name_typed_in_two_ways_is_one_name(ctx: Context):
    add_account(ctx, "阿依０７")
    assert signed_in(ctx, " 阿依07 ").shown.account.name == "阿依07"


def test_upper_and_lower_case_of_every_script_are_one_name(ctx: Context):
    made = add_account(ctx, "Айгүл Ş")
    assert signed_in(ctx, "айгүл ş").shown.account.name == "Айгүл Ş"
    add_account(ctx, "other", password=None)
    renamed = as_it_is(made, name="АЙГҮЛ Ş")
    assert accounts.change_account(ctx, SYSTEM, account_id=made.id, change=renamed).name == "АЙГҮЛ Ş"
    with pytest.raises(InputError) as refused:
        accounts.change_account(ctx, SYSTEM, account_id=made.id, change=as_it_is(made, name="OTHER"))
    assert code_of(refused) == ErrorCode.ALREADY_EXISTS


def test_a_password_typed_in_two_ways_is_one_password(ctx: Context):
    add_account(ctx, "aygul", password="hundert Äpfel１２")
    assert signed_in(ctx, "aygul", "hundert A\u0308pfel12").shown.account.name == "aygul"


def test_accounts_are_listed_in_pages(ctx: Context):
    names = [f"account {number}" for number in range(5)]
    for name in names:
        add_account(ctx, name, password=None)
    first = accounts.list_accounts(ctx, SYSTEM, limit=3)
    second = accounts.list_accounts(ctx, SYSTEM, limit=3, cursor=first.next)
    assert [account.name for account in (*first.items, *second.items)] == names
    assert second.next is None


def test_whoever_is_disabled_is_out_at_once_and_stays_out(ctx: Context):
    made = add_account(ctx, "aygul")
    session = signed_in(ctx, "aygul").secret
    token = create_token(ctx, caller(made), token=NewToken()).secret
    changed = accounts.change_account(ctx, SYSTEM, account_id=made.id, change=as_it_is(made, disabled=True))
    assert changed.disabled
    assert (caller_of(ctx, secret=session), caller_of(ctx, secret=token)) == (None, None)
    with pytest.raises(InputError) as refused:
        signed_in(ctx, "aygul")
    assert code_of(refused) == ErrorCode.SIGN_IN_WRONG
    with pytest.raises(InputError) as refused:
        create_token(ctx, SYSTEM, token=NewToken(account=made.id))
    assert code_of(refused) == ErrorCode.NOT_FOUND
    accounts.change_account(ctx, SYSTEM, account_id=made.id, change=as_it_is(made, disabled=False))
    # What was revoked is not good again; the password is.
    assert (caller_of(ctx, secret=session), caller_of(ctx, secret=token)) == (None, None)
    assert caller_of(ctx, secret=signed_in(ctx, "aygul").secret) is not None


def test_another_role_counts_from_the_next_call_on(ctx: Context):
    made = add_account(ctx, "aygul", Role.DISPATCHER)
    session = signed_in(ctx, "aygul").secret
    accounts.change_account(ctx, SYSTEM, account_id=made.id, change=as_it_is(made, role=Role.PLANNER))
    found = caller_of(ctx, secret=session)
    assert found is not None
    assert found.role is Role.PLANNER


def test_a_change_of_an_older_version_is_refused(ctx: Context):
    made = add_account(ctx, "aygul", password=None)
    accounts.change_account(
        ctx, SYSTEM, account_id=made.id, change=as_it_is(made, name="aygul 2"), version=made.version
    )
    for call in (
        lambda: accounts.change_account(
            ctx, SYSTEM, account_id=made.id, change=as_it_is(made), version=made.version
        ),
        lambda: accounts.delete_account(ctx, SYSTEM, account_id=made.id, version=made.version),
    ):
        with pytest.raises(InputError) as refused:
            call()
        assert code_of(refused) == ErrorCode.CHANGED_MEANWHILE
    assert accounts.read_account(ctx, SYSTEM, account_id=made.id).name == "aygul 2"


def test_a_deleted_account_leaves_no_name_and_no_way_in(ctx: Context):
    made = add_account(ctx, "aygul")
    session = signed_in(ctx, "aygul").secret
    accounts.delete_account(ctx, SYSTEM, account_id=made.id)
    assert caller_of(ctx, secret=session) is None
    with pytest.raises(InputError) as refused:
        accounts.read_account(ctx, SYSTEM, account_id=made.id)
    assert code_of(refused) == ErrorCode.NOT_FOUND
    assert add_account(ctx, "aygul", password=None).id != made.id


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": Role.PLANNER}, None])
def test_the_last_admin_stays(ctx: Context, change: dict[str, object] | None):
    last = add_account(ctx, "last", Role.ADMIN, password=None)
    gone = add_account(ctx, "gone", Role.ADMIN, password=None)
    accounts.change_account(ctx, SYSTEM, account_id=gone.id, change=as_it_is(gone, disabled=True))
    call = (
        (lambda: accounts.delete_account(ctx, SYSTEM, account_id=last.id))
        if change is None
        else lambda: accounts.change_account(ctx, SYSTEM, account_id=last.id, change=as_it_is(last, **change))
    )
    with pytest.raises(InputError) as refused:
        call()
    assert code_of(refused) == ErrorCode.LAST_ADMIN
    assert accounts.read_account(ctx, SYSTEM, account_id=last.id) == last


def test_admins_who_disable_one_another_at_once_leave_one(ctx: Context):
    pair = [add_account(ctx, name, Role.ADMIN, password=None) for name in ("one", "two")]
    ready = threading.Barrier(2)

    def disable(account: AccountView) -> str:
        ready.wait()
        try:
            accounts.change_account(
                ctx, SYSTEM, account_id=account.id, change=as_it_is(account, disabled=True)
            )
        except InputError as error:
            return error.problems[0].code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(disable, pair)) == [ErrorCode.LAST_ADMIN, "done"]


def test_a_password_set_by_an_admin_ends_the_sessions(ctx: Context):
    made = add_account(ctx, "aygul")
    session = signed_in(ctx, "aygul").secret
    new = NewPassword(password=SecretStr("walnuts after dark"))
    accounts.set_password(ctx, SYSTEM, account_id=made.id, password=new)
    assert caller_of(ctx, secret=session) is None
    with pytest.raises(InputError):
        signed_in(ctx, "aygul", PASSWORD)
    assert signed_in(ctx, "aygul", "walnuts after dark")


@pytest.mark.parametrize(
    "password",
    [
        "short-one",
        "1234567890",
        "password2026",
        "Password!!!!",
        "qwertyuiop",
        "13998714523",
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "aygul-aygul-aygul",
        "Aygul123456",
        "oasis-fleet-1",
    ],
)
def test_a_password_that_others_would_guess_is_refused(password: str):
    with pytest.raises(InputError) as refused:
        passwords.check_strength(password, name="aygul")
    problem = refused.value.problems[0]
    assert (problem.code, problem.value) == (ErrorCode.PASSWORD_WEAK, "")
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    "password", [PASSWORD, "x7#Kq2!vLp", "十二只桃子放在三个筐子里面了", "719038465271935"]
)
def test_a_password_that_nobody_guesses_is_good(password: str):
    passwords.check_strength(password, name="aygul")


@pytest.mark.parametrize("password", ['"' + "x" * 201 + '"', "12345678901", '{"secret": "hunter2"}'])
def test_a_password_that_cannot_be_read_is_not_repeated(password: str):
    document = f'{{"name": "aygul", "role": "planner", "password": {password}}}'
    with pytest.raises(InputError) as refused:
        read_document(NewAccount, document.encode())
    assert [(problem.where, problem.value) for problem in refused.value.problems] == [("password", "")]


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.PLANNER, Role.DRIVER])
def test_who_is_no_admin_manages_no_accounts(ctx: Context, role: Role):
    made = add_account(ctx, "aygul", role, password=None)
    own = caller(made)
    for call in (
        lambda: accounts.list_accounts(ctx, own),
        lambda: accounts.read_account(ctx, own, account_id=made.id),
        lambda: accounts.create_account(ctx, own, account=NewAccount(name="x", role=Role.ADMIN)),
        lambda: accounts.change_account(
            ctx, own, account_id=made.id, change=AccountChange(name="aygul", role=Role.ADMIN)
        ),
        lambda: accounts.set_password(
            ctx, own, account_id=made.id, password=NewPassword(password=SecretStr(PASSWORD))
        ),
        lambda: accounts.delete_account(ctx, own, account_id=made.id),
        lambda: accounts.account_named(ctx, own, name="aygul"),
    ):
        with pytest.raises(InputError) as refused:
            call()
        assert code_of(refused) == ErrorCode.FORBIDDEN
