"""The OpenAPI document: flask-openapi3 collects the operations, pydantic gives the schemas as they are."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import (
    CoreModeRef,
    CoreRef,
    DefsRef,
    GenerateJsonSchema,
    JsonSchemaMode,
    models_json_schema,
)

from fleet.api.auth import CSRF_HEADER, DEVICE_COOKIE, SESSION_COOKIE
from fleet.api.errors import MEDIA_TYPE, ProblemDocument
from fleet.api.idempotency import HEADER as IDEMPOTENCY_KEY
from fleet.api.idempotency import PATTERN as KEY_PATTERN
from fleet.api.reading import may_be_absent
from fleet.service.roles import ALLOWED, Permission

Operation = dict[str, Any]
Used = tuple[type[BaseModel], JsonSchemaMode]
"""A model, and whether it comes in (validation) or goes out (serialization)."""
ROLES = "x-roles"
REF = "#/components/schemas/{model}"
SECURITY_SCHEMES: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer", "description": "a token of a program"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": f"a browser that signed in; changes carry {CSRF_HEADER}, too",
    },
    "device": {
        "type": "apiKey",
        "in": "cookie",
        "name": DEVICE_COOKIE,
        "description": f"a driver's phone; changes carry {CSRF_HEADER}, too",
    },
}
GOOD = {
    200: "Done",
    201: "Made",
    202: "A job is started; how far it is says what Location names",
    204: "Done",
    304: "As the caller has it, by If-None-Match",
    503: "Not well",
}
ERRORS = {
    "400": "The call cannot be read",
    "401": "Not signed in",
    "403": "The role may not do this",
    "404": "There is no such thing",
    "409": "Not as things stand",
    "410": "The link or code is over",
    "412": "Changed since the version that If-Match names",
    "413": "Too large",
    "415": "Another kind of content",
    "422": "Readable, and wrong",
    "429": "Too many for now",
    "503": "Busy, or without its database, for now",
    "507": "The disk is full",
    "default": "Any other error",
}
HEADERS: dict[str, Operation] = {
    "Location": {
        "description": "where it is",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Retry-After": {
        "description": "after how many seconds to ask again",
        "schema": {"type": "integer", "minimum": 0},
    },
    "ETag": {
        "description": "which version it is, for If-None-Match; where it may be changed, for If-Match, too",
        "schema": {"type": "string", "pattern": '^(W/)?"[^"]+"$'},
    },
}
OF_A_JOB = ("Location", "Retry-After")
"""Headers of the answer that starts one."""


class Described:
    """What an endpoint takes and gives, for the document."""

    def __init__(
        self,
        view: Callable[..., Any],
        *,
        method: str,
        may: Permission | None,
        answers: Mapping[int, type[BaseModel] | str | None],
        guarded: bool,
        sends: tuple[str, ...],
        errors: tuple[int, ...],
        keeps: bool,
        media_types: tuple[str, ...],
        body: type[BaseModel] | None,
        failure: type[ProblemDocument],
    ) -> None:
        self.asked = inspect.get_annotations(view, eval_str=True)
        self.body: type[BaseModel] | None = body or self.asked.get("body")
        self.failure = failure
        self.method, self.may, self.answers = method, may, answers
        self.guarded, self.keeps, self.media_types = guarded, keeps, media_types
        self.sends, self.errors = sends, errors

    def needs_body(self) -> bool:
        """Say whether a call without a body is refused."""
        absent = self.body is not None and may_be_absent(self.body, method=self.method)
        return bool(self.media_types) or not absent

    def models(self) -> list[Used]:
        """Return the models of the bodies, in and out."""
        found: list[Used] = [(self.failure, "serialization")]
        if self.body is not None:
            found.append((self.body, "validation"))
        found += [(model, "serialization") for model in self.answers.values() if isinstance(model, type)]
        return found

    def extensions(self) -> Operation:
        """Return what flask-openapi3 is to put into the operation as it stands."""
        if self.may is None:
            return {"security": [], ROLES: []}
        schemes = ["token", "session"] + ["device"] * (self.may in (Permission.DRIVE, Permission.REPORT))
        roles = sorted(ALLOWED[self.may])
        return {"security": [{name: []} for name in schemes], ROLES: roles}

    def parameters(self) -> list[Operation]:
        """Return the headers that the call takes."""
        if self.keeps and self.may is not None:
            about = "the same key with the same call, within a day, gives the same answer and is done once"
            return [_header(IDEMPOTENCY_KEY, about, pattern=KEY_PATTERN)]
        if self.guarded:
            about = 'the version that is changed, like "3"; 412 if it is another by now; * is any version'
            return [_header("If-Match", about, minLength=1, examples=["*", '"3"'])]
        return []

    def responses(self, refs: Mapping[Used, Any]) -> Operation:
        """Return the answers, good and bad."""
        found: Operation = {}
        for status, answer in sorted(self.answers.items()):
            entry: Operation = {"description": GOOD[status]} | self._headers(status)
            if isinstance(answer, str):
                entry["content"] = {answer: {"schema": {}}}
            elif answer is not None:
                entry["content"] = {"application/json": {"schema": refs[answer, "serialization"]}}
            found[str(status)] = entry
        if self.method == "GET" and 200 in self.answers:
            found["304"] = {"description": GOOD[304]} | self._headers(304)
        problem = {MEDIA_TYPE: {"schema": refs[self.failure, "serialization"]}}
        for name in self._errors():
            waits = _headers(["Retry-After"]) if name in ("429", "503") else {}
            found[name] = {"description": ERRORS[name], "content": problem} | waits
        return found

    def _headers(self, status: int) -> Operation:
        """Return the headers of a good answer: those of a GET's further ones depend on what is answered."""
        if status == 202:
            return _headers(OF_A_JOB)
        tagged = self.method == "GET" or (self.method == "PUT" and self.guarded)
        always = ["ETag"] * (tagged and status in (200, 201, 304)) + list(self.sends) * (status == 201)
        at_times = list(self.sends) if self.method == "GET" and status == 200 else []
        return _headers(always, at_times)

    def _errors(self) -> list[str]:
        has_body = self.body is not None or bool(self.media_types)
        applies = {
            "400": True,
            "401": self.may is not None or 401 in self.errors,
            "403": self.may is not None,
            "404": "path" in self.asked,
            "409": self.method != "GET",
            "410": 410 in self.errors,
            "412": self.guarded,
            "413": has_body,
            "415": has_body,
            "422": has_body or "path" in self.asked or "query" in self.asked,
            "429": 429 in self.errors or 202 in self.answers,
            "503": True,
            "507": self.method != "GET",
            "default": True,
        }
        return [
            name for name in ERRORS if applies[name] and not (name.isdecimal() and int(name) in self.answers)
        ]


def complete(document: Operation, described: Mapping[str, Described]) -> Operation:
    """Return the document with schemas, errors and headers that flask-openapi3 does not know of."""
    models = dict.fromkeys(model for entry in described.values() for model in entry.models())
    found, schemas = models_json_schema(list(models), ref_template=REF, schema_generator=_WithPlainNames)
    refs: Mapping[Any, Operation] = found
    for path_item in document["paths"].values():
        for operation in path_item.values():
            entry = described[operation["operationId"]]
            operation["responses"] = entry.responses(refs)
            for parameter in operation.get("parameters", []):
                parameter["schema"] = _never_null(parameter["schema"])
            operation["parameters"] = operation.get("parameters", []) + entry.parameters()
            schema = {} if entry.body is None else refs[entry.body, "validation"]
            kinds = entry.media_types or (("application/json",) if entry.body else ())
            if kinds:
                operation["requestBody"] = {
                    "required": entry.needs_body(),
                    "content": {kind: {"schema": schema} for kind in kinds},
                }
    document["components"] = {"schemas": schemas.get("$defs", {}), "securitySchemes": SECURITY_SCHEMES}
    return document


class _WithPlainNames(GenerateJsonSchema):
    """Names that people can read: two models of one name would be told apart by their modules."""

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        """Let VROOM's models, which have their names from its documentation, say whose they are."""
        ref, mode = core_mode_ref
        named = CoreRef(re.sub(r"(fleet\.formats\.vroom\.\w+)\.", r"\1.Vroom", ref))
        return super().get_defs_ref((named, mode))

    def normalize_name(self, name: str) -> str:
        """Return a name without what is left of its brackets at the end."""
        return super().normalize_name(name).rstrip("_")


def _header(name: str, description: str, **schema: Any) -> Operation:
    text = {"type": "string", **schema}
    return {"name": name, "in": "header", "required": False, "description": description, "schema": text}


def _headers(always: Iterable[str], at_times: Iterable[str] = ()) -> Operation:
    """Return the headers of an answer, those that it always has marked as such."""
    found = {name: {"required": True} | HEADERS[name] for name in always}
    found |= {name: {"required": False} | HEADERS[name] for name in at_times}
    return {"headers": found} if found else {}


def _never_null(schema: Operation) -> Operation:
    """A parameter that is left out is absent; there is no null in an address."""
    rest = {
        key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)
    }
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    return rest | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})
