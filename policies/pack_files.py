"""Reads packs: files to raw rules, with the packs that they extend and what they override."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from policies.example_files import with_examples
from policies.located_yaml import BadYaml, Located, Problem, did_you_mean, problems_from, read_file
from policies.rules import PackInfo, PackPart, Rule
from policies.shipped import SHIPPED, shipped_packs

#: Most files of one pack.
MAX_FILES = 500
_SUFFIXES = frozenset((".yaml", ".yml"))


class PackFile(PackPart):
    """One YAML file of a pack."""

    pack: PackInfo | None = None
    rules: tuple[Rule, ...] = Field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRule:
    """A rule as it stands in a file, before it is checked."""

    data: Mapping[str, Any]
    located: Located
    at: tuple[str | int, ...]  # path of the rule in its file


@dataclass(slots=True)
class RawPack:
    """A pack while it is read."""

    name: str
    info: PackInfo
    home: Path  # the folder it lies in
    where: Problem  # a place to point at when the pack as a whole is wrong
    rules: dict[str, RawRule] = field(default_factory=dict)
    located: Located | None = None  # the file with `pack:`


class PackReader:
    """Reads packs, each once, and collects mistakes."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._read: dict[Path, RawPack | None] = {}
        self._open: list[Path] = []

    def pack(self, pack: Path | str, *, asked_by: Problem | None = None) -> RawPack | None:
        """Read a pack with everything that it extends."""
        path = self._find(pack, asked_by)
        if path is None:
            return None
        if path in self._open:
            chain = " -> ".join(p.name for p in [*self._open[self._open.index(path) :], path])
            self._note(asked_by, str(path), f"packs extend each other in a circle: {chain}.", "Break it.")
            return None
        if path not in self._read:
            self._open.append(path)
            self._read[path] = self._pack(path)
            self._open.pop()
        return self._read[path]

    def _find(self, pack: Path | str, asked_by: Problem | None) -> Path | None:
        shipped = SHIPPED / str(pack)
        if isinstance(pack, str) and pack in shipped_packs():
            return shipped
        path = Path(pack)
        if path.is_dir() or (path.is_file() and path.suffix in _SUFFIXES):
            return path.resolve()
        mend = did_you_mean(str(pack), shipped_packs())
        self._note(
            asked_by, str(pack), f"there is no pack {str(pack)!r}.", f"{mend} Or name a folder.".strip()
        )
        return None

    def _note(self, at: Problem | None, file: str, message: str, mend: str) -> None:
        place = at or whole(file, "")
        self.problems.append(
            Problem(file=place.file, line=place.line, column=place.column, message=message, mend=mend)
        )

    def _pack(self, path: Path) -> RawPack | None:
        files = [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.suffix in _SUFFIXES)
        if len(files) > MAX_FILES:
            self._note(None, str(path), f"the pack has more than {MAX_FILES} files.", "Split it.")
            return None
        before = len(self.problems)
        located = [text for file in files if (text := self._file(file))]
        raw_pack = self._opened(path, located)
        for text in located:
            self._rules(text, raw_pack)
        self._extend(raw_pack)
        if not raw_pack.rules and len(self.problems) == before:
            self._note(
                raw_pack.where, str(path), "the pack has no rules.", "Add `rules:` with at least one rule."
            )
        return raw_pack

    def _file(self, path: Path) -> Located | None:
        try:
            located = read_file(path, name=_shown(path))
        except BadYaml as error:
            self.problems.extend(error.problems)
            return None
        if not isinstance(located.data, dict):
            self.problems.append(located.problem((), "the file has no `rules:`.", "Begin it with `rules:`."))
            return None
        for key in located.data.keys() - {"pack", "rules"}:
            mend = did_you_mean(key, ("pack", "rules"))
            self.problems.append(located.problem((key,), f"there is no field {key!r} here.", mend, key=True))
        return located

    def _opened(self, path: Path, files: list[Located]) -> RawPack:
        name = path.stem if path.is_file() else path.name
        info, home = PackInfo(title=name, about=""), None
        for located in files:
            if "pack" not in located.data:
                continue
            if home:
                self.problems.append(
                    located.problem(("pack",), f"`pack:` stands in {home.name} too.", "Keep one.", key=True)
                )
                continue
            home = located
            try:
                info = PackInfo.model_validate(located.data["pack"])
            except ValidationError as error:
                self.problems.extend(problems_from(error, located, PackInfo, at=("pack",)))
        where = home.problem(("pack",), "") if home else whole(_shown(path), "")
        folder = path.parent if path.is_file() else path
        return RawPack(name=name, info=info, home=folder, where=where, located=home)

    def _rules(self, located: Located, raw_pack: RawPack) -> None:
        rules = located.data.get("rules", [])
        if not isinstance(rules, list):
            self.problems.append(
                located.problem(("rules",), "`rules` is not a list.", "Begin each rule with `- id:`.")
            )
            return
        for number, data in enumerate(rules):
            at = ("rules", number)
            data = with_examples(data, located, at, Path(located.name).parent, self.problems)
            raw = RawRule(data=data, located=located, at=at)
            if not isinstance(data, dict):
                self.problems.append(located.problem(raw.at, "this is not a rule.", "Begin it with `- id:`."))
                continue
            name = str(data.get("id", f"{located.name}:{number}"))
            if name in raw_pack.rules:
                self.problems.append(twice(name, raw, raw_pack.rules[name]))
            raw_pack.rules[name] = raw

    def _extend(self, raw_pack: RawPack) -> None:
        inherited: dict[str, RawRule] = {}
        for number, name in enumerate(raw_pack.info.extends):
            asked_by = raw_pack.located.problem(("pack", "extends", number), "") if raw_pack.located else None
            parent = self.pack(self._beside(raw_pack, name), asked_by=asked_by)
            inherited.update(parent.rules if parent else {})
        for name, raw in raw_pack.rules.items():
            if name in inherited:
                self.problems.append(
                    twice(name, raw, inherited[name], "Change it under `overrides` instead.")
                )
        for name, changes in raw_pack.info.overrides.items():
            if name in inherited and raw_pack.located:
                at = ("pack", "overrides", name)
                said = with_examples(changes, raw_pack.located, at, raw_pack.home, self.problems)
                inherited[name] = _overridden(inherited[name], said, raw_pack.located, name)
            elif raw_pack.located:
                mend = did_you_mean(name, inherited)
                at = ("pack", "overrides", name)
                self.problems.append(
                    raw_pack.located.problem(at, f"no rule {name!r} is taken over.", mend, key=True)
                )
        raw_pack.rules = inherited | raw_pack.rules

    @staticmethod
    def _beside(raw_pack: RawPack, name: str) -> Path | str:
        return name if name in shipped_packs() else raw_pack.home / name


def _overridden(raw: RawRule, changes: Mapping[str, Any], located: Located, name: str) -> RawRule:
    """A rule with some fields changed. Mistakes in it are shown where the change stands."""
    cases = with_more_cases(raw.data.get("cases"), changes.get("cases"))
    data = {**raw.data, **changes} | ({} if cases is None else {"cases": cases})
    return RawRule(data=data, located=located, at=("pack", "overrides", name))


def with_more_cases(cases: Any, more: Any) -> Any:
    """Cases of each sort with further ones. What is not made of lists is left for the check of the rule."""
    if not isinstance(cases, dict) or not isinstance(more, dict):
        return cases if more is None else more
    return cases | {sort: _joined(cases.get(sort), added) for sort, added in more.items()}


def _joined(some: Any, more: Any) -> Any:
    return [*some, *more] if isinstance(some, list) and isinstance(more, list) else more


def twice(name: str, second: RawRule, first: RawRule, mend: str = "Give one of them another id.") -> Problem:
    place = f"{first.located.name}:{first.located.where(first.at)[0]}"
    message = f"the rule {name!r} is there already, in {place}."
    return second.located.problem((*second.at, "id"), message, mend)


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def whole(file: str, message: str, mend: str = "") -> Problem:
    return Problem(file=file, line=0, column=0, message=message, mend=mend)
