"""The settings: every key of footnote.toml with its default, as one frozen object."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from footnote.bot.gate import Strictness
from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.platforms.slack.settings import SlackSettings
from footnote.bot.settings.encoders import EmbedderSettings, RerankerSettings
from footnote.bot.settings.file import SettingsFile
from footnote.bot.settings.generators import GgufSettings, RemoteSettings
from footnote.bot.settings.labels import NAME, audience_label, member_label
from footnote.bot.settings.llamaindex import LlamaIndexSettings
from footnote.bot.settings.schedules import Schedule, ScheduleSettings
from footnote.bot.settings.tuning import TuneSettings
from footnote.bot.settings.weaviate import WeaviateSettings

ENVIRONMENT_PREFIX = "FOOTNOTE_"
ENVIRONMENT_DELIMITER = "__"

SQLITE = "sqlite"
WEAVIATE = "weaviate"
LLAMAINDEX = "llamaindex"
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")

Name = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]
Label = Annotated[str, StringConstraints(min_length=1), AfterValidator(audience_label)]
Member = Annotated[str, StringConstraints(min_length=1), AfterValidator(member_label)]


def _known_state(name: str) -> str:
    if name != SQLITE and not name.startswith(REDIS_SCHEMES):
        raise ValueError('"sqlite" or the URL of a Redis, such as "redis://localhost:6379/0"')
    return name


StateName = Annotated[str, AfterValidator(_known_state)]


class LogLevel(StrEnum):
    """From which level on the log is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnswerSettings(_Table):
    """How answers are made: [answer].

    Attributes:
        generator: What writes answers.
        gate: How sure Footnote has to be that the sources hold the answer.
        passages: How many passages an answer is made from.
        closest: How many documents are named when the answer is not in the sources.
        search_timeout_s: Seconds after which an unfinished search fails.
        timeout_s: Seconds after which an unfinished answer fails.
        unsupported: What becomes of a sentence that its sources do not support.
    """

    generator: Literal["quote", "gguf", "remote"] = "quote"
    gate: Strictness = Strictness.BALANCED
    passages: int = Field(default=6, ge=1, le=50)
    closest: int = Field(default=3, ge=0, le=50)
    search_timeout_s: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    timeout_s: float = Field(default=120.0, gt=0, allow_inf_nan=False)
    unsupported: Literal["leave_out", "mark"] = "leave_out"


class InboxSettings(_Table):
    """How questions are taken in and worked on: [inbox].

    Attributes:
        workers: How many questions are answered side by side.
        queue_limit: With so many waiting, the next asker is told that Footnote is busy.
        grace_s: Seconds that answers may go on after a shutdown was asked for.
        remember_days: How long a thread is remembered and may be followed up without a mention.
        keep_days: How long questions and answers are kept.
    """

    workers: int = Field(default=4, ge=1, le=256)
    queue_limit: int = Field(default=50, ge=1)
    grace_s: float = Field(default=20.0, ge=0, allow_inf_nan=False)
    remember_days: float = Field(default=7.0, gt=0, le=3650)
    keep_days: float = Field(default=30.0, gt=0, le=3650)


class SyncSettings(_Table):
    """How the index is brought in line with the sources: [sync].

    Attributes:
        delete_share: A sync that would delete more than this share of a source stops and asks.
    """

    delete_share: float = Field(default=0.3, ge=0, le=1)


class SourceSettings(BaseModel):
    """One source: [sources.NAME].

    The keys beyond these belong to the connector of that kind, which checks them.

    Attributes:
        kind: Which connector reads it.
        audience: Labels of those who may see it.
        schedule: When it is synced by itself, or None.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: Annotated[str, StringConstraints(min_length=1)]
    audience: Annotated[tuple[Label, ...], Field(min_length=1)]
    schedule: Schedule | None = None

    @property
    def own(self) -> dict[str, object]:
        """The keys that belong to the connector."""
        return dict(self.model_extra or {})


class Settings(BaseSettings):
    """Everything that a person can set; the environment goes before the file.

    Attributes:
        data: Folder for index and state; a relative one is relative to the settings file.
        log_level: From which level on the log is written to stderr.
        store: What keeps the index.
        state: What keeps questions and conversations.
        answer: How answers are made.
        inbox: How questions are taken in and worked on.
        sync: How the index is brought in line with the sources.
        schedule: How the schedules of the sources are read.
        tune: How the model is taught by feedback.
        embedder: What turns texts into vectors.
        reranker: What takes a closer look at the best passages.
        gguf: The model that runs on this machine.
        remote: The server that answers are written by.
        weaviate: The server that keeps the index.
        llamaindex: The vector store that finds the nearest passages beside the index.
        sources: Where documents come from, by name.
        slack: How Footnote behaves in Slack.
        discord: How Footnote behaves in Discord.
        groups: The members of each group, by its name, as labels of platforms.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter=ENVIRONMENT_DELIMITER,
    )

    data: Path = Path(".footnote")
    log_level: LogLevel = LogLevel.WARNING
    store: str = "sqlite"
    state: StateName = "sqlite"
    answer: AnswerSettings = AnswerSettings()
    inbox: InboxSettings = InboxSettings()
    sync: SyncSettings = SyncSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    tune: TuneSettings = TuneSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    reranker: RerankerSettings = RerankerSettings()
    gguf: GgufSettings = GgufSettings()
    remote: RemoteSettings = RemoteSettings()
    weaviate: WeaviateSettings = WeaviateSettings()
    llamaindex: LlamaIndexSettings = LlamaIndexSettings()
    slack: SlackSettings = SlackSettings()
    discord: DiscordSettings = DiscordSettings()
    sources: dict[Name, SourceSettings] = Field(default_factory=dict)
    groups: dict[Name, Annotated[tuple[Member, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )

    _file: SettingsFile = PrivateAttr()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before what is given, which is the file's content."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @classmethod
    def of(cls, file: SettingsFile) -> Settings:
        """The settings in a file, and in the environment.

        Raises:
            pydantic.ValidationError: A key or a value is wrong.
            pydantic_settings.SettingsError: A variable of the environment cannot be read.
        """
        settings = cls(**file.content)
        settings._file = file
        return settings

    @property
    def file(self) -> SettingsFile:
        """The file that they come from."""
        return self._file

    @property
    def root(self) -> Path:
        """The folder that relative paths are relative to."""
        return self._file.path.parent

    @property
    def folder(self) -> Path:
        """The folder for everything that is kept, absolute."""
        return (self.root / self.data.expanduser()).resolve()

    @property
    def index(self) -> Path:
        """The file of the index."""
        return self.folder / "index.db"

    @property
    def audiences(self) -> dict[str, frozenset[str]]:
        """Who may see each source."""
        return {name: frozenset(source.audience) for name, source in self.sources.items()}

    @property
    def members(self) -> dict[str, frozenset[str]]:
        """The members of each group."""
        return {name: frozenset(labels) for name, labels in self.groups.items()}
