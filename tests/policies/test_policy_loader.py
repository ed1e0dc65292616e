"""Packs: every mistake at once, extending, overriding, versions."""

from pathlib import Path

import pytest
from rule_helpers import RULE, found, pack

from policies.compare import Difference, diff
from policies.engine import Engine
from policies.loader import PolicyErrors, load
from policies.rules import Status
from policies.shipped import DEFAULT_PACKS, shipped_packs


def problems(*packs: Path | str) -> list[str]:
    with pytest.raises(PolicyErrors) as caught:
        load(packs)
    return [str(problem) for problem in caught.value.problems]


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    path = pack(
        tmp_path,
        {"id": "one", "check": {"term": ["a"]}},
        {"id": "two", "check": {"pattern": "(?=x)y"}, "sevrity": "warn"},
        {"id": "three", "check": {"terms": ["a"]}, "applies": {"platform": "twiter"}, "severity": "bad"},
        {"id": "four", "check": {"tone": {"head": "iorny", "label": "irony"}}},
        {"id": "five", "check": {"terms": ["a"]}, "say": "{wrods}"},
    )
    said = "\n".join(problems(path))
    for part in (
        "no field 'term' here. Did you mean 'terms'?",
        "look-ahead (?=…) cannot be matched in linear time",
        "no field 'sevrity' here. Did you mean 'severity'?",
        "no platform 'twiter'",
        "'info', 'warn', 'breach' or 'critical'",
        "Did you mean 'irony'?",
        "Did you mean 'words'?",
    ):
        assert part in said
    assert all(line.split(":")[1].isdigit() for line in said.splitlines())


def test_unknown_pack_names_the_nearest() -> None:
    assert "Did you mean 'starter'?" in problems("startr")[0]


def test_an_empty_pack_is_an_error(tmp_path: Path) -> None:
    assert "the pack has no rules" in problems(pack(tmp_path))[0]


def test_duplicate_ids_name_both_places(tmp_path: Path) -> None:
    rule = {"id": "one", "check": {"terms": ["a"]}}
    assert "is there already, in" in problems(pack(tmp_path, rule, rule))[0]


def test_two_packs_that_disagree(tmp_path: Path) -> None:
    rule = {"id": "one", "check": {"terms": ["a"]}}
    a, b = pack(tmp_path, rule, name="a"), pack(tmp_path, {**rule, "severity": "info"}, name="b")
    assert "is there already" in problems(a, b)[0]


def test_cyclic_extends_is_refused(tmp_path: Path) -> None:
    rule = {"check": {"terms": ["a"]}}
    pack(tmp_path, {**rule, "id": "one"}, name="a", extends=["../b"])
    b = pack(tmp_path, {**rule, "id": "two"}, name="b", extends=["../a"])
    assert "extend each other in a circle" in "\n".join(problems(b))


def test_overrides_change_without_copying(tmp_path: Path) -> None:
    own = pack(
        tmp_path,
        {"id": "mine", "check": {"terms": ["gluten"]}},
        extends=["starter"],
        overrides={
            "swear-words": {"severity": "info", "cases": {"ok": ["What a lovely day"]}},
            "shouting": {"status": "retired"},
        },
    )
    book = load([own])
    swears = book.rule("swear-words")
    assert swears is not None
    assert swears.rule.severity == "info"
    assert any(case.text == "What a lovely day" for case in swears.rule.cases.ok)
    assert len(swears.rule.cases.flag) >= 3
    retired = book.rule("shouting")
    assert retired is not None
    assert retired.rule.status is Status.RETIRED
    assert len(load(["starter", own]).rules) == len(book.rules)


def test_override_of_a_rule_that_is_not_there(tmp_path: Path) -> None:
    own = pack(
        tmp_path, {"id": "m1", "check": {"terms": ["x"]}}, extends=["starter"], overrides={"swear-word": {}}
    )
    assert "Did you mean 'swear-words'?" in problems(own)[0]


def test_version_changes_with_rules_not_with_cases(tmp_path: Path) -> None:
    rule = {"id": "one", "check": {"terms": ["a"]}}
    first = load([pack(tmp_path, rule)])
    with_case = load([pack(tmp_path, {**rule, "cases": {"flag": ["a"]}})])
    changed = load([pack(tmp_path, {**rule, "check": {"terms": ["b"]}})])
    assert first.version == with_case.version
    assert first.version != changed.version
    assert [c.change for c in diff(first, with_case)] == [Difference.CASES]
    assert [c.change for c in diff(first, changed)] == [Difference.CHANGED]


def test_editing_one_rule_of_200_changes_that_rule_alone(tmp_path: Path) -> None:
    rules = [{"id": f"r{n}", "check": {"terms": [f"word{n}"]}} for n in range(200)]
    old = load([pack(tmp_path, *rules)])
    rules[7] = {**rules[7], "check": {"terms": ["word7", "seven"]}}
    new = load([pack(tmp_path, *rules)])
    assert [(c.rule, c.change) for c in diff(old, new)] == [("r7", Difference.CHANGED)]


def test_ten_thousand_rules_load(tmp_path: Path) -> None:
    lines = ["rules:"]
    lines += [
        f"- {{id: r{n}, title: Rule {n}, topic: t-t, severity: warn, why: because it is so, check: {{terms: [w{n}]}}}}"
        for n in range(10_000)
    ]
    path = tmp_path / "many.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    engine = Engine(load([path]))
    assert [f.rule for f in found(engine, "this is w77 and w9999")] == ["r77", "r9999"]


def test_shipped_packs_load_together() -> None:
    assert set(DEFAULT_PACKS) <= set(shipped_packs())
    assert len(shipped_packs()) == 8
    book = load(shipped_packs())
    assert all(pack.info.follows for pack in book.packs)
    assert len([r for r in book.rules if r.pack == "starter"]) >= 15


def test_a_single_file_is_a_pack(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    body = "\n".join(f"  {k}: {v}" for k, v in RULE.items() if k != "id")
    path.write_text(f"rules:\n- id: one\n{body}\n  check: {{terms: [a]}}\n", encoding="utf-8")
    assert load([path]).packs[0].name == "mine"
