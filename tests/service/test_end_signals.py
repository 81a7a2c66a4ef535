"""A process that is asked to end ends, whenever it is asked."""

import signal
import subprocess
import sys

import pytest

AT_MOST_S = 30.0
ASKED_BEFORE_IT_WAITS = """
import signal, sys
from fleet.service.end_signals import EndSignals

number = int(sys.argv[1])
end = EndSignals(within_s=60.0)
# A handler runs between two steps of Python only: here none does before the wait is over.
signal.signal(number, lambda *_: None)
signal.raise_signal(number)
end.wait()
"""
HANGS_BEFORE_IT_WAITS = """
import signal, time
from fleet.service.end_signals import EndSignals

end = EndSignals(within_s=0.1)
signal.raise_signal(signal.SIGTERM)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_the_wait_is_not_lost(number: signal.Signals) -> None:
    process = run(ASKED_BEFORE_IT_WAITS, str(int(number)))
    assert (process.returncode, process.stderr) == (0, "")


def test_what_hangs_is_cut_off_wherever_it_is() -> None:
    process = run(HANGS_BEFORE_IT_WAITS)
    assert process.returncode == 1
    assert "line 7 in <module>" in process.stderr


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, timeout=AT_MOST_S, check=False, capture_output=True, text=True)
