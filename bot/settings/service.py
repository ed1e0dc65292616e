"""Settings of the service and its secrets: the environment, `.env`, and files named by ``NAME_FILE``."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from dotenv.parser import Binding, parse_stream
from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

from bot.addresses import read_address
from bot.channels import ways
from bot.connectors import site_of, sites
from bot.connectors.shared.site import FREE, Prices, Site
from bot.errors import ConfigError
from bot.secrets import Secrets
from policies.located_yaml import in_words

PREFIX = "OVERSIGHT_"
S = TypeVar("S", bound=BaseModel)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Service(Secrets):
    """Settings of the one process that runs everything."""

    store: str | None = Field(
        None, description="Address of the store; default: oversight.db in the home folder"
    )
    base_url: str = Field(
        "http://127.0.0.1:8080", description="Address at which the owner and the agency reach the pages"
    )
    listen_host: str = Field("127.0.0.1", description="Address that the pages listen on")
    listen_port: int = Field(8080, ge=0, le=65535, description="Port that the pages listen on")
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of your own proxies, separated by commas: what they say of who asks "
        "(X-Forwarded-For) is believed",
    )
    link_keys: SecretStr | None = Field(
        None,
        description="Keys that sign links, newest first, separated by commas (`oversight init` makes one)",
    )
    link_days: int = Field(14, ge=1, le=90, description="How many days a link works")
    mail_from: str = Field("oversight@localhost", description="Sender of digests and alerts")
    model: str = Field(
        "shipped", description="shipped, a folder, or with the extra [torch] a Hugging Face model id"
    )
    model_head: str = Field("sentiment", description="For other models: the question that they answer")
    model_labels: str | None = Field(
        None, description="For other models: LABEL_0=negative,LABEL_1=neutral,LABEL_2=positive"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="before")
    @classmethod
    def _links_lead_where_the_pages_are(cls, given: Any) -> Any:
        """Without an address of its own, the pages are reached at the port that they listen on."""
        port = str(given.get("listen_port") or "") if isinstance(given, dict) else ""
        if port.isdecimal() and int(port) and "base_url" not in given:
            return {**given, "base_url": f"http://127.0.0.1:{port}"}
        return given

    @field_validator("base_url")
    @classmethod
    def _a_web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is no web address; write it like https://oversight.example.com")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("would send links in the clear; use https (a reverse proxy can add it)")
        return value.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in parts_of(value):
            try:
                ip_network(part)
            except ValueError:
                raise ValueError(
                    f"names {part!r}, which is no address; write 127.0.0.1 or 10.0.0.0/8"
                ) from None
        return value

    @field_validator("mail_from")
    @classmethod
    def _a_sender(cls, value: str) -> str:
        read_address(value)
        return value

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that sign links, newest first."""
        return parts_of(self.link_keys.get_secret_value() if self.link_keys else "")

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of our own proxies."""
        return tuple(ip_network(part) for part in parts_of(self.trusted_proxies))


def parts_of(listed: str) -> tuple[str, ...]:
    """The parts of a setting that lists some, separated by commas."""
    return tuple(part.strip() for part in listed.split(",") if part.strip())


class Environment:
    """`.env` and the process environment as one mapping; the process wins, ``NAME_FILE`` is read in."""

    def __init__(self, home: Path, process: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.path = home / ".env"
        process = os.environ if process is None else process
        self._lines: dict[str, int] = {}
        self.values: dict[str, str] = {**self._from_file(), **process}
        self.values.update(self._named_files())

    def where(self, name: str) -> str:
        """Where a setting was read, for error messages."""
        for candidate in (name, f"{name}_FILE"):
            if candidate in self._lines and candidate not in os.environ:
                return f"{self.path}:{self._lines[candidate]}:1"
        return "environment"

    def credentials(self, platform: str, name: str | None) -> Secrets:
        """The keys for one account. ``name`` is what brand.yaml says under ``credentials``."""
        site = site_of(platform)
        return self.read(site.keys, f"{site.prefix}{name}_" if name else site.prefix)

    def prices(self) -> dict[str, Prices]:
        """What each platform charges: as its site says, unless a setting says otherwise. Raises `ConfigError`."""
        return {site.name: self.read(_priced(site), f"{PREFIX}{site.prefix}PRICE_") for site in sites()}

    def channels(self) -> dict[str, Secrets]:
        """The settings of each channel. Raises `ConfigError`."""
        return {way.name: self.read(way.settings, way.prefix) for way in ways()}

    def read(self, kind: type[S], prefix: str) -> S:
        """The fields named ``prefix + FIELD``. Raises `ConfigError` naming place and mend of each mistake."""
        given = {name: self.values.get(f"{prefix}{name.upper()}") for name in kind.model_fields}
        try:
            return kind(**{name: value for name, value in given.items() if value})
        except ValidationError as error:
            raise ConfigError("\n".join(_mistakes(error, self, prefix))) from None

    def secrets(self) -> frozenset[str]:
        """All values that must never be shown, also those of brands' own keys."""
        found = set()
        kinds: dict[str, type[Secrets]] = {PREFIX: Service, **{site.prefix: site.keys for site in sites()}}
        kinds |= {way.prefix: way.settings for way in ways()}
        for prefix, kind in kinds.items():
            for field, info in kind.model_fields.items():
                if info.annotation == SecretStr | None:
                    found.update(self._values_of(prefix, f"_{field.upper()}"))
        # One value may hold several keys, divided by commas.
        return frozenset(
            part.strip() for value in found for part in (value, *value.split(",")) if part.strip()
        )

    def _values_of(self, prefix: str, ending: str) -> list[str]:
        names = [name for name in self.values if name.startswith(prefix) and name.endswith(ending)]
        return [self.values[name] for name in names]

    def service(self) -> Service:
        """Settings of the service. Raises `ConfigError`."""
        return self.read(Service, PREFIX)

    def _from_file(self) -> dict[str, str]:
        if not self.path.is_file():
            return {}
        try:
            with self.path.open(encoding="utf-8") as stream:
                bindings = [line for line in parse_stream(stream) if line.key or line.error]
        except UnicodeDecodeError as error:
            raise ConfigError(
                f"{self.path}:1:1: is not UTF-8 text ({error.reason}).", mend="Save it as UTF-8."
            ) from error
        self._lines = {line.key: _first_line(line) for line in bindings if line.key}
        problems = [p for line in bindings if (p := self._problem(line))]
        if problems:
            raise ConfigError("\n".join(problems))
        return {line.key: line.value for line in bindings if line.key and line.value}

    def _problem(self, line: Binding) -> str | None:
        place = f"{self.path}:{_first_line(line)}:1"
        if line.error or line.key is None:
            return f"{place}: cannot be read; write NAME=value."
        if self._lines[line.key] != _first_line(line):
            return f"{place}: {line.key} stands twice; keep one."
        name = line.key.removesuffix("_FILE")
        known = known_names()
        if not name.startswith(PREFIX) or name in known:
            return None
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "See .env.example for the names."
        return f"{place}: there is no setting {line.key}. {hint}"

    def _named_files(self) -> dict[str, str]:
        found: dict[str, str] = {}
        prefixes = (PREFIX, *(site.prefix for site in sites()))
        for name, path in self.values.items():
            base = name.removesuffix("_FILE")
            if name != base and base.startswith(prefixes) and path:
                found[base] = self._content(name, Path(path))
        return found

    def _content(self, name: str, path: Path) -> str:
        try:
            return (self.home / path).read_text(encoding="utf-8").strip()
        except OSError as error:
            reason = error.strerror or "cannot be read"
            raise ConfigError(
                f"{self.where(name)}: {name} names {path}: {reason}.",
                mend="Create the file or mend the path.",
            ) from error


def sections() -> list[tuple[str, type[BaseModel], str]]:
    """All that `.env` may hold: prefix of the names, the fields with their meanings, a title for people."""
    found: list[tuple[str, type[BaseModel], str]] = [(PREFIX, Service, "The service")]
    found += [(way.prefix, way.settings, way.title) for way in ways() if way.settings.model_fields]
    for site in sites():
        own = f"{site.prefix}BAKERY_… holds keys for one brand"
        found.append((site.prefix, site.keys, f"{site.title}: {site.keys_hint}. {own}"))
        if site.prices != FREE:
            found.append((f"{PREFIX}{site.prefix}PRICE_", _priced(site), f"What {site.title} charges"))
    return found


def known_names() -> list[str]:
    """All setting names that `.env` may use without a credentials name."""
    named = [f"{prefix}{name.upper()}" for prefix, kind, _ in sections() for name in kind.model_fields]
    return [*named, f"{PREFIX}HOME"]


@cache
def _priced(site: Site) -> type[Prices]:
    """Prices whose defaults are what the site charges."""
    fields: dict[str, Any] = {}
    for name, field in Prices.model_fields.items():
        meaning = (field.description or "").format(site=site.title)
        fields[name] = (float, Field(getattr(site.prices, name), ge=0, description=meaning))
    return create_model(f"{site.title}Prices", __base__=Prices, **fields)


def _first_line(line: Binding) -> int:
    # The parser counts blank lines and comments above a binding as part of it.
    text = line.original.string
    return int(line.original.line) + text[: len(text) - len(text.lstrip())].count("\n")


def _mistakes(error: ValidationError, environment: Environment, prefix: str) -> list[str]:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        field = str(problem["loc"][0]).upper() if problem["loc"] else ""
        message = in_words(problem)
        name = f"{prefix}{field}" if field else ""
        place = environment.where(name) if name else str(environment.path)
        lines.append(f"{place}: {name} {message}".replace(": :", ":"))
    return lines
