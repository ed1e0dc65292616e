"""One rule that extends another: what it takes over, what it leaves, and every mistake with its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rule_helpers import found, pack

from bot.commands.rules.policy import policy
from policies.engine import Engine
from policies.loader import PolicyErrors, load
from policies.manual import pack_page
from policies.rulebook import LoadedRule
from policies.rules import Status

BASE: dict[str, Any] = {
    "id": "base",
    "say": "Cheap: {words}",
    "suggest": "Name the price.",
    "applies": {"platform": ["x"], "kind": ["post"]},
    "when": {"from": "2026-01-01"},
    "check": {"terms": {"words": ["cheap"], "allow": ["not cheap"]}},
    "unless": [{"terms": ["sorry"]}],
    "false_alarms": ["Quotes of clients."],
    "cases": {"flag": ["so cheap"], "ok": ["fair"]},
}


def raw_pack(folder: Path, text: str, name: str = "raw") -> Path:
    root = folder / name
    root.mkdir()
    (root / "pack.yaml").write_text(text, encoding="utf-8")
    return root


def child(folder: Path, base: dict[str, Any] = BASE, **own: Any) -> LoadedRule:
    """A rule that says only its id, whom it extends, and this."""
    rules = [{**_FULL, **base}, {"id": "child", "extends": base["id"], **own}]
    root = raw_pack(folder, json.dumps({"rules": rules}))
    rule = load([root]).rule("child")
    assert rule is not None
    return rule


_FULL = {"title": "A rule", "topic": "a-topic", "severity": "warn", "why": "Because somebody wants it so."}


def problems(*packs: Path | str) -> list[str]:
    with pytest.raises(PolicyErrors) as caught:
        load(packs)
    return [str(problem) for problem in caught.value.problems]


def texts(rule: LoadedRule, sort: str) -> list[str]:
    return [case.text for case in getattr(rule.rule.cases, sort)]


def test_everything_that_is_not_said_is_taken_over(tmp_path: Path) -> None:
    rule = child(tmp_path, severity="breach")
    base = load([tmp_path / "raw"]).rule("base")
    assert base is not None
    assert rule.rule.severity == "breach"
    same = set(type(rule.rule).model_fields) - {"id", "extends", "severity"}
    assert all(getattr(rule.rule, name) == getattr(base.rule, name) for name in same)
    assert rule.version != base.version


def test_a_retired_base_does_not_retire_the_rule_and_shadow_is_taken_over(tmp_path: Path) -> None:
    assert child(tmp_path / "", {**BASE, "status": "retired"}).rule.status is Status.LIVE
    (tmp_path / "more").mkdir()
    assert child(tmp_path / "more", {**BASE, "status": "shadow"}).rule.status is Status.SHADOW


def test_mappings_are_merged_one_level_and_lists_are_replaced(tmp_path: Path) -> None:
    rule = child(
        tmp_path,
        applies={"kind": ["reply"]},
        when={"until": "2026-12-31"},
        check={"terms": {"words": ["bargain"]}},
        unless=[],
    ).rule
    assert (rule.applies.platform, [kind.value for kind in rule.applies.kind]) == (("x",), ["reply"])
    assert (str(rule.when.since), str(rule.when.until)) == ("2026-01-01", "2026-12-31")
    assert rule.check.model_dump(mode="json", exclude_unset=True) == {
        "terms": {"words": ["bargain"], "allow": ["not cheap"]}
    }
    assert rule.unless == ()


def test_one_number_of_a_check_can_be_changed(tmp_path: Path) -> None:
    alike = {"like": ["a nice one", "b nice one", "c nice one"], "unlike": ["d bad", "e bad", "f bad"]}
    rule = child(tmp_path, {**BASE, "check": {"similar": alike}}, check={"similar": {"threshold": 0.7}}).rule
    assert rule.check.similar is not None
    assert rule.check.similar.threshold == 0.7
    assert len(rule.check.similar.like) == 3


@pytest.mark.parametrize("short", [["cheap", "bargain"], "cheap"])
def test_options_join_a_base_in_short_form(tmp_path: Path, short: Any) -> None:
    rule = child(tmp_path, {**BASE, "check": {"terms": short}}, check={"terms": {"inflect": False}}).rule
    assert rule.check.terms is not None
    assert rule.check.terms.inflect is False
    assert len(rule.check.terms.words) == (1 if short == "cheap" else 2)


@pytest.mark.parametrize(
    "check", [{"pattern": "x+"}, {"any": [{"terms": ["a"]}]}, {"not": {"terms": ["a"]}}, {"terms": ["a"]}]
)
def test_another_check_replaces_the_whole(tmp_path: Path, check: dict[str, Any]) -> None:
    base = {**BASE, "check": {"not": {"link": {}}}} if "not" in check else BASE
    rule = child(tmp_path, base, check=check)
    assert rule.rule.check.model_fields_set == {name.replace("not", "not_") for name in check}


def test_cases_come_along_and_are_added_unless_the_check_changes(tmp_path: Path) -> None:
    rule = child(tmp_path, cases={"flag": ["cheap, so cheap"]})
    assert (texts(rule, "flag"), texts(rule, "ok")) == (["so cheap", "cheap, so cheap"], ["fair"])
    (tmp_path / "more").mkdir()
    changed = child(tmp_path / "more", check={"terms": {"inflect": False}}, cases={"ok": ["mine"]})
    assert (texts(changed, "flag"), texts(changed, "ok")) == ([], ["mine"])


def test_the_version_follows_the_base_but_not_its_cases(tmp_path: Path) -> None:
    versions = []
    for number, base in enumerate(
        (BASE, {**BASE, "cases": {"flag": ["cheap cheap"]}}, {**BASE, "check": {"terms": ["dear"]}})
    ):
        (tmp_path / str(number)).mkdir()
        versions.append(child(tmp_path / str(number), base).version)
    assert versions[0] == versions[1] != versions[2]


def test_a_base_may_stand_in_an_extended_pack_or_in_one_loaded_later(tmp_path: Path) -> None:
    own = raw_pack(
        tmp_path,
        "pack: {title: Own, about: Own., extends: [starter], overrides: {swear-words: {severity: critical}}}\n"
        "rules: [{id: swears-here, extends: swear-words, title: Swears here}]\n",
    )
    rule = load([own]).rule("swears-here")
    assert rule is not None
    assert rule.rule.severity == "critical", "the base is taken as it is in force"
    assert rule.pack == "raw"
    first = raw_pack(tmp_path, "rules: [{id: child, extends: a-rule}]", "first")
    later = pack(tmp_path, {"check": {"terms": ["cake"]}}, name="later")
    book = load([first, later])
    assert {finding.rule for finding in found(Engine(book), "cake")} == {"child", "a-rule"}
    assert [p.name for p in book.packs] == ["first", "later"]


def test_a_rule_that_extends_one_can_be_overridden(tmp_path: Path) -> None:
    raw_pack(tmp_path, json.dumps({"rules": [{**_FULL, **BASE}, {"id": "child", "extends": "base"}]}))
    own = raw_pack(
        tmp_path,
        "pack: {title: Own, about: Own., extends: [../raw], overrides: {child: {severity: info}}}\n"
        "rules: [{id: third, extends: child}]\n",
        "own",
    )
    third = load([own]).rule("third")
    assert third is not None
    assert (third.rule.severity, third.rule.say) == ("info", "Cheap: {words}")


def test_every_mistake_is_told_with_its_place_and_all_at_once(tmp_path: Path) -> None:
    root = raw_pack(
        tmp_path,
        """rules:
- id: near
  extends: swear-word
- id: selfish
  extends: selfish
- id: one
  extends: two
- id: two
  extends: three
- id: three
  extends: one
- id: hanger-on
  extends: two
  sevrity: warn
- id: odd
  extends: [one]
- id: broken
  title: A rule
  topic: a-topic
  severity: bad
  why: Because somebody wants it so.
  check: {terms: [a]}
- id: of-broken
  extends: broken
  applies: {platform: twiter}
- id: grandchild
  extends: of-broken
  check: {similar: {threshold: 0.5}}
""",
    )
    told = problems(root, "starter")
    file = root / "pack.yaml"
    expected = [
        f"{file}:3:12: there is no rule 'swear-word' to extend. Did you mean 'swear-words'?",
        f"{file}:5:12: the rule 'selfish' extends itself.",
        f"{file}:7:12: rules extend each other in a circle: one -> two -> three -> one.",
        f"{file}:14:3: there is no field 'sevrity' here. Did you mean 'severity'?",
        f"{file}:16:12: ",
        f"{file}:20:13: ",
        f"{file}:25:23: there is no platform 'twiter'",
    ]
    for words in expected:
        assert any(line.startswith(words) for line in told), (words, told)
    assert not any("is missing" in line for line in told), "nobody knows what a lost base would have given"
    assert not any(":24:" in line or ":26:" in line for line in told), "a base's mistake is told once"


def test_a_long_chain_and_odd_values_end_in_no_exception(tmp_path: Path) -> None:
    rules: list[dict[str, Any]] = [{"id": f"r{n}", "extends": f"r{n + 1}"} for n in range(3_000)]
    book = load([raw_pack(tmp_path, json.dumps({"rules": [*rules, {**_FULL, **BASE, "id": "r3000"}]}))])
    assert len(book.rules) == 3_001
    odd = [
        {**_FULL, "id": "base", "check": ["x"], "cases": ["x"], "applies": "x"},
        {"id": "c1", "extends": "base", "check": {"terms": {}}, "applies": {}, "cases": {"flag": "x"}},
        {"id": "c2", "extends": "base", "check": 5, "cases": 5, "when": 5},
        {"id": "c3", "extends": 5},
        {"id": "c4", "extends": None},
    ]
    assert problems(raw_pack(tmp_path, json.dumps({"rules": odd}), "odd"))


def test_list_explain_schema_and_manual_know_it(tmp_path: Path) -> None:
    child(tmp_path)
    own = str(tmp_path / "raw")
    runner = CliRunner()
    rows = runner.invoke(policy, ["list", "--pack", own, "--format", "jsonl"]).stdout.splitlines()
    assert [json.loads(row)["extends"] for row in rows] == [None, "base"]
    assert "base" in runner.invoke(policy, ["list", "--pack", own]).stdout
    assert (
        "child (extends base)"
        in runner.invoke(policy, ["explain", "so cheap", "--all", "--pack", own]).stdout
    )
    rule = json.loads(runner.invoke(policy, ["schema"]).stdout)["$defs"]["Rule"]
    assert "extends" in rule["properties"]
    assert rule["required"] == ["id"]
    assert set(rule["then"]["required"]) == {"title", "topic", "severity", "why", "check"}
    assert "Extends `base`." in pack_page(load([own]).packs[0])
