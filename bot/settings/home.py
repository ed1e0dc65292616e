"""The home folder: `.env`, `brands/*.yaml`, the owner's own packs and the store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bot.connectors.shared.site import Prices
from bot.errors import ConfigError
from bot.secrets import Secrets
from bot.settings.brand import Brand
from bot.settings.service import Environment, Service
from policies.located_yaml import BadYaml, Located, Problem, did_you_mean, problems_from, read_file
from policies.shipped import shipped_packs


class BadSettings(ConfigError):
    """A settings file has mistakes; `problems` says where each stands and what mends it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Everything that configuration says, checked."""

    path: Path
    environment: Environment
    service: Service
    brands: Mapping[str, Brand]  #: by brand id
    prices: Mapping[str, Prices]  #: by platform
    channels: Mapping[str, Secrets]  #: settings, by channel

    @property
    def store_address(self) -> str:
        """Path or URL of the store."""
        return self.service.store or str(self.path / "oversight.db")

    def brand(self, name: str) -> Brand:
        """One brand. Raises `ConfigError` naming the known ones."""
        if name not in self.brands:
            known = ", ".join(sorted(self.brands)) or "none yet"
            raise ConfigError(f"There is no brand {name!r}.", mend=f"Known brands: {known}.")
        return self.brands[name]


def load_home(path: Path, process: Mapping[str, str] | None = None) -> Home:
    """Read and check the home folder. Raises one `ConfigError` that lists every mistake with its place."""
    mistakes: list[Problem] = []
    brands: dict[str, Brand] = {}
    for file in brand_files(path):
        try:
            _add(brands, read_brand(file), file)
        except ConfigError as error:
            mistakes += _problems(error)
    try:
        environment = Environment(path, process)
        service, prices = environment.service(), environment.prices()
        channels = environment.channels()
    except ConfigError as error:
        mistakes += _problems(error)
    if mistakes:
        raise BadSettings(mistakes)
    return Home(
        path=path, environment=environment, service=service, brands=brands, prices=prices, channels=channels
    )


_PLACED = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)")


def _problems(error: ConfigError) -> Iterator[Problem]:
    if isinstance(error, BadSettings):
        yield from error.problems
        return
    lines = str(error.args[0]).splitlines()
    for number, line in enumerate(lines, 1):
        mend = error.mend if number == len(lines) else ""
        if found := _PLACED.fullmatch(line):
            place = {"line": int(found["line"]), "column": int(found["column"])}
            yield Problem(
                file=found["file"], message=found["message"], mend=mend, code="bad-setting", **place
            )
        else:
            yield Problem(file="", line=0, column=0, message=line, mend=mend, code="bad-setting")


def learned_file(home: Path, brand: str) -> Path:
    """Where the examples from a brand's verdicts stand; only the program writes there."""
    return home / "rules-learned" / f"{brand}.yaml"


def brand_files(path: Path) -> list[Path]:
    """The brand files of a home folder, in order of name."""
    folder = path / "brands"
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def read_brand(file: Path) -> Brand:
    """One brand file. Raises `ConfigError` with file:line:column and the mend of every mistake."""
    try:
        located = read_file(file)
    except BadYaml as error:
        raise BadSettings(error.problems) from error
    try:
        brand = Brand.model_validate(located.data)
    except ValidationError as error:
        raise BadSettings(problems_from(error, located, Brand)) from None
    if problems := [_unknown_pack(located, n) for n in brand.unknown_packs(home_of(file))]:
        raise BadSettings(problems)
    return brand


def _unknown_pack(located: Located, place: int) -> Problem:
    name = str(located.data["policies"][place])
    mend = (
        did_you_mean(name, shipped_packs()) or "Name a shipped pack, or a folder seen from the home folder."
    )
    return located.problem(("policies", place), f"there is no pack {name!r}.", mend, code="unknown-pack")


def home_of(file: Path) -> Path:
    """The folder that the packs in a brand file are seen from, also where it stands in no home."""
    folder = file.resolve().parent
    return folder.parent if folder.name == "brands" else folder


def _add(brands: dict[str, Brand], brand: Brand, file: Path) -> None:
    if brand.brand in brands:
        raise ConfigError(
            f"{file}:1:1: a brand {brand.brand!r} exists already.", mend="Give it another short name."
        )
    shared = [
        (place, name, other.brand)
        for place, name in enumerate(_pulled(brand))
        for other in brands.values()
        if name in _pulled(other)
    ]
    if shared:
        located = read_file(file)
        raise BadSettings(
            located.problem(
                ("accounts", place, "handle"),
                f"{name} belongs to the brand {owner!r} already.",
                "Keep it in one.",
            )
            for place, name, owner in shared
        )
    brands[brand.brand] = brand


def _pulled(brand: Brand) -> list[str]:
    """What platforms take for one account, whatever the case of its letters."""
    return [str(account.key).casefold() for account in brand.accounts]
