"""Which error is which HTTP status."""

from collections.abc import Iterable

from fleet.model import ErrorCode as E
from fleet.model import Problem

UNPROCESSABLE = 422
"""Of every error that no line below names: the input is readable and wrong."""

_CODES: dict[int, tuple[E, ...]] = {
    400: (E.JSON_MALFORMED, E.DUPLICATE_KEY, E.HEADER_MALFORMED),
    401: (E.NOT_SIGNED_IN, E.SIGN_IN_WRONG),
    403: (E.FORBIDDEN, E.CSRF_MISSING),
    404: (E.NOT_FOUND, E.PATH_UNKNOWN, E.NO_PLAN_YET, E.NO_PLAN_MADE, E.NOT_PUBLISHED, E.NO_ROUTE_OF_YOURS),
    405: (E.METHOD_NOT_ALLOWED,),
    409: (
        E.ALREADY_EXISTS,
        E.CALL_STILL_RUNS,
        E.CHANGED_MEANWHILE,
        E.CHANGE_BREAKS_RULES,
        E.DAY_CHANGED,
        E.JOB_IS_OVER,
        E.LAST_ADMIN,
        E.NO_REQUESTS,
        E.NO_TRICYCLES,
        E.PUBLIC_URL_MISSING,
        E.STILL_USED,
    ),
    410: (E.LINK_OVER,),
    413: (E.BODY_TOO_LARGE,),
    415: (E.CONTENT_TYPE_UNKNOWN, E.CONTENT_ENCODING_UNKNOWN),
    429: (E.JOBS_TOO_MANY, E.SIGN_IN_TOO_OFTEN),
    500: (E.INTERNAL,),
    503: (E.SERVICE_BUSY, E.DATABASE_UNREACHABLE),
    507: (E.STORAGE_FULL,),
}
STATUS: dict[str, int] = {code: status for status, codes in _CODES.items() for code in codes}
RETRY_AFTER_S = 5
"""What a caller is told to wait after a 429 or 503 whose problem names no time."""


def status_of(problems: Iterable[Problem]) -> int:
    """Return the status of the first problem."""
    return next((STATUS.get(problem.code, UNPROCESSABLE) for problem in problems), UNPROCESSABLE)
