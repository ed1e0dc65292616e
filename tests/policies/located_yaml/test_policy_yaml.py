"""YAML with places, and bombs that must cost nothing (docs/faults.md, 19)."""

import tracemalloc
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from policies.located_yaml import BadYaml, problems_from, read, read_file


class Account(BaseModel):
    model_config = ConfigDict(extra="forbid")
    handle: str
    platform: str = "x"


class Brand(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    accounts: tuple[Account, ...]


def complaints(text: str) -> list[str]:
    located = read(text, name="b.yaml")
    with pytest.raises(ValidationError) as caught:
        Brand.model_validate(located.data)
    return [str(problem) for problem in problems_from(caught.value, located, Brand)]


def test_every_mistake_has_its_place_and_a_mend() -> None:
    said = complaints("name: 3\naccuonts: []\naccounts:\n  - handel: foo\n")
    assert said[0].startswith("b.yaml:1:7:")
    assert "Put quotes around it" in said[0]
    assert said[1] == "b.yaml:2:1: there is no field 'accuonts' here. Did you mean 'accounts'?"
    assert "b.yaml:4:5: there is no field 'handel' here. Did you mean 'handle'?" in said
    assert "b.yaml:4:5: the field 'handle' is missing. Add `handle:`." in said


def test_values_follow_the_core_schema() -> None:
    data = read("a: no\nb: 12:30\nc: 2026-01-02\nd: 1.5\ne: '7'\nf: ~\ng: true", name="t").data
    assert data == {"a": "no", "b": "12:30", "c": "2026-01-02", "d": 1.5, "e": "7", "f": None, "g": True}


def test_where_leads_to_the_nearest_value() -> None:
    located = read("a:\n  - b: 1\n    c: 2\n", name="t")
    assert located.where(("a", 0, "c")) == (3, 8)
    assert located.where(("a", 0, "c"), key=True) == (3, 5)
    assert located.where(("a", "union-tag", 0, "missing")) == (2, 5)


BOMBS = {
    "nesting": "[" * 10_000,
    "braces": "{" * 10_000,
    "dashes": "- " * 5_000,
    "indent": "\n".join(" " * n + "a:" for n in range(500)),
    "aliases": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
    "tag": "a: !!python/object/apply:os.system ['true']",
    "size": "x" * 50_000_000,
    "anchor to itself": "&a [*a]",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.fault(19)
def test_bombs_are_refused_within_20_mb(bomb: str) -> None:
    tracemalloc.start()
    with pytest.raises(BadYaml) as caught:
        read(bomb, name="bomb.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
    assert str(caught.value).startswith("bomb.yaml:")


@pytest.mark.fault(19)
def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    tracemalloc.start()
    with pytest.raises(BadYaml, match="larger than"):
        read_file(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\na: 2", "t:2:1: the key 'a' stands here twice"),
        ("a: \x00", "t:1:4: has a control character"),
        ("a: 'b\nc: [", "t:2:5: is not YAML"),
        ("a: b: c", "t:1:5: is not YAML"),
        ("? [a]\n: b", "t:1:3: a key must be plain text"),
        ("---\na: 1\n---\nb: 2", "t:3:1: a second document"),
        ("a: \ud800", "t:1:4: has a control character"),
    ],
)
def test_bad_text_is_placed(text: str, place: str) -> None:
    with pytest.raises(BadYaml) as caught:
        read(text, name="t")
    assert str(caught.value).startswith(place)


def test_broken_utf8_is_placed(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(BadYaml, match=r":2:4: is not UTF-8"):
        read_file(path)
