"""Where jobs are carried to: one process of this machine, or the workers of a scheduler elsewhere."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator

from distributed import Client, Future, LocalCluster
from distributed.security import Security

from fleet.service.config import Config, environment_of

HERE = "127.0.0.1"
ANY_PORT = f"{HERE}:0"
CONNECT_S = 5.0
STOP_S = 5.0
"""What running jobs get at the end of the service to be handed back."""
RESTART_S = 30.0
"""How long a process of ours may be away, for instance to be started again, before all is begun anew."""
IDLE_S = 600.0
"""After so long without work the process is started afresh: what it has loaded to plan with takes memory."""


class AwayError(Exception):
    """There is nobody who would carry anything just now."""


class Cluster:
    """A connection to workers, made when it is needed and made again when it was lost.

    Of the workers of this machine there is one process, with a thread for each job that it does at a time:
    the searches are in children of their own, and a second process would cost more memory than it brings.

    Parameters
    ----------
    config : Config
        ``scheduler`` is the address of Dask's scheduler, without it a process of this machine does
        ``workers`` jobs at a time.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._local: LocalCluster | None = None
        self._client: Client | None = None
        self._tasks: set[Future[bool]] = set()
        self._seen_at_s = 0.0
        self._worked_at_s: float | None = None

    def places(self) -> int:
        """Return how many jobs can be done at a time.

        Raises
        ------
        AwayError
            When there is no connection; ask again later.
        """
        with self._given_up_on_failure():
            number = sum(int(threads) for threads in self._connected().nthreads().values())
            if number:
                self._seen_at_s = time.monotonic()
            elif self._local is not None and time.monotonic() - self._seen_at_s > RESTART_S:
                raise AwayError("the process of the workers was not started again")
            self._refresh()
        return number

    def tasks(self) -> int:
        """Return how many of the tasks that were sent are not over."""
        self._tasks = {task for task in self._tasks if task.status == "pending"}
        return len(self._tasks)

    def send(self, task: Callable[[], bool], *, then: Callable[[], None]) -> None:
        """Let a worker do something; ``then`` is called when it has found something to do and done it.

        Raises
        ------
        AwayError
            When there is no connection.
        """
        with self._given_up_on_failure():
            sent = self._connected().submit(task, pure=False)
            # Who finds nothing or fails is not sent again at once: that would go round and round.
            sent.add_done_callback(lambda done: then() if _has_worked(done) else None)
            self._tasks.add(sent)
            self._worked_at_s = time.monotonic()

    def close(self) -> None:
        """Give up the connection; a process of this machine hands back its jobs and ends."""
        client, self._client = self._client, None
        local, self._local = self._local, None
        self._tasks = set()
        # Whoever is gone already cannot say good-bye.
        with contextlib.suppress(Exception):
            if client is not None:
                client.close(timeout=CONNECT_S)
        with contextlib.suppress(Exception):
            if local is not None:
                local.close(timeout=STOP_S)

    def _refresh(self) -> None:
        """Start the process of this machine afresh when its last work was long ago."""
        if self.tasks():
            self._worked_at_s = time.monotonic()
        elif self._worked_at_s is not None and time.monotonic() - self._worked_at_s > IDLE_S:
            self._worked_at_s = None
            if self._local is not None:
                client = self._connected()
                client.restart_workers(list(client.nthreads()), timeout=RESTART_S)

    @contextlib.contextmanager
    def _given_up_on_failure(self) -> Iterator[None]:
        try:
            yield
        except (OSError, TimeoutError, RuntimeError, ValueError, AwayError) as error:
            self.close()
            raise AwayError(str(error)) from error

    def _connected(self) -> Client:
        """Return a connection that stands."""
        if self._client is not None and self._client.status == "running":
            return self._client
        self.close()
        # What Dask has to say of lost connections and killed processes is expected here, and handled.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        there = self._config.scheduler or self._started()
        self._client = Client(there, timeout=CONNECT_S, set_as_default=False)
        self._seen_at_s = time.monotonic()
        return self._client

    def _started(self) -> LocalCluster:
        self._local = LocalCluster(
            n_workers=1,
            threads_per_worker=self._config.workers,
            processes=True,
            host=HERE,
            # Whoever may send tasks runs code as us: only our processes know this certificate.
            security=Security.temporary(),
            # No dashboard; what else answers over HTTP there takes any free port of this machine only.
            worker_dashboard_address=ANY_PORT,
            scheduler_kwargs={"dashboard": False, "dashboard_address": ANY_PORT},
            memory_limit=0,
            silence_logs=logging.CRITICAL,
            preload=["fleet.jobs.worker"],
            env=environment_of(self._config),
        )
        return self._local


def _has_worked(done: "Future[bool]") -> bool:
    with contextlib.suppress(Exception):
        return done.status == "finished" and bool(done.result(timeout=CONNECT_S))
    return False
