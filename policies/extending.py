"""One rule that extends another: ``extends: other-rule-id``.

It takes every field of the other rule that it does not give itself, as that rule is in force, with overrides.
Mappings (``applies``, ``when``, the options of the same kind of check) are merged one level deep; lists and everything
else are replaced. ``id``, ``cases`` and a ``status`` of retired stay behind; the cases come along where ``check`` does
not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from policies.conditions import Condition
from policies.located_yaml import Problem, did_you_mean
from policies.pack_files import RawRule, with_more_cases

_STAY_BEHIND = frozenset(("id", "extends", "cases"))
_MERGED = ("applies", "when")
#: Kinds of check that hold another condition instead of options.
_HOLD_A_CONDITION = frozenset(("not", "parent"))


def with_bases(rules: Mapping[str, RawRule], problems: list[Problem]) -> tuple[dict[str, RawRule], set[str]]:
    """Each rule with what it takes over, each after its base; and the rules whose base cannot be had.

    Mistakes are added to ``problems``. Chains may be as long as they like.
    """
    done: dict[str, RawRule] = {}
    lost = {name for name, raw in rules.items() if not isinstance(raw.data.get("extends"), str | None)}
    for first in rules:
        chain, end = _chain(first, rules, done)
        if end in chain:
            circle = chain[chain.index(end) :]
            lost.update(circle)
            problems.append(_circle(circle, rules))
        elif end is not None and end not in done:
            lost.add(chain[-1])
            problems.append(_unknown(end, rules[chain[-1]], rules.keys() - {chain[-1]}))
        for name in reversed(chain):
            base = done.get(base_of(rules[name]) or "")
            done[name] = _taken_over(rules[name], base) if base else rules[name]
    return done, lost


def _chain(
    name: str | None, rules: Mapping[str, RawRule], done: Mapping[str, RawRule]
) -> tuple[list[str], str | None]:
    """A rule, its base, the base of that and so on, and the name at which this ends; None where nothing follows."""
    chain: dict[str, None] = {}
    while name is not None and name in rules and name not in done and name not in chain:
        chain[name] = None
        name = base_of(rules[name])
    return list(chain), name


def base_of(raw: RawRule) -> str | None:
    """Id of the rule that a rule extends, None where it stands alone."""
    base = raw.data.get("extends")
    return base if isinstance(base, str) else None  # what is no name is reported with the other fields


def _circle(circle: list[str], rules: Mapping[str, RawRule]) -> Problem:
    raw = rules[circle[0]]
    if len(circle) == 1:
        message, mend = f"the rule {circle[0]!r} extends itself.", "Name another rule, or remove `extends`."
    else:
        message = f"rules extend each other in a circle: {' -> '.join([*circle, circle[0]])}."
        mend = "Remove `extends` from one of them."
    return raw.located.problem((*raw.at, "extends"), message, mend)


def _unknown(base: str, raw: RawRule, others: Iterable[str]) -> Problem:
    mend = did_you_mean(base, others) or "Name a rule of this pack, or of a pack that is loaded with it."
    return raw.located.problem((*raw.at, "extends"), f"there is no rule {base!r} to extend.", mend)


def _taken_over(raw: RawRule, base: RawRule) -> RawRule:
    own = raw.data
    data = {name: value for name, value in base.data.items() if name not in _STAY_BEHIND}
    if data.get("status") == "retired":
        del data["status"]
    data |= own
    for name in _MERGED:
        if name in own:
            data[name] = _merged(base.data.get(name), own[name])
    if "check" in own:
        data["check"] = _merged_check(base.data.get("check"), own["check"])
    elif "cases" in base.data:
        data["cases"] = with_more_cases(base.data["cases"], own.get("cases"))
    return replace(raw, data=data)


def _merged(base: Any, own: Any) -> Any:
    """One level deep."""
    return {**base, **own} if isinstance(base, dict) and isinstance(own, dict) else own


def _merged_check(base: Any, own: Any) -> Any:
    """The options of the same kind of check are merged; another kind of check is taken as it is."""
    if not isinstance(base, dict) or not isinstance(own, dict) or base.keys() != own.keys():
        return own
    return {
        kind: options if kind in _HOLD_A_CONDITION else _merged(_spelled_out(kind, base[kind]), options)
        for kind, options in own.items()
    }


def _spelled_out(kind: str, options: Any) -> Any:
    """The options under their names where the short form was written: ``[cheap]`` is ``{words: [cheap]}``."""
    if isinstance(options, dict):
        return options
    try:
        condition = Condition.model_validate({kind: options})
    except ValidationError:
        return options  # reported where the rule itself is checked
    return condition.model_dump(mode="json", by_alias=True, exclude_unset=True)[kind]
