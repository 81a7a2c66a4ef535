"""Drivers' phones: one code, one phone, one use."""

import datetime
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from urllib.parse import urlsplit

import pytest
import segno
from pydantic import SecretStr

from fleet.model import ErrorCode, InputError
from fleet.service import accounts
from fleet.service.accounts import AccountChange
from fleet.service.context import Context
from fleet.service.devices import (
    NewQr,
    QrSignIn,
    QrUse,
    list_devices,
    make_qr,
    revoke_device,
    use_qr,
)
from fleet.service.roles import Caller, Role
from fleet.service.sessions import caller_of
from fleet.service.sign_in import Started, sign_out
from fleet.service.tokens import NewToken, create_token
from fleet.store import Store
from fleet.store.tables import StoredDay
from tests.accounts import SYSTEM, add_account, caller, context
from tests.database import Clock

DRIVER = "d07"


@pytest.fixture
def ctx(store: Store) -> Context:
    """A service that knows one day, with one tricycle assigned."""
    body = {"assignments": [{"tricycle": "t01", "driver": DRIVER}]}
    with store.write() as session:
        session.add(
            StoredDay(
                date=store.clock().date(), body=body, created_at=store.clock(), changed_at=store.clock()
            )
        )
    return context(store)


def qr(ctx: Context, driver: str = DRIVER, **options: object) -> QrSignIn:
    return make_qr(ctx, SYSTEM, driver=driver, qr=NewQr(**options))


def secret_of(code: QrSignIn) -> str:
    return urlsplit(code.link).fragment


def used(ctx: Context, code: QrSignIn, *, replaces: str | None = None) -> Started:
    return use_qr(ctx, use=QrUse(secret=SecretStr(secret_of(code))), replaces=replaces)


def outcome(ctx: Context, code: QrSignIn) -> str:
    try:
        used(ctx, code)
    except InputError as error:
        return error.problems[0].code
    return "done"


def test_a_code_makes_the_phone_the_drivers(ctx: Context):
    phone = used(ctx, qr(ctx))
    found = caller_of(ctx, secret=phone.secret)
    assert found is not None
    assert (found.role, found.driver) == (Role.DRIVER, DRIVER)
    assert phone.shown.account.driver == DRIVER
    assert phone.secret.startswith("fleet_phone_")


@pytest.mark.parametrize(
    ("of_code", "of_phone", "shown"),
    [("", "", ""), ("blue", "", "blue"), ("", "old", "old"), ("blue", "old", "old")],
)
def test_a_phone_has_the_name_that_its_code_or_itself_says(
    ctx: Context, of_code: str, of_phone: str, shown: str
):
    code = qr(ctx, label=of_code)
    use_qr(ctx, use=QrUse(secret=SecretStr(secret_of(code)), label=of_phone))
    assert [phone.label for phone in list_devices(ctx, SYSTEM).items] == [shown]


def test_a_phone_makes_nothing_that_outlives_it(ctx: Context):
    phone = used(ctx, qr(ctx))
    found = caller_of(ctx, secret=phone.secret)
    assert found is not None
    with pytest.raises(InputError) as refused:
        create_token(ctx, found, token=NewToken())
    assert refused.value.problems[0].code == ErrorCode.FORBIDDEN
    for_app = create_token(ctx, SYSTEM, token=NewToken(account=found.account_id))
    by_token = caller_of(ctx, secret=for_app.secret)
    assert by_token is not None
    assert create_token(ctx, by_token, token=NewToken()).account == found.account_id


@pytest.mark.parametrize("change", [{"driver": "d08"}, {"role": Role.DISPATCHER}])
def test_a_phone_is_the_drivers_that_its_code_was_for(ctx: Context, change: dict[str, str]):
    phone = used(ctx, qr(ctx))
    code = qr(ctx)
    account = phone.shown.account
    same = {"name": "arzu", "role": Role.DRIVER, "driver": DRIVER}
    accounts.change_account(ctx, SYSTEM, account_id=account.id, change=AccountChange(**same))
    assert caller_of(ctx, secret=phone.secret) is not None
    other = {"name": "arzu", "role": Role.DRIVER, **change}
    accounts.change_account(ctx, SYSTEM, account_id=account.id, change=AccountChange(**other))
    assert caller_of(ctx, secret=phone.secret) is None
    assert outcome(ctx, code) == ErrorCode.LINK_OVER


def test_a_code_is_good_once_however_many_use_it_at_once(ctx: Context):
    code = qr(ctx)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: outcome(ctx, code), range(8)))
    assert sorted(outcomes) == [ErrorCode.LINK_OVER] * 7 + ["done"]
    assert len(list_devices(ctx, SYSTEM).items) == 1


def test_a_driver_of_a_day_long_past_gets_a_code(ctx: Context, clock: Clock):
    clock.forward(days=300)
    assert qr(ctx).driver == DRIVER


def test_a_code_by_itself_lets_nobody_in(ctx: Context):
    assert caller_of(ctx, secret=secret_of(qr(ctx))) is None


def test_a_code_ends_with_its_time_and_with_the_next_code(ctx: Context, clock: Clock):
    late, replaced = qr(ctx), qr(ctx)
    assert outcome(ctx, late) == ErrorCode.LINK_OVER
    clock.forward(minutes=15)
    assert outcome(ctx, replaced) == ErrorCode.LINK_OVER
    evening = qr(ctx, minutes=14 * 60)
    assert evening.expires_at - clock.now == datetime.timedelta(hours=14)
    clock.forward(hours=13)
    assert outcome(ctx, evening) == "done"


def test_the_link_keeps_its_secret_from_servers_and_the_drawing_is_the_link(ctx: Context):
    code = qr(ctx)
    address = urlsplit(code.link)
    assert (address.scheme, address.netloc, address.path, address.query) == (
        "https",
        "fleet.example",
        "/phone",
        "",
    )
    assert modules_of(code.svg) == [list(row) for row in segno.make_qr(code.link, error="m").matrix]
    assert secret_of(code) not in repr(code)


def test_a_lost_phone_ends_with_the_new_code_if_asked(ctx: Context):
    old = used(ctx, qr(ctx)).secret
    second = used(ctx, qr(ctx)).secret
    assert caller_of(ctx, secret=old) == caller_of(ctx, secret=second)
    code = qr(ctx, revoke_devices=True)
    assert (caller_of(ctx, secret=old), caller_of(ctx, secret=second)) == (None, None)
    assert outcome(ctx, code) == "done"


def test_a_phone_that_goes_to_another_driver_is_no_longer_the_firsts(ctx: Context):
    add_account(ctx, "d08", Role.DRIVER, password=None)
    first = used(ctx, qr(ctx)).secret
    second = used(ctx, qr(ctx, "d08"), replaces=first)
    assert caller_of(ctx, secret=first) is None
    assert [device.driver for device in list_devices(ctx, SYSTEM).items] == ["d08"]
    assert second.shown.account.driver == "d08"


def test_phones_are_listed_and_revoked(ctx: Context):
    add_account(ctx, "d08", Role.DRIVER, password=None)
    phones = {driver: used(ctx, qr(ctx, driver)).secret for driver in (DRIVER, "d08")}
    first = list_devices(ctx, SYSTEM, limit=1)
    second = list_devices(ctx, SYSTEM, limit=1, cursor=first.next)
    assert {device.driver for device in (*first.items, *second.items)} == {DRIVER, "d08"}
    (device,) = list_devices(ctx, SYSTEM, driver=DRIVER).items
    revoke_device(ctx, SYSTEM, device_id=device.id)
    assert caller_of(ctx, secret=phones[DRIVER]) is None
    assert caller_of(ctx, secret=phones["d08"]) is not None
    with pytest.raises(InputError) as refused:
        revoke_device(ctx, SYSTEM, device_id=device.id)
    assert refused.value.problems[0].code == ErrorCode.NOT_FOUND


def test_a_phone_is_good_for_a_season_and_not_for_ever(ctx: Context, clock: Clock):
    secret = used(ctx, qr(ctx)).secret
    for _ in range(7):
        clock.forward(days=57)
        assert caller_of(ctx, secret=secret) is not None
    clock.forward(days=1)
    assert caller_of(ctx, secret=secret) is None


def test_a_driver_takes_the_own_phone_off(ctx: Context):
    phone = used(ctx, qr(ctx))
    found = caller_of(ctx, secret=phone.secret)
    assert found is not None
    sign_out(ctx, found, secret=phone.secret)
    assert list_devices(ctx, SYSTEM).items == ()


def test_disabling_the_driver_ends_phones_and_codes(ctx: Context):
    phone = used(ctx, qr(ctx))
    code = qr(ctx)
    account = phone.shown.account
    change = AccountChange(name=account.name, role=account.role, driver=account.driver, disabled=True)
    accounts.change_account(ctx, SYSTEM, account_id=account.id, change=change)
    assert caller_of(ctx, secret=phone.secret) is None
    assert outcome(ctx, code) == ErrorCode.LINK_OVER
    with pytest.raises(InputError) as refused:
        qr(ctx)
    assert refused.value.problems[0].code == ErrorCode.NOT_FOUND


@pytest.mark.parametrize("driver", ["d99", "D07", "t01"])
def test_a_driver_whom_no_day_knows_gets_no_code_and_no_account(ctx: Context, driver: str):
    with pytest.raises(InputError) as refused:
        qr(ctx, driver)
    assert refused.value.problems[0].code == ErrorCode.NOT_FOUND
    assert accounts.list_accounts(ctx, SYSTEM).items == ()


@pytest.mark.parametrize("address", [None, "http://fleet.example", "http://localhost.example"])
def test_without_https_there_is_no_code(ctx: Context, address: str | None):
    with pytest.raises(InputError) as refused:
        qr(context(ctx.store, public_url=address))
    assert refused.value.problems[0].code == ErrorCode.PUBLIC_URL_MISSING


@pytest.mark.parametrize("address", ["http://localhost:8080", "http://127.0.0.1:8080/", "https://x.example/"])
def test_https_and_this_machine_will_do(ctx: Context, address: str):
    code = qr(context(ctx.store, public_url=address))
    assert code.link.startswith(f"{address.rstrip('/')}/phone#")


@pytest.mark.parametrize("role", [Role.PLANNER, Role.DRIVER])
def test_only_dispatchers_and_admins_make_codes(ctx: Context, role: Role):
    own: Caller = caller(add_account(ctx, DRIVER, role, password=None))
    for call in (
        lambda: make_qr(ctx, own, driver=DRIVER, qr=NewQr()),
        lambda: list_devices(ctx, own),
        lambda: revoke_device(ctx, own, device_id="x"),
    ):
        with pytest.raises(InputError) as refused:
            call()
        assert refused.value.problems[0].code == ErrorCode.FORBIDDEN


def modules_of(svg: str) -> list[list[int]]:
    """The dark and light squares of a drawing, read from its path without the quiet zone of four."""
    root = ET.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[2]) - 8
    rows = [[0] * size for _ in range(size)]
    path = next(element.attrib["d"] for element in root.iter() if "stroke" in element.attrib)
    steps = iter(path.replace("h", " h ").replace("m", " m ").replace("M", " M ").split())
    x = y = 0.0
    for step in steps:
        if step in "Mm":
            dx, dy = float(next(steps)), float(next(steps))
            x, y = (dx, dy) if step == "M" else (x + dx, y + dy)
        else:
            length = int(next(steps))
            for offset, dark in zip(range(length), cycle([1]), strict=False):
                rows[int(y - 4)][int(x) - 4 + offset] = dark
            x += length
    return rows
