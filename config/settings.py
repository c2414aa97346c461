"""Settings: environment variables YANXIU_… over the file yanxiu.toml."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from config.errors import ConfigError, first_reason


class Settings(BaseSettings):
    """All that an installation may set; every value has a default that works on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="YANXIU_", toml_file="yanxiu.toml", extra="forbid", env_ignore_empty=True
    )

    data_dir: Path = Path("yanxiu-data")
    database_url: str = ""
    base_url: str = ""
    language: Literal["zh", "en"] = "zh"
    today: date | None = None  # moves the clock; for demonstrations and tests

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=2525, ge=1, le=65535)
    smtp_username: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_security: Literal["starttls", "tls", "none"] = "none"
    smtp_timeout: float = Field(default=60, gt=0, le=600)
    mail_from: str = "研修项目管理系统 <yanxiu@localhost>"

    @field_validator("mail_from")
    @classmethod
    def one_line(cls, value: str) -> str:
        if "@" not in value or any(ord(c) < 32 for c in value):
            raise ValueError("an address such as 研修项目管理系统 <yanxiu@example.cn>")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not used, by design
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def url(self) -> str:
        """The database's URL: as set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'yanxiu.db'}"


def load_settings() -> Settings:
    """Read the settings; ConfigError names what is wrong with which."""
    try:
        return Settings()
    except ValidationError as error:
        key, reason = first_reason(error)
        raise ConfigError("YANXIU_… / yanxiu.toml", key.upper(), reason) from error
    except ValueError as error:  # a broken yanxiu.toml
        raise ConfigError("yanxiu.toml", "", str(error)) from error
