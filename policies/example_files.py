"""Files of example posts beside the rules: read where a rule names one, with mistakes told by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.located_yaml import Located, Problem

#: Largest file of examples in bytes.
MAX_BYTES = 4_000_000

Place = tuple[str | int, ...]


def with_examples(data: Any, located: Located, at: Place, folder: Path, problems: list[Problem]) -> Any:
    """A rule's YAML with the posts of each named file in the place of its name; mistakes go to ``problems``."""
    if isinstance(data, list):
        return [with_examples(part, located, (*at, n), folder, problems) for n, part in enumerate(data)]
    if not isinstance(data, Mapping):
        return data
    return {
        key: _posts(value, located, (*at, key), folder, problems)
        if key == "posts" and at and at[-1] == "similar" and isinstance(value, str)
        else with_examples(value, located, (*at, key), folder, problems)
        for key, value in data.items()
    }


def _posts(name: str, located: Located, at: Place, folder: Path, problems: list[Problem]) -> Any:
    path = folder / name
    found: dict[str, list[str]] = {"like": [], "unlike": []}
    try:
        if path.stat().st_size > MAX_BYTES:
            problems.append(
                located.problem(at, f"{name} has more than {MAX_BYTES} bytes.", "Split the rule.")
            )
            return {"file": name, **found}
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        mend = "Name a file beside this one."
        problems.append(located.problem(at, f"{name} cannot be read ({error.strerror}).", mend))
        return {"file": name, **found}
    except UnicodeDecodeError as error:
        problems.append(
            located.problem(at, f"{name} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
        )
        return {"file": name, **found}
    for number, sort, text in entries(lines):
        if sort is None:
            message = f"line {number} of {name} begins with neither + nor -."
            problems.append(
                located.problem(at, message, "Put + before what must be found, - before what is fine.")
            )
        else:
            found[sort].append(text)
    return {"file": name, **found}


def entries(lines: list[str]) -> Iterator[tuple[int, str | None, str]]:
    """(number, like or unlike or None for a mistake, text) of each line that is no comment."""
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text and not text.startswith("#"):
            sort = {"+ ": "like", "- ": "unlike"}.get(text[:2])
            yield number, sort, text[2:].strip()
