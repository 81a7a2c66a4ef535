"""What the service is told: by flags, the environment (``FLEET_...``) and a file, in this order."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from fleet.model import ErrorCode, InputError, Problem, bad_input
from fleet.model.base import Zone, refusal
from fleet.model.documents import problems_of

DEFAULT_FILE = Path("fleet.toml")
PREFIX = "FLEET_"
FILE_VARIABLE = f"{PREFIX}CONFIG"
HIDDEN = "***"


def _address(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        scheme, found, rest = value.partition("://")
        if scheme not in schemes or not found or not rest or not _has_possible_port(value):
            raise refusal(
                ErrorCode.VALUE_NOT_ALLOWED, expected=", ".join(f"{known}://..." for known in schemes)
            )
        return value

    return AfterValidator(check)


def _has_possible_port(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


class Config(BaseSettings):
    """Settings of the service. What is not given has its default: nothing is read here."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    database: str = "sqlite:///fleet.db"
    roads: Path | None = None
    scheduler: Annotated[str, _address("tcp", "tls")] | None = None
    workers: Annotated[int, Field(ge=1, le=256)] = 2
    public_url: Annotated[str, _address("https", "http")] | None = None
    zone: Zone = "Asia/Shanghai"
    job_days: Annotated[float, Field(gt=0)] = 7.0
    """How long finished jobs are kept."""
    personal_days: Annotated[int, Field(gt=0)] = 400
    """Default of ``fleet purge``: how long names, phones and proofs are kept."""
    lost_after_s: Annotated[float, Field(ge=3)] = 15.0
    """How long a running job may give no sign of life, one a second, before it waits again."""
    niceness: Annotated[int, Field(ge=0, le=19)] = 10
    """How far searches stand back behind whoever waits for an answer of the service."""
    jobs_per_account: Annotated[int, Field(ge=1)] = 4
    threads: Annotated[int, Field(ge=2, le=512)] = 24
    trusted_proxies: Annotated[int, Field(ge=0, le=9)] = 0
    """How many proxies in front are believed what they say of callers."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is handed over; :func:`load_settings` reads the rest and knows where from."""
        return (init_settings,)


class Source(StrEnum):
    """Where a setting comes from; the first that gives it decides."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings and where each comes from; ``file`` is the settings file that was read."""

    config: Config
    sources: Mapping[str, Source]
    file: Path | None


def load_settings(*, flags: Mapping[str, Any] | None = None, file: str | None = None) -> Settings:
    """Read the settings.

    Parameters
    ----------
    flags : mapping, optional
        What the command line gives, by the setting's name; None is not given.
    file : str, optional
        The settings file; without it the one that ``FLEET_CONFIG`` names, else ``fleet.toml`` where there is
        one.

    Raises
    ------
    InputError
        Of each wrong setting, named as where it was given; FILE_NOT_FOUND, CONFIG_MALFORMED of the file.
    """
    path = _settings_file(file)
    given: dict[Source, Mapping[str, Any]] = {
        Source.FLAG: {name: value for name, value in (flags or {}).items() if value is not None},
        Source.ENVIRONMENT: EnvSettingsSource(Config)(),
        Source.FILE: _from_file(path) if path else {},
    }
    sources = dict.fromkeys(Config.model_fields, Source.DEFAULT)
    values: dict[str, Any] = {}
    for source in reversed(given):
        values |= given[source]
        sources |= dict.fromkeys(given[source], source)
    try:
        return Settings(config=Config(**values), sources=sources, file=path)
    except ValidationError as error:
        raise InputError(
            [_named(problem, sources=sources, file=path) for problem in problems_of(error)]
        ) from error


def shown(config: Config, name: str) -> str | int | float | None:
    """Return a setting's value as it may be printed: a database's password is hidden."""
    value = getattr(config, name)
    if name == "database":
        try:
            address = make_url(value)
        except (ArgumentError, ValueError):
            return HIDDEN
        # A password may stand in the query, too.
        query = {key: part for key, part in address.query.items() if "pass" not in key.lower()}
        return address.set(query=query).render_as_string(hide_password=True)
    return str(value) if isinstance(value, Path) else value


def flag_of(name: str) -> str:
    """Return a setting's name on the command line."""
    return f"--{name.replace('_', '-')}"


def variable_of(name: str) -> str:
    """Return a setting's name in the environment."""
    return f"{PREFIX}{name.upper()}"


def environment_of(config: Config) -> dict[str, str]:
    """Return the settings for the environment of a process that may not find the file they are from."""
    values = {name: getattr(config, name) for name in Config.model_fields}
    return {variable_of(name): str(value) for name, value in values.items() if value is not None}


def _settings_file(file: str | None) -> Path | None:
    named = file or os.environ.get(FILE_VARIABLE)
    if named and not Path(named).is_file():
        raise bad_input(ErrorCode.FILE_NOT_FOUND, where="--config" if file else FILE_VARIABLE, file=named)
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.is_file() else None


def _from_file(path: Path) -> Mapping[str, Any]:
    try:
        return TomlConfigSettingsSource(Config, path)()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad_input(ErrorCode.CONFIG_MALFORMED, file=str(path), detail=str(error)) from error
    except OSError as error:
        raise bad_input(ErrorCode.FILE_UNREADABLE, file=str(path), detail=str(error.strerror)) from error


def _named(problem: Problem, *, sources: Mapping[str, Source], file: Path | None) -> Problem:
    """Name a setting as whoever gave it knows it."""
    name = problem.where.split(".")[0].split("[")[0]
    where = {
        Source.FLAG: flag_of(name),
        Source.ENVIRONMENT: variable_of(name),
        Source.FILE: f"{file}: {name}",
    }.get(sources.get(name, Source.FILE), name)
    # A misspelt name may stand before a password.
    is_secret = name == "database" or problem.code == ErrorCode.UNKNOWN_KEY
    value = HIDDEN if is_secret else problem.value
    return Problem(code=problem.code, where=where, value=value, params=problem.params)
