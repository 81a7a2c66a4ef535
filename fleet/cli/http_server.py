"""waitress, listening on one address, which ends without leaving anybody unanswered."""

import errno
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from fleet.cli.http_bodies import READ_AT_MOST, Channel
from fleet.model import ErrorCode, bad_input

GRACE_S = 30.0
"""What calls that run get to end; a search that somebody waits for may take longer and is then cut off."""
IDLE_LOOK_S = 0.05
CONNECTIONS = 1_000
"""200 phones and browsers keep several connections each."""
BACKLOG = 512


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address; port 0 is any that is free.

    Raises
    ------
    InputError
        ADDRESS_TAKEN, ADDRESS_UNKNOWN.
    """
    where = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise bad_input(ErrorCode.ADDRESS_UNKNOWN, where="--host", value=where) from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        made.close()
        is_taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        code = ErrorCode.ADDRESS_TAKEN if is_taken else ErrorCode.ADDRESS_UNKNOWN
        raise bad_input(code, where="--port" if is_taken else "--host", value=where) from error
    return made


class HttpServer:
    """Serves an application from a thread of its own.

    Parameters
    ----------
    application
        Any WSGI application.
    listener : socket
        Bound already.
    threads : int
        Calls that are answered at a time.
    """

    def __init__(self, application: Any, *, listener: socket.socket, threads: int) -> None:
        self._map: dict[int, Any] = {}
        self._server = create_server(
            application,
            map=self._map,
            sockets=[listener],
            threads=threads,
            connection_limit=CONNECTIONS,
            backlog=BACKLOG,
            asyncore_use_poll=True,
            max_request_body_size=READ_AT_MOST,
            # The application has to see that a proxy speaks for somebody, whether it believes it or not.
            clear_untrusted_proxy_headers=False,
            ident=None,
        )
        self._server.channel_class = Channel
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self, *, grace_s: float = GRACE_S) -> None:
        """Take no further connections, let calls that run end, then close."""
        until = time.monotonic() + grace_s
        self._in_its_thread(self._stop_listening)
        while self._is_busy() and time.monotonic() < until:
            time.sleep(IDLE_LOOK_S)
        self._in_its_thread(lambda: wasyncore.close_all(self._map))
        self._thread.join(grace_s)
        self._server.task_dispatcher.shutdown()

    def _stop_listening(self) -> None:
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()

    def _is_busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)

    def _in_its_thread(self, do: Callable[[], None]) -> None:
        self._server.trigger.pull_trigger(do)
