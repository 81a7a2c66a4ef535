"""Publishing: which plan drivers see, whose routes it changes, and what they saw before."""

import datetime

from sqlalchemy.orm import Session

from fleet.store.plans import get_plan, latest_publication
from fleet.store.tables import StoredPlan


def published_plan(session: Session, *, date: datetime.date) -> StoredPlan | None:
    """Return the plan that drivers of a date see, with its document; None where none is published."""
    publication = latest_publication(session, date=date)
    return None if publication is None else get_plan(session, publication.plan_id)
