"""Turns pydantic's complaints into problems with a place and a mend that a person can use."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from policies.located_yaml.reading import Loc, Located, Problem

Schema = Mapping[str, Any]


def problems_from(
    error: ValidationError,
    located: Located,
    model: type[BaseModel] | None = None,
    *,
    at: Loc = (),
    only: Collection[str] | None = None,
) -> list[Problem]:
    """One located problem for each complaint, in the order of the file.

    ``model`` is what was validated: with it an unknown field gets a did-you-mean. ``at`` is the path, inside
    the file, of what was validated.
    """
    schema = model.model_json_schema() if model else {}
    details = error.errors(include_url=False, include_context=True)
    told = [
        d
        for d in details
        if only is None or (d["type"] != "missing" and d["loc"][:1] and d["loc"][0] in only)
    ]
    counted = [d for d in told if d["type"] != "too_short" or not _within(d["loc"], told)]
    return sorted({_problem(detail, located, schema, tuple(at)) for detail in counted})


def _within(loc: Loc, told: Iterable[Any]) -> bool:
    """Whether something is wrong with an entry of a list, which pydantic then does not count among its entries."""
    return any(len(d["loc"]) > len(loc) and d["loc"][: len(loc)] == loc for d in told)


def complaint(message: str, at: Loc) -> PydanticCustomError:
    """An error for validators of whole models to raise: ``at`` is the path, in the model, of what is wrong."""
    return PydanticCustomError("complaint", "{message}", {"message": message, "at": tuple(at)})


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known word, or all of them where they are few."""
    choices = sorted(set(known))
    near = difflib.get_close_matches(word.casefold(), [c.casefold() for c in choices], n=1, cutoff=0.6)
    if near:
        return f"Did you mean {next(c for c in choices if c.casefold() == near[0])!r}?"
    return f"Known: {', '.join(choices)}." if 0 < len(choices) <= 30 else ""


def _problem(detail: Any, located: Located, schema: Schema, at: tuple[str | int, ...]) -> Problem:
    loc = (*at, *detail["loc"], *detail.get("ctx", {}).get("at", ()))
    kind = detail["type"]
    if kind == "extra_forbidden":
        word = str(detail["loc"][-1])
        mend = did_you_mean(word, _fields(schema, detail["loc"][:-1])) or "Remove it."
        return located.problem(loc, f"there is no field {word!r} here.", mend, key=True, code="unknown-field")
    if kind == "missing":
        name = detail["loc"][-1]
        return located.problem(
            loc, f"the field {name!r} is missing.", f"Add `{name}:`.", code="missing-field"
        )
    message, parted, rest = in_words(detail).partition("; ")  # our validators say the mend after it
    mend = rest[:1].upper() + rest[1:] if parted else _mend(detail)
    message = message if message.endswith(".") else f"{message}."
    return located.problem(loc, message, mend, key=detail["loc"][-1:] == ("[key]",))


#: What pydantic says in the words of a programmer (https://docs.pydantic.dev/latest/errors/validation_errors/).
_IN_WORDS = {
    "too_short": "at least {min_length} must stand here",
    "too_long": "at most {max_length} may stand here",
    "string_too_short": "this must not be empty",
    "string_too_long": "this is longer than {max_length} characters",
    "string_type": "this must be text",
    "bool_type": "this must be true or false",
    "bool_parsing": "this must be true or false",
    "int_type": "this must be a whole number",
    "int_parsing": "this must be a whole number",
    "int_from_float": "this must be a whole number",
    "float_type": "this must be a number",
    "float_parsing": "this must be a number",
    "finite_number": "this must be a number",
    "greater_than_equal": "this must be {ge} or more",
    "greater_than": "this must be more than {gt}",
    "less_than_equal": "this must be {le} or less",
    "less_than": "this must be less than {lt}",
    "list_type": "this must be a list",
    "tuple_type": "this must be a list",
    "dict_type": "this must be lines of the form `name: value`",
    "mapping_type": "this must be lines of the form `name: value`",
    "model_type": "this must be lines of the form `name: value`",
    "model_attributes_type": "this must be lines of the form `name: value`",
    "literal_error": "this must be one of {expected}",
    "enum": "this must be one of {expected}",
}


def in_words(detail: Any) -> str:
    """What one of the errors of a `pydantic.ValidationError` complains about, in words for who wrote the file."""
    if words := _IN_WORDS.get(detail["type"]):
        return words.format(**detail.get("ctx", {})) + "."
    message = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    message = message[:1].lower() + message[1:] if message.startswith("Input ") else message
    return message.replace("input should be", "this should be").rstrip(".") + "."


def _mend(detail: Any) -> str:
    kind, given, context = detail["type"], detail.get("input"), detail.get("ctx", {})
    if kind == "string_type" and isinstance(given, int | float):
        return "Put quotes around it."
    if kind in ("list_type", "tuple_type"):
        return "Write it as a list: [one, two]."
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        expected = context.get("expected") or context.get("expected_tags") or ""
        choices = [part.strip(" '") for part in str(expected).replace(" or ", ", ").split(",")]
        return did_you_mean(str(context.get("tag", given)), filter(None, choices))
    return ""


def _fields(schema: Schema, loc: Loc) -> Collection[str]:
    """Names of the fields that the JSON Schema allows at a path."""
    places = [schema]
    for step in loc:
        places = [deeper for place in _resolved(places, schema) for deeper in _deeper(place, step)] or places
    return {name for place in _resolved(places, schema) for name in place.get("properties", {})}


def _deeper(place: Schema, step: str | int) -> list[Schema]:
    if isinstance(step, int):
        return [place[key] for key in ("items", "additionalItems") if isinstance(place.get(key), dict)]
    properties = place.get("properties", {})
    if step in properties:
        return [properties[step]]
    more = place.get("additionalProperties")
    return [more] if isinstance(more, dict) else []


def _resolved(places: Iterable[Schema], root: Schema) -> list[Schema]:
    """Follow references and unions until plain schemas remain."""
    waiting, plain, seen = list(places), [], set()
    while waiting:
        place = waiting.pop()
        if reference := place.get("$ref"):
            if reference not in seen:
                seen.add(reference)
                waiting.append(root.get("$defs", {}).get(str(reference).rsplit("/", 1)[-1], {}))
            continue
        members = [member for key in ("anyOf", "oneOf", "allOf") for member in place.get(key, ())]
        waiting.extend(members)
        plain.append(place)
    return plain
