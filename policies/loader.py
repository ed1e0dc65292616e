"""YAML to rules. Every mistake in every file is reported at once, with its place and its mend.

A pack is a folder of YAML files. ``pack.yaml`` has ``pack:`` (title, about, sources, what it extends); each file may
have ``rules:``, a list. A single YAML file is a pack as well. `policies.pack_files` reads them, `policies.extending`
lets one rule build on another; here they become a rule book.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from policies.extending import base_of, with_bases
from policies.located_yaml import Problem, problems_from
from policies.pack_files import PackReader, RawPack, RawRule, twice, whole
from policies.rulebook import LoadedRule, Pack, RuleBook, fingerprint
from policies.rules import Rule
from policies.shipped import DEFAULT_PACKS, shipped_packs


class PolicyErrors(ValueError):
    """Packs could not be loaded; `problems` has every mistake with its place and its mend."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def load(packs: Sequence[Path | str] = DEFAULT_PACKS) -> RuleBook:
    """Load packs by folder, file, or the name of a shipped one.

    A pack that extends another takes its place in the list. Raises `PolicyErrors`.
    """
    reader = PackReader()
    raw_packs = [raw_pack for pack in packs if (raw_pack := reader.pack(pack))]
    if not packs:
        reader.problems.append(
            whole("policies", "no pack is named.", f"Known: {', '.join(shipped_packs())}.")
        )
    rule_book = _assemble(raw_packs, reader)
    if reader.problems:
        raise PolicyErrors(reader.problems)
    return rule_book


def _assemble(raw_packs: list[RawPack], reader: PackReader) -> RuleBook:
    taken: dict[str, tuple[RawPack, RawRule]] = {}
    for raw_pack in raw_packs:
        for name, raw in raw_pack.rules.items():
            if name in taken and raw_pack.name in taken[name][0].info.extends:
                continue  # the pack that extends this one has its own word on the rule
            if name in taken and not _related(taken[name], (raw_pack, raw)):
                reader.problems.append(
                    twice(name, raw, taken[name][1], "Rename one, or extend the other pack.")
                )
            taken[name] = (raw_pack, raw)
    loaded = _check_all(taken, reader.problems)
    packs = tuple(_finished(raw_pack, loaded) for raw_pack in {d.name: d for d in raw_packs}.values())
    return RuleBook(packs=packs, version=fingerprint([(pack.name, pack.version) for pack in packs]))


def _related(first: tuple[RawPack, RawRule], second: tuple[RawPack, RawRule]) -> bool:
    """Whether one of two rules with the same id was taken over from the other's pack."""
    return first[1] is second[1] or first[0].name in second[0].info.extends or first[0] is second[0]


def _check_all(taken: dict[str, tuple[RawPack, RawRule]], problems: list[Problem]) -> list[LoadedRule]:
    """The rules that are right, in the order of the packs. Where a base is wrong, only a rule's own words count."""
    complete, wrong = with_bases({name: raw for name, (_, raw) in taken.items()}, problems)
    found: dict[str, LoadedRule] = {}
    for name, raw in complete.items():  # bases come first
        raw_pack, own = taken[name]
        doubtful = name in wrong or base_of(own) in wrong
        rule = _checked(raw_pack, raw, problems, only=own.data.keys() if doubtful else None)
        if rule is None:
            wrong.add(name)
        else:
            found[name] = rule
    return [found[name] for name in taken if name in found]


def _checked(
    raw_pack: RawPack, raw: RawRule, problems: list[Problem], *, only: Collection[str] | None
) -> LoadedRule | None:
    try:
        rule = Rule.model_validate(raw.data)
    except ValidationError as error:
        problems.extend(problems_from(error, raw.located, Rule, at=raw.at, only=only))
        return None
    judging = rule.model_dump(mode="json", exclude={"extends", "cases", "false_alarms"})
    return LoadedRule(
        rule=rule,
        pack=raw_pack.name,
        file=raw.located.name,
        line=raw.located.where(raw.at)[0],
        version=fingerprint(judging),
    )


def _finished(raw_pack: RawPack, loaded: list[LoadedRule]) -> Pack:
    rules = tuple(rule for rule in loaded if rule.pack == raw_pack.name)
    return Pack(
        name=raw_pack.name,
        info=raw_pack.info,
        version=fingerprint(
            [
                [(rule.id, rule.version) for rule in rules],
                [s.model_dump(mode="json") for s in raw_pack.info.suppressions],
            ]
        ),
        rules=rules,
    )
