"""The end of ``fleet serve`` while phones report: what was accepted is kept, nobody is told of a fault."""

import json
import signal
import threading
from pathlib import Path

from fleet.service.roles import Role
from fleet.store import open_store
from fleet.store.tables import Event
from tests.kept_plans import small_day
from tests.serving import Running, serving

PHONES = 4
BEFORE_THE_END = 20
GOOD, AWAY = 200, 503


class Phone(threading.Thread):
    """Reports one event after the other until the service is gone."""

    def __init__(self, service: Running, token: str, number: int) -> None:
        super().__init__()
        self._service, self._token, self._number = service, token, number
        self.accepted: list[str] = []
        self.other: list[int] = []

    def run(self) -> None:
        day = small_day()
        noon = f"{day.date}T12:00:00+08:00"
        while True:
            key = f"phone-{self._number}-{len(self.accepted) + len(self.other)}"
            event = {"id": key, "kind": "late", "late_s": 60, "tricycle": "t1", "occurred_at": noon}
            report = {"date": str(day.date), "events": [event]}
            try:
                status, _ = self._service.call("POST", f"/days/{day.date}/events", report, token=self._token)
            except OSError:
                return
            if status == GOOD:
                self.accepted.append(key)
            else:
                self.other.append(status)


def test_no_report_that_was_accepted_is_lost_and_none_is_answered_by_a_fault(tmp_path: Path):
    with serving(tmp_path) as service:
        token = service.token(Role.DISPATCHER)
        day = json.loads(small_day().model_dump_json(by_alias=True))
        assert service.call("PUT", f"/days/{day['date']}", day, token=token)[0] == 201
        phones = [Phone(service, token, number) for number in range(PHONES)]
        for phone in phones:
            phone.start()
        service.until(lambda: sum(len(phone.accepted) for phone in phones) >= BEFORE_THE_END)
        service.process.send_signal(signal.SIGTERM)
        for phone in phones:
            phone.join()
        assert service.status == 0
    assert {status for phone in phones for status in phone.other} <= {AWAY}
    store = open_store(service.database)
    with store.read() as session:
        kept = {event.id for event in session.query(Event)}
    store.close()
    assert kept >= {key for phone in phones for key in phone.accepted}
