"""Structure: what the code's own text says of cycles, arrows between rooms, lengths, crowds and recipes."""

from __future__ import annotations

import ast
import re
import statistics
import tomllib
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "storage", "policies")  #: from the top down
BESIDE = ("tests", "benchmarks", "training")
GOAL: dict[str, Any] = {
    "cycle": [],
    "arrows_up": [],
    "class_names_twice": {},
    "median_function": 10,
    "longest_function": 40,
    "longest_file": 300,
    "most_modules_in_a_folder_of_bot": 12,
    "files_touched": {"platform": 3, "check": 2, "page": 3, "channel": 3, "kind of case": 3, "language": 1},
}

Edges = Mapping[str, frozenset[str]]


def run() -> dict[str, Any]:
    """All numbers, with the goal beside them; lengths are lines."""
    trees = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in modules().items()}
    functions = dict(lengths_of_functions(trees))
    edges = imports(trees)
    found = {
        "cycle": cycle(edges),
        "arrows_up": arrows_up(edges),
        "class_names_twice": twins(trees),
        "median_function": statistics.median(functions.values()),
        "longest_function": max(functions.values()),
        "longest_file": max(lengths_of_files().values()),
        "most_modules_in_a_folder_of_bot": max(crowds().values()),
        "files_touched": {name: len(files) for name, files in recipes().items()},
    }
    return {
        **found,
        "modules": len(trees),
        "functions": len(functions),
        "longest_functions": most(functions),
        "longest_files": most(lengths_of_files()),
        "fullest_folders": most(crowds()),
        "goal": GOAL,
        "reached": reached(found),
    }


def reached(found: Mapping[str, Any]) -> bool:
    """Whether every number is as good as its goal."""
    touched = found["files_touched"]
    lengths = ("median_function", "longest_function", "longest_file", "most_modules_in_a_folder_of_bot")
    return (
        not found["cycle"]
        and not found["arrows_up"]
        and not found["class_names_twice"]
        and all(found[name] <= GOAL[name] for name in lengths)
        and all(touched[name] <= most for name, most in GOAL["files_touched"].items())
    )


def most(sizes: Mapping[str, int], count: int = 5) -> dict[str, int]:
    """The largest, for whoever looks for what to divide next."""
    return dict(Counter(sizes).most_common(count))


# --- imports -------------------------------------------------------------------------------------------------


def modules() -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    found: dict[str, Path] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(trees: Mapping[str, ast.Module]) -> Edges:
    """Which module imports which, wherever the import stands: in functions and under TYPE_CHECKING too."""
    edges: dict[str, frozenset[str]] = {}
    for module, tree in trees.items():
        names = {name for node in ast.walk(tree) for name in _imported(node, trees)}
        edges[module] = frozenset(names & trees.keys() - {module})
    return edges


def _imported(node: ast.AST, known: Container[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        if node.level:
            raise ValueError("relative imports are not followed; write the whole name")
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in known else str(node.module)


def cycle(edges: Edges) -> list[str]:
    """The modules of one cycle in their order, empty where there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def arrows_up(edges: Edges) -> list[str]:
    """Imports against the order of the rooms, and of the rooms inside bot as pyproject.toml has it."""
    order = {f"bot.{room}": level for level, line in enumerate(layers()) for room in line}
    wrong: list[str] = []
    for module, imported in sorted(edges.items()):
        for other in sorted(imported):
            one, two = module.split("."), other.split(".")
            if one[0] != two[0]:
                up = ROOMS.index(one[0]) > ROOMS.index(two[0])
            else:
                here, there = (order.get(".".join(name[:2])) for name in (one, two))
                up = None not in (here, there) and one[1:2] != two[1:2] and here >= there
            wrong += [f"{module} -> {other}"] if up else []
    return wrong


def layers() -> list[list[str]]:
    """The rooms inside bot from the top down, as pyproject.toml has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    inside = next(c for c in contracts["contracts"] if c.get("containers") == ["bot"])
    return [re.split(r"\s*\|\s*", line) for line in inside["layers"]]


# --- names ---------------------------------------------------------------------------------------------------


def twins(trees: Mapping[str, ast.Module]) -> dict[str, list[str]]:
    """Class names that stand in more than one module, private ones left out: one word with two meanings."""
    places: dict[str, list[str]] = {}
    for module, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(module)
    return {name: where for name, where in places.items() if len(where) > 1}


# --- lengths and crowds --------------------------------------------------------------------------------------


def lengths_of_functions(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, int]]:
    """(module:line name, lines) of each function, its signature and docstring included."""
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                yield f"{module}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def lengths_of_files() -> dict[str, int]:
    """Lines of each file of Python, those of tests and of tools too."""
    files = [path for folder in (*ROOMS, *BESIDE) for path in (ROOT / folder).rglob("*.py")]
    return {str(path.relative_to(ROOT)): _lines(path) for path in files}


def _lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def crowds() -> dict[str, int]:
    """Modules that lie loose in each folder of bot/; what a package says of itself is none."""
    loose: Counter[str] = Counter()
    for path in modules().values():
        if path.name != "__init__.py" and path.is_relative_to(ROOT / "bot"):
            loose[str(path.parent.relative_to(ROOT))] += 1
    return dict(loose)


# --- recipes -------------------------------------------------------------------------------------------------


def recipes() -> dict[str, list[str]]:
    """The existing files that each recipe of CONTRIBUTING.md touches; a test follows the recipe and compares."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for section in re.split(r"^## Recipe: an? ", text, flags=re.MULTILINE)[1:]:
        name, body = section.split("\n", 1)
        touched = re.search(r"^Touches (.*?)\.$", body, re.MULTILINE | re.DOTALL)
        found[name.strip()] = re.findall(r"`([^`]+)`", touched[1]) if touched else []
    return found
