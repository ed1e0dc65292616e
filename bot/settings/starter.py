"""First files of a home folder: `.env`, `.env.example`, brand.yaml and the JSON Schema for editors."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.connectors import sites
from bot.connectors.shared.site import Site
from bot.errors import ConfigError
from bot.settings.accounts import SecondLooks
from bot.settings.brand import Brand
from bot.settings.fields import IDENTIFIER
from bot.settings.service import sections
from policies.durations import written
from policies.model.keys import AccountKey

SCHEMA_FILE = "brand.schema.json"
PLACEHOLDER_EMAIL = "owner@example.com"
_HEAD = """\
# Settings of the oversight service. Copy to .env and fill in; keep it readable for you alone (chmod 600).
# Any secret can come from a file instead: OVERSIGHT_SMTP_PASSWORD_FILE=/run/secrets/smtp
# What stands in the process environment wins over this file.
"""


def env_text(values: Mapping[str, str] | None = None) -> str:
    """Text of a `.env`: every setting with its meaning, given values filled in, the rest commented out."""
    values = values or {}
    parts = [_HEAD]
    for prefix, kind, title in sections():
        parts.append(f"\n# --- {title} ---\n")
        parts += [
            _entry(f"{prefix}{name.upper()}", field, values) for name, field in kind.model_fields.items()
        ]
    return "".join(parts)


def _entry(name: str, field: Any, values: Mapping[str, str]) -> str:
    comment = f"# {field.description}\n" if field.description else ""
    if name in values:
        return f"{comment}{name}={_quoted(values[name])}\n"
    default = "" if field.default is None else field.default
    return f"{comment}# {name}={_quoted(str(default))}\n"


def _quoted(value: str) -> str:
    if not value or value.isalnum():
        return value
    return value if all(c.isalnum() or c in "-_.:/@,+=" for c in value) else json.dumps(value)


def brand_schema() -> dict[str, Any]:
    """JSON Schema of brand.yaml, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Brand.model_json_schema()}


def brand_text(data: Mapping[str, Any], note: str = "") -> str:
    """brand.yaml of these values."""
    head = f"# yaml-language-server: $schema=../{SCHEMA_FILE}\n"
    head += "# Who is overseen, and how. `oversight doctor` checks it; docs/configuration.md explains each field.\n"
    plain = json.loads(json.dumps(data))  # without shared parts, which YAML would write as aliases
    body = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    return head + note + _with_prices(body)


def _with_prices(body: str) -> str:
    """What an account's pulls cost, behind how often they come."""
    known = {site.name: site for site in sites()}
    lines, site = [], None
    for line in body.splitlines():
        key, _, value = line.strip(" -").partition(": ")
        site = known.get(value) if key == "platform" else site
        priced = key == "every" and site
        lines += [f"{line}  # {price_of(site)}", f"  # {_looks(site)}"] if priced and site else [line]
    return "\n".join([*lines, ""])


def price_of(site: Site) -> str:
    """What reading a platform costs, in a few words."""
    if not site.prices.post:
        return f"{site.title} charges nothing for reading"
    return (
        f"a pull that finds nothing is free; {site.title} charges ${site.prices.post:g} for each post, "
        f"${site.prices.owned:g} for your own where you own the app"
    )


def _looks(site: Site) -> str:
    """When posts are read again, and what that costs, in a few words."""
    looks = SecondLooks()
    own, after = (", ".join(map(written, ages)) for ages in (looks.own, looks.after))
    own_cost = ", paid once a UTC day" if site.prices.post else ""
    after_cost = ", paid each time" if site.prices.post else ""
    return f"own posts are read again after {own}{own_cost}, all after {after}{after_cost} (look_again)"


def write_home(
    home: Path, *, env: Mapping[str, str] | None, brands: Iterable[Mapping[str, Any]], note: str = ""
) -> list[Path]:
    """Write what is not there yet. Raises `ConfigError` rather than overwrite a brand or a `.env`."""
    written = []
    (home / "brands").mkdir(parents=True, exist_ok=True)
    if env is not None:
        written.append(_write_new(home / ".env", env_text(env), private=True))
    files = {home / "brands" / f"{data['brand']}.yaml": data for data in brands}
    written += [_write_new(path, brand_text(data, note)) for path, data in files.items()]
    schema = home / SCHEMA_FILE
    schema.write_text(json.dumps(brand_schema(), indent=2) + "\n", encoding="utf-8")
    return [*written, schema]


def _write_new(path: Path, text: str, *, private: bool = False) -> Path:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    except FileExistsError as error:
        raise ConfigError(f"{path} is there already.", mend="Edit it, or move it away first.") from error
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    return path


def import_brand_file(
    home: Path, brand: str, accounts: Sequence[AccountKey], *, env: Mapping[str, str] | None
) -> list[Path]:
    """A brand with sensible defaults for imported posts; nothing is pulled until accounts are named.

    ``env`` is what a new `.env` holds, None where one is there. Raises `ConfigError` for a name that cannot be one.
    """
    if not re.fullmatch(IDENTIFIER, brand):
        short = re.sub(r"[^a-z0-9]+", "-", brand.lower()).strip("-")[:40] or "bakery"
        raise ConfigError(
            f"{brand!r} cannot be a brand's short name.",
            mend=f"Use small letters, digits, - and _, for instance {short}.",
        )
    data = {
        "brand": brand,
        "name": brand,
        "time_zone": "UTC",
        "accounts": [],
        "people": [{"id": "owner", "name": "Owner", "role": "owner", "email": PLACEHOLDER_EMAIL}],
    }
    names = ", ".join(map(str, accounts))
    note = f"# Made by `oversight import --create`. Imported: {names}.\n" if names else ""
    note += "# Before going live: name the accounts to pull, the time zone, and the owner's real e-mail address.\n"
    return write_home(home, env=env, brands=[data], note=note)[:-1]
