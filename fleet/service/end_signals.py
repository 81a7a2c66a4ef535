"""SIGTERM and SIGINT: how one asks a process that serves, or does jobs, to end."""

import faulthandler
import signal
import socket
import threading

NUMBERS = frozenset({signal.SIGTERM, signal.SIGINT})
ENDS_WITHIN_S = 60.0
"""What the end may take: calls that run and jobs have their time in it. A process that hangs is of no use."""


class EndSignals:
    """What asks this process to end from now on; made in the main thread, once.

    Neither an event nor a queue that a handler fills: Python runs handlers between two steps of the main
    thread only. A signal that comes after the last such step before a wait is noted, and the wait goes
    on; on a busy machine, where the main thread waits for the interpreter just there, that is no rare
    thing. What Python itself writes to a socket (`signal.set_wakeup_fd`) is there whenever it is read,
    and it is read by a thread that does nothing else, whatever the main thread hangs in.

    Parameters
    ----------
    within_s
        What the end may take. Then it is cut off and says where it hangs; what the process had started
        notices that by itself, as after a kill.
    """

    def __init__(self, *, within_s: float) -> None:
        self._within_s = within_s
        self._asked = threading.Event()
        self._told, self._tells = socket.socketpair()
        self._tells.setblocking(False)
        signal.set_wakeup_fd(self._tells.fileno(), warn_on_full_buffer=False)
        for number in NUMBERS:
            signal.signal(number, _is_told_by_the_socket)
        threading.Thread(target=self._read, name="end signals", daemon=True).start()

    def wait(self) -> None:
        """Wait for the first of them, however long ago it came."""
        self._asked.wait()

    def _read(self) -> None:
        while self._told.recv(1)[0] not in NUMBERS:
            pass
        faulthandler.dump_traceback_later(self._within_s, exit=True)
        self._asked.set()


def _is_told_by_the_socket(_number: int, _frame: object) -> None:
    """In place of the default, which would end the process at once."""
