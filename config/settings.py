"""Settings: environment variables YANXIU_… over the file yanxiu.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from unicodedata import category

from pydantic import (
    Field,
    IPvAnyAddress,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import URL, make_url

from config.errors import ConfigError, first_reason, refusal
from states.form_reading import UNSEEN
from states.terms import Text

# "Name <address>" or an address alone; what notifications/letters/envelope.py can write.
ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}"
# What a mail can carry as a link and a browser open: no gaps, no sign-in, no question.
WEB_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*"
)
MAIL_FROM = re.compile(rf"{ADDRESS}|[^<>\x00-\x1f]*<{ADDRESS}>")


class Settings(BaseSettings):
    """All that an installation may set; every value has a default that works on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="YANXIU_", toml_file="yanxiu.toml", extra="forbid", env_ignore_empty=True
    )

    data_dir: Path = Path("yanxiu-data")
    database_url: str = ""
    base_url: str = ""
    hosts_online: bool = True  # whether host units reach the pages; no: their mails carry no link
    proxies: tuple[
        IPvAnyAddress, ...
    ] = ()  # in front of the pages; their word is taken for who asks
    language: Literal["zh", "en"] = "zh"
    today: date | None = None  # moves the clock; for demonstrations and tests

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=2525, ge=1, le=65535)
    smtp_username: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_security: Literal["starttls", "tls", "none"] = "none"
    smtp_timeout: float = Field(default=60, gt=0, le=600)
    smtp_rate: float = Field(
        default=0, ge=0, le=1000
    )  # mails a second over all workers; 0: as they come
    mail_from: str = "研修项目管理系统 <yanxiu@localhost>"
    mail_reply_to: str = ""  # empty: the officer in charge
    mail_trial_to: str = ""  # trial mode: every mail goes here instead
    mail_attachments: bool = True  # calendar entries, timetables; some gateways hold them back
    mail_approval: tuple[str, ...] = ()  # notices that wait for a person, e.g. ("reject",)

    webhook_private: bool = False  # whether webhooks may lead to addresses inside the network

    bounce_folder: Path | None = None  # .eml files of returned mail
    imap_host: str = ""  # a mailbox of returned mail; empty: none
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_username: str = ""
    imap_password: str = Field(default="", repr=False)
    imap_security: Literal["tls", "starttls", "none"] = "tls"
    imap_mailbox: str = "INBOX"

    @property
    def papers_folder(self) -> Path:
        return self.data_dir / "papers"

    @property
    def calendars_folder(self) -> Path:
        """Where the office keeps its own holiday calendars, before those that ship."""
        return self.data_dir / "calendars"

    @field_validator("*")
    @classmethod
    def without_controls(cls, value: object) -> object:
        if isinstance(value, str) and any(category(one) in UNSEEN for one in value):
            raise refusal(CONTROLS)
        return value

    @field_validator("smtp_host", "imap_host")
    @classmethod
    def host(cls, value: str) -> str:
        if any(one.isspace() for one in value):
            raise refusal(GAPS)
        return value

    @field_validator("mail_trial_to")
    @classmethod
    def deliverable(cls, value: str) -> str:
        if value and not re.fullmatch(ADDRESS, value):
            raise ValueError("请写作 someone@example.cn")
        return value

    @field_validator("mail_from", "mail_reply_to")
    @classmethod
    def sendable(cls, value: str, info: ValidationInfo) -> str:
        optional = info.field_name == "mail_reply_to"
        if not (optional and not value) and not MAIL_FROM.fullmatch(value):
            raise ValueError("请写作 研修项目管理系统 <yanxiu@example.cn>")
        return value

    @field_validator("base_url")
    @classmethod
    def web_address(cls, value: str) -> str:
        if value and not WEB_ADDRESS.fullmatch(value):
            raise refusal(NO_WEB_ADDRESS)
        return value

    @field_validator("database_url")
    @classmethod
    def lasting(cls, value: str) -> str:
        if value.split("+")[0].startswith("sqlite") and not make_url(value).database:
            raise ValueError("内存数据库不能保存数据，请指定文件")
        return value

    @model_validator(mode="after")
    def no_password_in_clear(self) -> Settings:
        for kind in ("smtp", "imap"):
            host = getattr(self, f"{kind}_host")
            local = host in ("localhost", "::1") or host.startswith("127.")
            clear = getattr(self, f"{kind}_security") == "none"
            if getattr(self, f"{kind}_password") and clear and not local:
                raise ValueError(
                    f"{kind.upper()}_SECURITY 须为 starttls 或 tls，否则密码会以明文传送"
                )
        return self

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
        path = str(self.data_dir / "yanxiu.db")
        return self.database_url or URL.create("sqlite", database=path).render_as_string()


def load_settings() -> Settings:
    """Read the settings; ConfigError names what is wrong with which."""
    if unknown := _misspelt(os.environ):
        raise ConfigError("YANXIU_…", *unknown)
    try:
        return Settings()
    except ValidationError as error:
        key, reason = first_reason(error)
        raise ConfigError("YANXIU_… / yanxiu.toml", key.upper(), GONE.get(key, reason)) from error
    except (ValueError, RecursionError, OSError) as error:  # a broken yanxiu.toml
        raise ConfigError("yanxiu.toml", "", str(error)) from error


OTHERS = {"DEBUG"}  # read where settings cannot be


def _misspelt(environment: Mapping[str, str]) -> tuple[str, Text] | None:
    """The first variable that looks like a setting and is none, and what may have been meant."""
    known = {name.upper() for name in Settings.model_fields}
    for name in sorted(environment):
        prefix, _, asked = name.upper().partition("_")
        if prefix == "YANXIU" and asked not in known | OTHERS:
            if gone := GONE.get(asked.lower()):
                return name, gone
            alike = get_close_matches(asked, known, 1)
            return name, (MEANT.format(name=f"YANXIU_{alike[0]}") if alike else NO_SETTING)
    return None


NO_SETTING = Text("没有这个设置，请核对拼写。", "There is no such setting; check its spelling.")
MEANT = Text("没有这个设置，是否应为 {name}？", "There is no such setting; is {name} meant?")
CONTROLS = Text("含有控制字符，请去掉。", "It has control characters; take them out.")
GAPS = Text("不能含有空格。", "It must not have gaps.")
NO_WEB_ADDRESS = Text(
    "请写作 https://yanxiu.example.cn，不含空格、? 和 #。",
    "Write https://yanxiu.example.cn, without gaps, ? and #.",
)
# Settings of earlier versions, and what is done instead.
GONE = {
    "smtp_connections": Text(
        "此设置已取消：每个 yanxiu worker 用一个连接发信，请删去这一项；需要发得更快时，"
        "同时运行几个 yanxiu worker 即可。",
        "This setting is gone: each `yanxiu worker` sends over one connection. Take it out; to send "
        "faster, run several workers at once.",
    ),
}
