"""Settings of a shop: an argument wins over an environment variable over ``habitue.toml``.

Unknown keys are refused, so that a misspelt one is not silently without effect.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    field_validator,
)

from habitue.errors import ConfigError
from habitue.locale import _
from habitue.schedule import Times

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["FILE", "Config", "load"]

FILE = "habitue.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class ShopSection(_Section):
    """Facts about the shop that its exports don't hold."""

    name: str = "My shop"
    currency: str = Field("", pattern=r"^([A-Z]{3})?$")
    timezone: str = "UTC"
    country: str = Field("", pattern=r"^([A-Z]{2})?$")
    language: Literal["", "en", "zh"] = ""

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(_("no such time zone; an example: Europe/London")) from error
        return value


class PrepareSection(_Section):
    """What counts as a sale."""

    service_items: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    rates: dict[str, float] = {}
    categories: int = Field(24, ge=2, le=300)
    cart_weight: float = Field(0.5, ge=0, le=1)
    view_weight: float = Field(0.2, ge=0, le=1)


class IdentitySection(_Section):
    """Who is one person."""

    handles: bool = False
    probabilistic: bool = False


class RunSection(_Section):
    """The loop as a whole."""

    seed: int = Field(7, ge=0)
    horizon_days: int = Field(90, ge=1, le=730)
    memory_limit: str = Field("4GB", pattern=r"^\d+(\.\d+)?\s*[KMGT]i?B$")
    threads: int = Field(0, ge=0)
    keep: int = Field(5, ge=1)


class SegmentsSection(_Section):
    """Clustering."""

    max_segments: int = Field(10, ge=2, le=30)
    bootstraps: int = Field(12, ge=4, le=200)


class RulesSection(_Section):
    """Association rules."""

    min_support: float = Field(0.0, ge=0, lt=1)
    min_confidence: float = Field(0.2, ge=0, le=1)
    max_length: int = Field(3, ge=2, le=8)


class RecommendSection(_Section):
    """Recommendations."""

    n: int = Field(10, ge=1, le=1000)
    folds: int = Field(5, ge=2, le=20)


class ConsentSection(_Section):
    """What counts as a consent."""

    double_opt_in: bool = False
    policy: str = Field("", max_length=64)


class ProtectSection(_Section):
    """The smallest group with a number; whence the master key, if not the shop's own file."""

    min_group: int = Field(10, ge=3, le=50)
    key_file: str = ""
    key_command: str = ""


class SourceSection(_Section):
    """A database's query that is imported again and again, ``[sources.NAME]``."""

    url: SecretStr
    query: str
    cursor: str = ""
    kind: Literal["", "purchases", "views", "comments", "items", "customers"] = ""
    map: dict[str, str] = {}


class EventsSection(_Section):
    """The collection of web events, ``habitue serve``."""

    write_key: str = Field("", max_length=128)
    origins: tuple[str, ...] = ()
    internal: tuple[IPvAnyNetwork, ...] = ()
    keep_ip: bool = False
    consent: str = "analytics"
    need_consent: bool = False
    import_minutes: int = Field(60, ge=0, le=1440)


class RetentionSection(_Section):
    """How long records are kept: 400d, 56w, 18m or 3y; empty: for ever."""

    purchases: str = ""
    views: str = ""
    comments: str = ""
    posts: str = ""


class ScheduleSection(_Section):
    """What happens by itself, ``habitue schedule``."""

    imports: tuple[str, ...] = Field((), alias="import")
    run: str = ""
    interval: int = Field(60, ge=1, le=86_400)

    @field_validator("run")
    @classmethod
    def _times(cls, value: str) -> str:
        if value:
            Times.parse(value)
        return value


class Config(_Section):
    """All settings of a shop."""

    shop: ShopSection = ShopSection()
    prepare: PrepareSection = PrepareSection()
    identity: IdentitySection = IdentitySection()
    run: RunSection = RunSection()
    retention: RetentionSection = RetentionSection()
    segments: SegmentsSection = SegmentsSection()
    rules: RulesSection = RulesSection()
    recommend: RecommendSection = RecommendSection()
    consent: ConsentSection = ConsentSection()
    protect: ProtectSection = ProtectSection()
    events: EventsSection = EventsSection()
    schedule: ScheduleSection = ScheduleSection()
    sources: dict[str, SourceSection] = {}


def load(folder: Path, overrides: dict[str, Any] | None = None) -> Config:
    """Read a shop's settings.

    Environment variables are named after the section and the key: ``HABITUE_RUN_SEED=3``.

    Raises
    ------
    ConfigError
        If the file is no TOML, a key is unknown, or a value is of the wrong type or out of bounds.
    """
    path = folder / FILE
    settings: dict[str, Any] = {}
    if path.exists():
        try:
            settings = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(
                _("{file} is not valid TOML: {error}").format(file=path, error=error)
            ) from error
    for section, fields in _fields().items():
        for key in fields:
            value = os.environ.get(f"HABITUE_{section}_{key}".upper())
            if value is not None:
                settings.setdefault(section, {})[key] = value
    for dotted, value in (overrides or {}).items():
        section, _dot, key = dotted.partition(".")
        settings.setdefault(section, {})[key] = value
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(_explain(error, path)) from error


def _fields() -> dict[str, list[str]]:
    return {
        name: [part.alias or key for key, part in field.annotation.model_fields.items()]
        for name, field in Config.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }


def _explain(error: ValidationError, path: Path) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            section = problem["loc"][0] if len(problem["loc"]) > 1 else ""
            fields = list(
                SourceSection.model_fields if section == "sources" else Config.model_fields
            )
            known = _fields().get(str(section), fields)
            text = _("{key}: there is no such setting. There are: {known}.")
            lines.append(text.format(key=where, known=", ".join(known)))
        else:
            text = _("{key}: {problem} (it is {value!r}).")
            # A whole section may hold a password.
            value = "…" if isinstance(problem["input"], dict) else problem["input"]
            lines.append(text.format(key=where, problem=_worded(problem), value=value))
    return "\n".join([_("Settings in {file} can't be used:").format(file=path), *lines])


def _worded(problem: ErrorDetails) -> str:
    """Return what is wrong with a value; pydantic says it in English only."""
    kind, facts = problem["type"], problem.get("ctx", {})
    texts = {
        "greater_than_equal": _("must be {ge} or more"),
        "less_than_equal": _("must be {le} or less"),
        "less_than": _("must be less than {lt}"),
        "string_pattern_mismatch": _("must be written like {pattern}"),
        "string_too_long": _("must have {max_length} characters or fewer"),
        "literal_error": _("must be one of {expected}"),
        "missing": _("must be given"),
        "int": _("must be a whole number"),
        "float": _("must be a number"),
        "bool": _("must be true or false"),
        "string": _("must be text"),
        "tuple": _("must be a list"),
        "dict": _("must be a table"),
        "ip": _("must be a network, for instance 192.0.2.0/24"),
        "value_error": "{error}",
    }
    text = texts.get(kind) or texts.get(kind.partition("_")[0])
    return text.format(**facts) if text else problem["msg"]
