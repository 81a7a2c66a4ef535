"""A caller of the API: a role's token, the paths below the prefix, and never a fault of the service."""

import datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from fleet.api.headers import PREFIX
from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.service.sessions import issue
from fleet.store.accounts import CredentialKind
from fleet.store.tables import Account


class Client:
    """Calls the application as one account, or as nobody where there is no token."""

    def __init__(self, app: Flask, *, token: str | None = None, account_id: str | None = None) -> None:
        self.app = app
        self.token = token
        self.account_id = account_id
        self._client = app.test_client(use_cookies=False)

    def call(self, method: str, path: str, *, headers: Any = None, **options: Any) -> TestResponse:
        """Call ``path`` below the prefix; an answer of 500 fails the test with what the log would say."""
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = self._client.open(
            PREFIX + path, method=method, headers={**given, **(headers or {})}, **options
        )
        assert response.status_code != 500, response.get_data(as_text=True)
        return response

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self.call("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)


def in_pages_of_one(client: Client, path: str) -> list[Any]:
    """What a list holds, fetched item by item, each by the cursor of the page before."""
    items: list[Any] = []
    query: dict[str, Any] = {"limit": 1}
    while True:
        page = client.get(path, query_string=query).json
        items += page["items"]
        if page["next"] is None:
            return items
        query["cursor"] = page["next"]


def client_of(
    app: Flask, ctx: Context, *, role: Role, name: str | None = None, driver: str | None = None
) -> Client:
    """Add an account of a role with a token, and return its client."""
    account_id = f"account-{name or role}"
    at = ctx.store.clock()
    with ctx.store.write() as session:
        session.add(Account(id=account_id, name=name or role, role=role, driver=driver, created_at=at))
        session.flush()
        _, token = issue(
            session,
            kind=CredentialKind.TOKEN,
            account_id=account_id,
            at=at,
            lifetime=datetime.timedelta(days=30),
        )
    return Client(app, token=token, account_id=account_id)
