"""What every list takes: how many items, and where to go on."""

from typing import Annotated

from pydantic import Field

from fleet.model.base import Document
from fleet.service.paging import DEFAULT_LIMIT, MOST


class PageQuery(Document):
    """How much of a list, and from where."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = DEFAULT_LIMIT
    cursor: Annotated[str, Field(min_length=1, max_length=400)] | None = Field(
        default=None, description="`next` of the page before"
    )
