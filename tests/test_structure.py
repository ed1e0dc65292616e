"""The structure's numbers, held exactly: no circle, no arrow up, nothing long or crowded, recipes that stay short."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from benchmarks import structure

GOAL: dict[str, Any] = structure.GOAL


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return structure.run()


def test_no_modules_import_each_other_in_a_circle(found: dict[str, Any]) -> None:
    assert found["cycle"] == []


def test_no_room_imports_one_above_it(found: dict[str, Any]) -> None:
    assert found["arrows_up"] == []


def test_no_two_classes_have_one_name(found: dict[str, Any]) -> None:
    assert found["class_names_twice"] == {}


def test_functions_are_short(found: dict[str, Any]) -> None:
    assert found["median_function"] <= GOAL["median_function"]
    assert found["longest_function"] <= GOAL["longest_function"], found["longest_functions"]


def test_no_file_is_long(found: dict[str, Any]) -> None:
    assert found["longest_file"] <= GOAL["longest_file"], found["longest_files"]


def test_a_folder_of_bot_is_no_crowd(found: dict[str, Any]) -> None:
    most = GOAL["most_modules_in_a_folder_of_bot"]
    assert found["most_modules_in_a_folder_of_bot"] <= most, found["fullest_folders"]


@pytest.mark.parametrize(
    "recipe",
    [
        "platform",
        "check",
        "channel",
        "kind of case",
        "page",
        "language",
    ],
)
def test_a_recipe_touches_few_files_that_are_there(recipe: str) -> None:
    touched = structure.recipes()[recipe]
    assert len(touched) <= GOAL["files_touched"][recipe]
    assert all((structure.ROOT / path).is_file() for path in touched)


# --- what the numbers rest on --------------------------------------------------------------------------------


def edges(**sources: str) -> structure.Edges:
    """The imports of a made-up program: module names with ``__`` for dots."""
    return structure.imports({name.replace("__", "."): ast.parse(text) for name, text in sources.items()})


@pytest.mark.parametrize(
    "back",
    [
        "from bot import a",
        "import bot.a",
        "def later():\n    from bot.a import thing",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot.a import Thing",
    ],
)
def test_a_circle_is_seen_wherever_the_import_hides(back: str) -> None:
    assert structure.cycle(edges(bot__a="import bot.b", bot__b=back))


def test_a_package_and_its_module_can_be_a_circle_too() -> None:
    assert structure.cycle(
        edges(bot__room="from bot.room import part", bot__room__part="from bot.room import X")
    )
    assert not structure.cycle(
        edges(bot__room="", bot__room__a="from bot.room import b", bot__room__b="x = 1")
    )


def test_an_arrow_up_is_seen_between_rooms_and_inside_bot() -> None:
    made = edges(
        policies__engine="import bot.cli",
        bot__settings__home="from bot.web import app",
        bot__cli="from bot.web import app",
        bot__web__app="from storage import store",
        storage__store="",
    )
    assert structure.arrows_up(made) == [
        "bot.settings.home -> bot.web.app",
        "policies.engine -> bot.cli",
    ]


def test_a_name_that_two_classes_have_is_seen() -> None:
    trees = {name: ast.parse(text) for name, text in (("a", "class X: ..."), ("b", "class X: ..."))}
    assert structure.twins(trees) == {"X": ["a", "b"]}


def test_a_relative_import_is_refused_as_nobody_follows_it() -> None:
    with pytest.raises(ValueError, match="whole name"):
        edges(bot__a="from . import b")


def test_a_recipe_counts_the_files_that_it_says_it_touches() -> None:
    touched = structure.recipes()
    assert "bot/connectors/__init__.py" in touched["platform"]
    assert "policies/conditions.py" in touched["check"]
