"""What is written comes back the same from both databases."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.exc import StatementError

from fleet.store import Store
from fleet.store.tables import Event, Job, SignInFailure

URUMQI = ZoneInfo("Asia/Urumqi")
INSTANTS = st.datetimes(
    min_value=datetime.datetime(1970, 1, 2),
    max_value=datetime.datetime(2999, 1, 1),
    timezones=st.sampled_from([datetime.UTC, ZoneInfo("Asia/Shanghai"), URUMQI]),
)
# PostgreSQL keeps no NUL in a text and JSON has no lone surrogates; both are refused by the models, too.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
EACH_ON_ONE_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def job(*, at: datetime.datetime, **values: object) -> Job:
    return Job(id="j", kind="plan", state="queued", rank=0, created_at=at, **values)


@given(at=INSTANTS)
@EACH_ON_ONE_STORE
def test_an_instant_comes_back_as_the_same_in_utc(store: Store, at: datetime.datetime) -> None:
    with store.write() as session:
        session.execute(delete(SignInFailure))
        session.add(SignInFailure(subject="s", at=at))
    with store.read() as session:
        found = session.scalars(select(SignInFailure.at)).one()
        # In UTC: a sum by the clock of a zone forgets which of two equal hours it began in.
        later = at.astimezone(datetime.UTC) + datetime.timedelta(microseconds=1)
        earlier = session.scalars(select(SignInFailure.id).where(SignInFailure.at < later)).all()
    # Not beside ``at`` itself: Python finds an instant of a repeated hour equal to none of another zone.
    assert (found, found.tzinfo) == (at.astimezone(datetime.UTC), datetime.UTC)
    assert len(earlier) == 1


def test_an_instant_without_an_offset_is_refused(store: Store) -> None:
    naive = datetime.datetime(2026, 6, 15, 8)
    with pytest.raises(StatementError, match="needs an offset"), store.write() as session:
        session.add(SignInFailure(subject="s", at=naive))


@given(words=WORDS)
@EACH_ON_ONE_STORE
def test_a_long_text_comes_back_as_it_was(store: Store, words: str) -> None:
    with store.write() as session:
        session.execute(delete(Job))
        session.add(job(at=store.clock(), input=words))
    with store.read() as session:
        found = session.get_one(Job, "j")
        assert (found.input, found.best) == (words, None)


def test_a_long_text_takes_less_room_than_it_is_long(store: Store) -> None:
    with store.write() as session:
        session.add(job(at=store.clock(), input="绿洲" * 10_000))
    with store.read() as session:
        assert session.execute(text("SELECT length(input) FROM jobs")).scalar_one() < 1_000


@given(words=WORDS, number=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
@EACH_ON_ONE_STORE
def test_a_body_comes_back_as_it_was(store: Store, words: str, number: float) -> None:
    body = {"words": words, "number": number, "list": [None, True, {"deep": 1}]}
    with store.write() as session:
        session.execute(delete(Event))
        session.add(
            Event(
                date=datetime.date(2026, 6, 15),
                number=1,
                sender="phone",
                id="1",
                content_sha256="0" * 64,
                tricycle="t1",
                kind="done",
                body=body,
                occurred_at=store.clock(),
                received_at=store.clock(),
                counts=True,
            )
        )
    with store.read() as session:
        assert session.scalars(select(Event.body)).one() == body
