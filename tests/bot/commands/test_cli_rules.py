"""lint, policy explain and backtest on a home folder: they know what the service knows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli_stage import Cli, brand_file, post

from policies.model.cases.flagged import FlaggedAction
from policies.model.people import Person, Role
from storage.engines import open_store

RULE = {"title": "A rule", "topic": "a-topic", "severity": "breach", "why": "Because of the test."}
TODAY = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) - timedelta(days=2)
HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "09:00-17:00")


def pack(folder: Path, **checks: dict[str, Any]) -> str:
    """A pack with a rule for each check; fields besides the check stand under ``rule``."""
    folder.mkdir(parents=True)
    rules = [{**RULE, "id": name.replace("_", "-"), **rule} for name, rule in checks.items()]
    (folder / "pack.yaml").write_text(yaml.safe_dump({"rules": rules}), encoding="utf-8")
    return str(folder / "pack.yaml")


def said(number: int, text: str, hours: float = 0, **changes: Any) -> dict[str, Any]:
    return post(number, text, created_at=(TODAY + timedelta(hours=hours)).isoformat(), **changes)


def findings(stdout: str) -> dict[str, list[str]]:
    rows = [json.loads(line) for line in stdout.splitlines()]
    return {row["external_id"]: [one["rule"] for one in row["findings"]] for row in rows}


RULES: dict[str, dict[str, Any]] = {
    "agency_only": {"check": {"terms": ["bread"]}, "applies": {"author": "agency"}},
    "while_closed": {"check": {"cadence": {"closed": True}}},
    "too_often": {"check": {"cadence": {"more_than": 1, "within": "1h"}}},
    "in_spring": {"check": {"terms": ["menu"]}, "applies": {"campaign": "spring"}},
}
POSTS = [
    said(1, "Fresh bread ^M"),
    said(2, "Fresh bread", 0.5),
    said(3, "The menu #spring", 9),
]
FOUND = {"p1": [], "p2": ["agency-only", "too-often"], "p3": ["in-spring", "while-closed"]}


def business(policies: list[str]) -> dict[str, Any]:
    people = [{"id": "maya", "name": "Maya", "role": "owner", "email": "maya@example.org", "marks": ["^M"]}]
    spring = [{"name": "spring", "hashtags": ["#spring"]}]
    return brand_file(people=people, campaigns=spring, hours=HOURS, policies=policies)


def test_lint_knows_people_hours_history_and_campaign_of_a_brand_file(cli: Cli, tmp_path: Path) -> None:
    pack(tmp_path / "shop" / "ours", **RULES)
    settings = tmp_path / "shop" / "brand.yaml"
    settings.write_text(yaml.safe_dump(business(["ours/pack.yaml"])), encoding="utf-8")
    done = cli("lint", cli.write(*POSTS), "--settings", settings, "--format", "jsonl")
    assert done.exit_code == 1, done.stderr
    assert {name: sorted(rules) for name, rules in findings(done.stdout).items()} == FOUND


def test_lint_explains_what_was_known_around_each_post(cli: Cli, tmp_path: Path) -> None:
    settings = tmp_path / "brand.yaml"
    settings.write_text(yaml.safe_dump(business(["starter"])), encoding="utf-8")
    own = pack(tmp_path / "ours", **RULES)
    file = cli.write(*POSTS, said(4, "So sorry", parent_id="p0", raw={"labels": ["paid"]}, kind="reply"))
    done = cli("lint", file, "--pack", own, "--settings", settings, "--explain", "--format", "jsonl")
    rows = {row["external_id"]: row["surroundings"] for row in map(json.loads, done.stdout.splitlines())}
    nothing = {
        "parent_id": None,
        "history": [],
        "person": None,
        "in_hours": True,
        "campaign": None,
        "labels": [],
    }
    assert rows["p1"] == {**nothing, "history": ["p4"], "person": "maya"}
    assert rows["p2"] == {**nothing, "history": ["p1", "p4"]}
    assert rows["p3"] == {**nothing, "history": ["p2"], "in_hours": False, "campaign": "spring"}
    assert rows["p4"] == {**nothing, "history": ["p1"], "parent_id": "p0", "labels": ["paid"]}
    shown = cli("lint", file, "--pack", own, "--settings", settings, "--explain").stdout
    assert "p3: 1 published before; signed by nobody on the roster; while closed; campaign spring\n" in shown
    assert (
        "p4: answers p0; 1 published before; signed by nobody on the roster; in opening hours; shown as paid"
        in shown
    )


def test_the_service_and_the_command_line_find_the_same(cli: Cli, tmp_path: Path) -> None:
    own = pack(cli.home / "ours", **RULES)
    cli.set_up(business(["ours/pack.yaml"]))
    file = cli.write(*POSTS)
    assert cli("import", file, "--brand", "bakery").exit_code == 0
    stored = [json.loads(line) for line in cli("export", "findings", "--brand", "bakery").stdout.splitlines()]
    served = sorted((row["external_id"], row["rule"]) for row in stored)
    assert served == sorted((name, rule) for name, rules in FOUND.items() for rule in rules)
    linted = findings(cli("lint", file, "--format", "jsonl").stdout)
    assert {name: sorted(rules) for name, rules in linted.items()} == FOUND
    for name, rules in FOUND.items():
        told = cli("policy", "explain", f"x/juniperandrye/{name}").stdout
        assert sorted(line.split()[1] for line in told.splitlines() if line.startswith("fired")) == rules
    tried = cli("policy", "backtest", "--pack", own).stdout
    assert "3 posts" in tried
    rows = {line.split()[0]: line.split()[2:5] for line in tried.splitlines() if "breach" in line}
    assert rows == {rule.replace("_", "-"): ["1", "+0", "-0"] for rule in RULES}


def test_backtest_compares_with_the_rules_in_force(cli: Cli, tmp_path: Path) -> None:
    pack(cli.home / "ours", old={"check": {"terms": ["bread"]}})
    cli.set_up(brand_file(policies=["ours/pack.yaml"]))
    assert cli("import", cli.write(*POSTS), "--brand", "bakery").exit_code == 0
    new = pack(tmp_path / "new", old={"check": {"terms": ["bread"]}}, new={"check": {"terms": ["menu"]}})
    told = cli("policy", "backtest", "--since", "30d", "--pack", new).stdout
    assert "new: x/juniperandrye/p3: A rule: “menu”" in told
    assert "\n0 posts in" in cli("policy", "backtest", "--since", "1d", "--pack", new).stdout


def test_a_post_that_is_not_stored_is_said_to_be_so(cli: Cli) -> None:
    cli.set_up()
    told = cli("policy", "explain", "x/juniperandrye/unknown")
    assert told.exit_code == 2
    assert "The store does not hold x/juniperandrye/unknown" in told.stderr


def test_doctor_names_a_rule_for_a_campaign_that_does_not_exist(cli: Cli) -> None:
    pack(
        cli.home / "ours",
        in_autumn={"check": {"terms": ["menu"]}, "applies": {"campaign": ["autumn", "spring"]}},
    )
    cli.set_up(business(["ours/pack.yaml"]))
    told = cli("doctor", "--offline").stdout
    assert "the rule in-autumn is for autumn, which bakery does not have" in " ".join(told.split())


@pytest.mark.parametrize("broken", ["people: 5", "brand: [", ""])
def test_settings_with_mistakes_are_bad_input(cli: Cli, tmp_path: Path, broken: str) -> None:
    settings = tmp_path / "brand.yaml"
    settings.write_text(broken, encoding="utf-8")
    done = cli("lint", cli.write(*POSTS), "--settings", settings)
    assert done.exit_code == 2
    assert f"{settings}:" in done.stderr


def test_policy_list_says_how_often_the_owner_found_each_rule_right(cli: Cli) -> None:
    pack(cli.home / "ours", **RULES)
    cli.set_up(business(["ours/pack.yaml"]))
    assert {(row["right"], row["wrong"]) for row in listed(cli)} == {(0, 0)}
    assert cli("import", cli.write(*POSTS), "--brand", "bakery").exit_code == 0
    maya = Person(id="maya", name="Maya", role=Role.OWNER)
    with open_store(str(cli.home / "oversight.db")) as store:
        for view in store.cases.find("bakery"):
            action = FlaggedAction.FALSE_ALARM if view.post.key.external_id == "p2" else FlaggedAction.UPHOLD
            store.cases.act("bakery", view.case.id, action, person=maya, note="", now=TODAY)
    counted = {row["id"]: (row["right"], row["wrong"]) for row in listed(cli)}
    assert counted == {
        "agency-only": (0, 1),
        "too-often": (0, 1),
        "in-spring": (1, 0),
        "while-closed": (1, 0),
    }
    heading = cli("policy", "list").stdout.splitlines()[0]
    assert heading.split()[-2:] == ["right", "wrong"]


def listed(cli: Cli) -> list[dict[str, Any]]:
    return [json.loads(line) for line in cli("policy", "list", "--format", "jsonl").stdout.splitlines()]
