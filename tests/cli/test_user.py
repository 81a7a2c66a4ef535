"""Accounts and tokens from the command line: no password in an argument, no token shown twice."""

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.service.sessions import caller_of
from fleet.store import open_store
from tests.accounts import PASSWORD, signed_in
from tests.cli.small import run

FLEET = str(Path(sys.executable).with_name("fleet"))


@pytest.fixture
def ctx() -> Iterator[Context]:
    """The service on the database that commands use without --database, in the test's own folder."""
    store = open_store("sqlite:///fleet.db")
    yield Context(store=store)
    store.close()


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines) + "\n"))


def read_until(terminal: int, words: bytes) -> bytes:
    """What a terminal shows up to some words."""
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 1000)
    return shown


def add(capfd, monkeypatch, name: str, role: str = "dispatcher", password: str = PASSWORD):
    typed(monkeypatch, password)
    return run(capfd, "user", "add", name, "--role", role, "--password-stdin")


def test_an_account_signs_in_with_the_password_that_was_piped_in(ctx: Context, capfd, monkeypatch):
    ran = add(capfd, monkeypatch, "aygul")
    assert (ran.status, ran.out, ran.err) == (0, "account aygul (dispatcher) is there\n", "")
    assert signed_in(ctx, "aygul").shown.account.role is Role.DISPATCHER


def test_a_password_on_a_terminal_is_asked_for_twice_and_not_shown(ctx: Context, tmp_path: Path):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [FLEET, "user", "add", "aygul", "--role", "planner"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    for _ in range(2):
        shown += read_until(ours, b": ")
        os.write(ours, PASSWORD.encode() + b"\n")
    shown += read_until(ours, b"is there")
    assert process.wait(60) == 0
    os.close(ours)
    assert PASSWORD.encode() not in shown
    assert signed_in(ctx, "aygul").shown.account.role is Role.PLANNER


def test_without_a_terminal_it_says_how_to_give_a_password(capfd, monkeypatch):
    typed(monkeypatch, PASSWORD)
    ran = run(capfd, "user", "add", "aygul", "--role", "planner")
    assert ran.status == 2
    assert ran.error.startswith("error[OPTION_MISSING]: ")
    assert "--password-stdin" in ran.error
    assert not Path("fleet.db").exists()


def test_a_piped_password_of_no_characters_is_refused_and_not_repeated(capfd, monkeypatch):
    ran = add(capfd, monkeypatch, "aygul", password="melons \udcff at seven")
    assert ran.status == 2
    assert ran.error.startswith("error[INVALID_VALUE]: ")
    assert "melons" not in ran.error


def test_drivers_and_programs_need_no_password(ctx: Context, capfd):
    assert run(capfd, "user", "add", "d07", "--role", "driver").status == 0
    assert run(capfd, "user", "add", "study", "--role", "planner", "--no-password").status == 0
    assert run(capfd, "user", "add", "memet", "--role", "driver", "--driver", "d08").status == 0
    listed = json.loads(run(capfd, "user", "list", "--json").out)
    assert [(a["name"], a["role"], a["driver"], a["has_password"]) for a in listed] == [
        ("d07", "driver", "d07", False),
        ("memet", "driver", "d08", False),
        ("study", "planner", None, False),
    ]
    assert run(capfd, "user", "list").out.splitlines() == [
        "d07  driver  driver d07",
        "memet  driver  driver d08",
        "study  planner",
    ]


def test_a_token_stands_alone_on_standard_output(ctx: Context, capfd):
    run(capfd, "user", "add", "study", "--role", "planner", "--no-password")
    ran = run(capfd, "token", "study", "--days", 30, "--label", "sweep")
    assert ran.status == 0
    found = caller_of(ctx, secret=ran.out.strip())
    assert found is not None
    assert found.role is Role.PLANNER
    assert "not shown again" in ran.err
    assert ran.out.strip() not in run(capfd, "user", "list", "--json").out


def test_whoever_is_disabled_is_out_and_may_come_back(ctx: Context, capfd, monkeypatch):
    add(capfd, monkeypatch, "aygul")
    token = run(capfd, "token", "aygul").out.strip()
    session = signed_in(ctx, "aygul").secret
    assert run(capfd, "user", "disable", "aygul").status == 0
    assert "disabled" in run(capfd, "user", "list").out
    assert (caller_of(ctx, secret=token), caller_of(ctx, secret=session)) == (None, None)
    assert run(capfd, "user", "enable", "aygul").status == 0
    assert signed_in(ctx, "aygul")


def test_a_new_password_ends_the_sessions(ctx: Context, capfd, monkeypatch):
    add(capfd, monkeypatch, "aygul")
    session = signed_in(ctx, "aygul").secret
    typed(monkeypatch, "walnuts after dark")
    assert run(capfd, "user", "password", "aygul", "--password-stdin").status == 0
    assert caller_of(ctx, secret=session) is None
    assert signed_in(ctx, "aygul", "walnuts after dark")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "aygul", "--role", "boss", "--no-password"), "VALUE_NOT_ALLOWED"),
        (("add", "aygul", "--no-password"), "OPTION_MISSING"),
        (("add", "a/b", "--role", "planner", "--no-password"), "ID_MALFORMED"),
        (("add", "x", "--role", "planner", "--driver", "d", "--no-password"), "VALUE_NOT_ALLOWED"),
        (("add", "known", "--role", "planner", "--no-password"), "ALREADY_EXISTS"),
        (("add", "x", "--role", "planner", "--password-stdin"), "PASSWORD_WEAK"),
        (("add", "x", "--role", "planner", "--password", PASSWORD), "OPTION_UNKNOWN"),
        (("disable", "nobody"), "NOT_FOUND"),
        (("disable", "a\udcff"), "INVALID_VALUE"),
        (("add", "a\udcff", "--role", "driver"), "INVALID_VALUE"),
        (("add", "d07", "--role", "driver", "--driver", "a\udcff"), "INVALID_VALUE"),
        (("disable", "known"), "LAST_ADMIN"),
        (("password", "nobody", "--password-stdin"), "NOT_FOUND"),
        (("list", "--database", "mysql://x"), "DATABASE_UNKNOWN"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: tuple[str, ...], code: str, capfd, monkeypatch):
    run(capfd, "user", "add", "known", "--role", "admin", "--no-password")
    typed(monkeypatch, "weak")
    ran = run(capfd, "user", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.error.startswith(f"error[{code}]: ")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nobody",), "NOT_FOUND"),
        (("known", "--days", "0"), "VALUE_TOO_SMALL"),
        (("known", "--label", "a\x00b"), "INVALID_VALUE"),
        ((), "OPTION_MISSING"),
    ],
)
def test_a_token_that_cannot_be_made_is_one_line(arguments: tuple[str, ...], code: str, capfd):
    run(capfd, "user", "add", "known", "--role", "admin", "--no-password")
    ran = run(capfd, "token", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.error.startswith(f"error[{code}]: ")
