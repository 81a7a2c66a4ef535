"""What went wrong, in one line and an exit status."""

import contextlib
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from fleet.cli.language import language, say
from fleet.model import ErrorCode, InputError, bad_input
from fleet.service.travel import as_input_error
from fleet.texts import problem_line
from maps.roads.errors import MapsError

DONE, ANSWER_IS_NO, BAD_INPUT, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130
OTHERS_NAMED = 3
"""How many further problems the line names by their place; the rest are counted."""


def guarded(run: Callable[[], int | None], *, arguments: Sequence[str]) -> int:
    """Run a command; every exception becomes one line on standard error and an exit status."""
    try:
        status = run()
        sys.stdout.flush()
        return status or DONE
    except InputError as error:
        return _refused(error)
    except MapsError as error:
        return _refused(as_input_error(error))
    except click.UsageError as error:
        return _refused(_usage(error))
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # Whoever read our answer has seen enough: click and rich make an exit with 1 of that, which here
        # would be an answer. The interpreter must not stumble over the pipe at its end.
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.close()
        return DONE
    except OSError as error:
        return _refused(unwritable(error, file=str(error.filename or say("standard_output"))))
    except Exception as error:
        return _fault(error, arguments)


@contextlib.contextmanager
def naming(file: str) -> Iterator[None]:
    """Say of every error inside that it stands in a file, unless the error names one itself."""
    try:
        yield
    except InputError as error:
        error.file = error.file or file
        raise
    except MapsError as error:
        raise as_input_error(error, file=file) from error


def unreadable(error: OSError, *, file: str) -> InputError:
    """Return the error for a file that cannot be read."""
    if isinstance(error, FileNotFoundError):
        return bad_input(ErrorCode.FILE_NOT_FOUND, file=file)
    return bad_input(ErrorCode.FILE_UNREADABLE, file=file, detail=error.strerror or type(error).__name__)


def unwritable(error: OSError, *, file: str) -> InputError:
    """Return the error for a file or a folder that cannot be written."""
    return bad_input(ErrorCode.FILE_UNWRITABLE, file=file, detail=error.strerror or type(error).__name__)


def _refused(error: InputError) -> int:
    first, *others = error.problems
    line = problem_line(
        first.code,
        file=error.file,
        where=first.where,
        value=first.value,
        params=first.params,
        language=language(),
    )
    if others:
        named = ", ".join(problem.where or problem.code for problem in others[:OTHERS_NAMED])
        line += " " + say("more_problems", number=len(others), named=named)
    click.echo(line, err=True)
    return BAD_INPUT


def _usage(error: click.UsageError) -> InputError:
    """Return what click refuses with one of our codes."""
    from fleet.cli.base import option_name

    command = error.ctx.command_path if error.ctx else "fleet"
    if isinstance(error, click.NoSuchOption):
        return bad_input(ErrorCode.OPTION_UNKNOWN, where=command, value=error.option_name, command=command)
    if isinstance(error, click.MissingParameter):
        return bad_input(ErrorCode.OPTION_MISSING, where=option_name(error.param), command=command)
    if isinstance(error, click.BadOptionUsage):
        return bad_input(ErrorCode.OPTION_INVALID, where=error.option_name, command=command)
    return bad_input(ErrorCode.USAGE, where=command, value=error.format_message(), command=command)


def _fault(error: Exception, arguments: Sequence[str]) -> int:
    """Write a report of a fault in this program, and name it."""
    import importlib.metadata

    report = "\n".join(
        [
            f"fleet {importlib.metadata.version('oasis-fleet')}",
            f"Python {platform.python_version()} on {platform.platform()}",
            "fleet " + " ".join(arguments),
            "",
            "".join(traceback.format_exception(error)),
        ]
    )
    with tempfile.NamedTemporaryFile(
        "w",
        encoding="utf-8",
        errors="backslashreplace",
        prefix="fleet-report-",
        suffix=".txt",
        delete=False,
    ) as stream:
        stream.write(report)
    name = str(Path(stream.name))
    click.echo(problem_line(ErrorCode.INTERNAL, params={"file": name}, language=language()), err=True)
    return INTERNAL
