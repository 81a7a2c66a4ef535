"""The application on a real database, and a client for each role.

A module whose tests shall run on both databases overrides ``api_store`` by ``store``.
"""

import pytest
from flask import Flask

from fleet.api import create_app
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.store import Store
from tests.api_client import Client, client_of

DRIVER = "d-arzu"
OTHER_DRIVER = "d-memet"


@pytest.fixture
def api_store(sqlite_store: Store) -> Store:
    return sqlite_store


@pytest.fixture
def config(api_store: Store) -> Config:
    return Config(database=api_store.url)


@pytest.fixture
def ctx(api_store: Store, config: Config) -> Context:
    return Context(store=api_store, config=config)


@pytest.fixture
def app(ctx: Context) -> Flask:
    return create_app(ctx)


@pytest.fixture
def nobody(app: Flask) -> Client:
    return Client(app)


@pytest.fixture
def admin(app: Flask, ctx: Context) -> Client:
    return client_of(app, ctx, role=Role.ADMIN)


@pytest.fixture
def dispatcher(app: Flask, ctx: Context) -> Client:
    return client_of(app, ctx, role=Role.DISPATCHER)


@pytest.fixture
def planner(app: Flask, ctx: Context) -> Client:
    return client_of(app, ctx, role=Role.PLANNER)


@pytest.fixture
def driver(app: Flask, ctx: Context) -> Client:
    """The driver whose id is ``d-arzu``."""
    return client_of(app, ctx, role=Role.DRIVER, driver=DRIVER)


@pytest.fixture
def other_driver(app: Flask, ctx: Context) -> Client:
    """The driver whose id is ``d-memet``."""
    return client_of(app, ctx, role=Role.DRIVER, name="other driver", driver=OTHER_DRIVER)
