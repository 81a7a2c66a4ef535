"""How an endpoint is written: a plain function that gets what it asks for and returns a document.

    api = Api("products", tag="Master data")

    @api.on("GET", "/products/<id>", may=Permission.EDIT_DAYS, answers=ProductView)
    def read_product(ctx: Context, caller: Caller, path: IdPath) -> Answered: ...

The decorator signs the caller in, refuses who may not, reads ``path``, ``query`` and ``body`` by their
pydantic models, and documents all of it; flask-openapi3 makes the OpenAPI document.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, current_app
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from fleet.api import auth, idempotency
from fleet.api.answers import Answered, as_response
from fleet.api.errors import ProblemDocument
from fleet.api.headers import PREFIX
from fleet.api.limits import MAX_OPEN_BODY_BYTES, refuse_larger
from fleet.api.openapi import Described
from fleet.api.reading import read_body, read_path, read_query
from fleet.service.context import Context
from fleet.service.roles import Permission

View = Callable[..., Answered]
Answers = type[BaseModel] | Mapping[int, type[BaseModel] | str | None]
EXTENSION = "fleet"
OPEN = None
"""Where anybody may call, signed in or not."""


class Api(APIBlueprint):
    """The endpoints of one subject.

    Parameters
    ----------
    name : str
        Of the blueprint.
    tag : str
        The heading under which the documentation lists them.
    prefix : str
        What all paths begin with.
    """

    def __init__(self, name: str, *, tag: str, prefix: str = PREFIX) -> None:
        super().__init__(name, __name__, url_prefix=prefix, abp_tags=[Tag(name=tag)])
        self.described: dict[str, Described] = {}

    def on(
        self,
        method: str,
        rule: str,
        *,
        may: Permission | None,
        answers: Answers,
        guarded: bool = False,
        sends: tuple[str, ...] = (),
        errors: tuple[int, ...] = (),
        secret: bool = False,
        media_types: tuple[str, ...] = (),
        body: type[BaseModel] | None = None,
        failure: type[ProblemDocument] = ProblemDocument,
    ) -> Callable[[View], View]:
        """Register an endpoint.

        Parameters
        ----------
        method, rule : str
            ``GET`` and ``/days/<date>``.
        may : Permission or None
            What the caller's role has to allow; ``OPEN`` where nobody has to be signed in.
        answers : model or mapping
            The model of a 200, or a model by status. None is an answer without a body, a text is a media
            type that is no JSON.
        guarded : bool
            Whether the call takes an ``If-Match``, which the view reads by ``etags.expected_version``.
        sends : tuple of str
            Headers of what is made (201), and at times of what is read: of ``openapi.HEADERS``, for the
            document, which knows of the ETag of what is read or guarded, and of those of a job (202).
        errors : tuple of int
            Statuses that few endpoints have, for the document: 401 where anybody may call, 410, 429.
        secret : bool
            Whether the answer holds a secret, so that it is not kept for an ``Idempotency-Key``.
        media_types : tuple of str
            Of a body that the view reads itself, by ``reading.body_of``.
        body : model, optional
            Documents such a body.
        failure : model
            Of errors, where an interface of others asks for more than ours say.
        """
        by_status = {200: answers} if isinstance(answers, type) else answers

        keeps = method == "POST" and not secret

        def register(view: View) -> View:
            entry = Described(
                view,
                method=method,
                may=may,
                answers=by_status,
                guarded=guarded,
                sends=sends,
                errors=errors,
                keeps=keeps,
                media_types=media_types,
                body=body,
                failure=failure,
            )
            self.described[view.__name__] = entry
            bound = getattr(self, method.lower())
            documented = bound(rule, openapi_extensions=entry.extensions(), operation_id=view.__name__)
            documented(_endpoint(view, may=may, keeps=keeps))
            return view

        return register


def _endpoint(view: View, *, may: Permission | None, keeps: bool) -> Callable[..., Response]:
    asked = inspect.get_annotations(view, eval_str=True)

    @functools.wraps(view)
    def endpoint(**parts: str) -> Response:
        ctx: Context = current_app.extensions[EXTENSION]
        if may is OPEN:
            refuse_larger(MAX_OPEN_BODY_BYTES)
        given: dict[str, Any] = {}
        caller = auth.caller_or_none(ctx) if may is OPEN else auth.signed_in(ctx, may=may)
        if "caller" in asked:
            given["caller"] = caller
        if "ctx" in asked:
            given["ctx"] = ctx
        if "path" in asked:
            given["path"] = read_path(asked["path"], parts)
        if "query" in asked:
            given["query"] = read_query(asked["query"])
        if "body" in asked:
            given["body"] = read_body(asked["body"])
        if keeps and caller is not None:
            return idempotency.kept(ctx, caller, lambda: as_response(view(**given)))
        return as_response(view(**given))

    # flask-openapi3 then documents the models and leaves the reading to us.
    endpoint.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return endpoint
