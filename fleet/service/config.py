"""What the service is told: by flags, the environment (``FLEET_...``) and a file, in this order."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

DEFAULT_FILE = Path("fleet.toml")


class Config(BaseSettings):
    """Settings of the service; ``fleet config show`` prints them with where each comes from."""

    model_config = SettingsConfigDict(
        env_prefix="FLEET_", toml_file=DEFAULT_FILE, extra="forbid", frozen=True
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    database: str = "sqlite:///fleet.db"
    roads: Path | None = None
    scheduler: str | None = None
    workers: Annotated[int, Field(ge=1, le=256)] = 2
    public_url: str | None = None
    zone: str = "Asia/Shanghai"
    job_days: Annotated[float, Field(gt=0)] = 7.0
    """How long finished jobs are kept."""
    personal_days: Annotated[int, Field(gt=0)] = 400
    """Default of ``fleet purge``: how long names, phones and proofs are kept."""
    lost_after_s: Annotated[float, Field(ge=3)] = 10.0
    """How long a running job may give no sign of life, one a second, before it waits again."""
    jobs_per_account: Annotated[int, Field(ge=1)] = 4
    threads: Annotated[int, Field(ge=2, le=512)] = 24

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
