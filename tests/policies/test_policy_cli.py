"""The commands, standing alone with small models."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rule_fakes import BagEmbedder, WordScorer
from rule_helpers import pack

from bot.commands.rules.lint import lint
from bot.commands.rules.policy import policy
from bot.commands.rules.tools import RuleTools
from policies.shares import wilson
from policies.verdicts import precision, proposals

RULES = (
    {"id": "r1", "check": {"terms": ["bread"]}, "severity": "breach"},
    {"id": "r2", "check": {"terms": ["cake"]}},
)


def run(command: Any, *args: str, given: str | bytes = "", tools: RuleTools | None = None) -> Result:
    tools = tools or RuleTools(make_models=lambda: (WordScorer(), BagEmbedder()))
    return CliRunner().invoke(command, args, input=given, obj=tools)


def test_lint_speaks_json_lines(tmp_path: Path) -> None:
    own = str(pack(tmp_path, *RULES))
    theirs = {"external_id": "c", "text": "bread", "direction": "inbound"}
    lines = [{"external_id": "a", "text": "our bread"}, {"text": "tea"}, theirs]
    done = run(lint, "-", "--pack", own, "--format", "jsonl", given="\n".join(map(json.dumps, lines)))
    assert done.exit_code == 1
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert first == {
        "external_id": "a",
        "findings": [
            {"rule": "r1", "topic": "a-topic", "severity": "breach", "question": False, "start": 4, "end": 9,
             "message": "A rule: “bread”", "shown": "bread", "score": None}
        ],
    }  # fmt: skip
    assert second == {"external_id": "2", "findings": []}
    assert third["findings"] == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("our cake", 0),
        ("tea", 0),
        ("bread\n---\ntea", 1),
        ('{"text": "tea"}\n{bad', 2),
        ("bread".encode("utf-16"), 2),
        (b'\xef\xbb\xbf{"text": "bread"}', 1),
    ],
)
def test_lint_exit_codes(tmp_path: Path, given: str | bytes, code: int) -> None:
    assert run(lint, "--pack", str(pack(tmp_path, *RULES)), given=given).exit_code == code


def test_lint_reports_bad_lines_and_judges_the_rest(tmp_path: Path) -> None:
    given = b'{"text": "bread"}\n{"text": 5}\n\xff\n{"text": "tea"}'
    done = run(lint, "--pack", str(pack(tmp_path, *RULES)), "--format", "jsonl", given=given)
    assert done.exit_code == 2
    assert "line 2: text" in done.stderr
    assert "line 3: is not UTF-8" in done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_lint_uses_parents_in_the_same_file(tmp_path: Path) -> None:
    own = str(pack(tmp_path, {"check": {"parent": {"terms": ["cold"]}}, "severity": "breach"}))
    lines = [
        {
            "external_id": "p",
            "text": "cold soup",
            "direction": "inbound",
            "created_at": "2026-01-01T10:00:00Z",
        },
        {"external_id": "q", "parent_id": "p", "text": "oh", "created_at": "2026-01-01T11:00:00Z"},
    ]
    done = run(lint, "--pack", own, "--format", "jsonl", given="\n".join(map(json.dumps, lines)))
    assert [len(json.loads(line)["findings"]) for line in done.stdout.splitlines()] == [0, 1]


def test_bad_packs_are_bad_input(tmp_path: Path) -> None:
    done = run(lint, "--pack", "startr", given="x")
    assert done.exit_code == 2
    assert "Did you mean 'starter'?" in done.stderr


def test_terminal_control_is_inert(tmp_path: Path) -> None:
    done = run(lint, "--pack", str(pack(tmp_path, *RULES)), given="bread\n---\nx", tools=None)
    assert "\x1b" not in done.stdout
    own = str(pack(tmp_path, {"check": {"pattern": {"any": ["bad.*"], "exact": True}}}))
    assert "\x1b" not in run(lint, "--pack", own, given="bad \x1b[31m red").stdout


def test_policy_test_list_schema_diff(tmp_path: Path) -> None:
    own = str(pack(tmp_path, *RULES))
    other = str(pack(tmp_path, {**RULES[0], "severity": "warn"}, name="other"))
    assert run(policy, "test", "--pack", own).exit_code == 1
    assert "fewer than 3" in run(policy, "test", "--pack", own).stdout
    assert "r1" in run(policy, "list", "--pack", own).stdout
    rows = [
        json.loads(line)
        for line in run(policy, "list", "--pack", own, "--format", "jsonl").stdout.splitlines()
    ]
    assert [row["id"] for row in rows] == ["r1", "r2"]
    schema = json.loads(run(policy, "schema").stdout)
    assert "Whole words" not in schema["properties"]
    assert {"pack", "rules"} == set(schema["properties"])
    assert "terms" in schema["$defs"]["Condition"]["properties"]
    changed = run(policy, "diff", own, other)
    assert "changed: r1 (severity)" in changed.stdout
    assert "removed: r2" in changed.stdout
    assert changed.exit_code == 1


def test_explain_says_of_each_rule_why(tmp_path: Path) -> None:
    said = run(policy, "explain", "our bread", "--pack", str(pack(tmp_path, *RULES))).stdout
    assert "fired" in said
    assert "none of the words stands there" in said


def test_backtest_without_a_store_says_so() -> None:
    assert "There is no store here" in run(policy, "backtest").stderr


def test_wilson_and_proposals(tmp_path: Path) -> None:
    from policies.loader import load

    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    verdicts = [("r1", False)] * 9 + [("r1", True)] + [("r2", True)] * 10
    found = precision(verdicts)
    assert [(p.rule, p.right, p.wrong) for p in found] == [("r1", 1, 9), ("r2", 10, 0)]
    proposed = proposals(found, load([pack(tmp_path, *RULES)]))
    assert [(p.rule, p.severity) for p in proposed] == [("r1", "warn")]
