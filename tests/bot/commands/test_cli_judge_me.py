"""`judge-me`: samples of one's own archive, yes and no to them, and what limits they make."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli_stage import Cli, brand_file, post

from policies.model.limits import SURE, TopicLimits
from storage.engines import open_store
from storage.limits import LimitsChange

TOPIC = "testimonial-request"
RULES = [
    {"id": "asks-for-reviews", "title": "Asks for a review", "topic": TOPIC, "severity": "breach",
     "why": "Only the owner asks for reviews.", "check": {"means": {"topic": TOPIC, "ask": True}}},
    {"id": "of-death", "title": "Writes of death", "topic": "death", "severity": "warn",
     "why": "Death is no matter for posts.", "check": {"terms": ["put to sleep"]}},
]  # fmt: skip
ASKS = [
    "Please leave us a five star review on Google!",
    "Would you mind writing a few words about us on Tripadvisor?",
    "If you liked the cake, rate us and tell the world on Yelp.",
    "A short review would help us so much, here is the link.",
    "Tell others what you think: leave a testimonial on our page.",
]
PLAIN = ["Doors open at nine.", "Rye is back on Friday.", "The oven is being mended today."]


@pytest.fixture
def shop(cli: Cli) -> Cli:
    folder = cli.home / "mine"
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text(yaml.safe_dump({"rules": RULES}), encoding="utf-8")
    cli.set_up(brand_file(policies=["mine"]))
    return cli


def archive(cli: Cli, *more: dict[str, Any], bad: str = "") -> Path:
    posts = [post(number, text) for number, text in enumerate([*ASKS, *PLAIN])]
    return cli.write(*posts, *more, more=bad)


def answers(cli: Cli, *lines: dict[str, Any] | str) -> Path:
    path = cli.home / "answers.jsonl"
    rows = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def rows(stdout: str) -> dict[str, dict[str, Any]]:
    return {row["topic"]: row for row in map(json.loads, stdout.splitlines())}


def test_samples_are_written_answered_and_move_the_limits(shop: Cli) -> None:
    file, asked = archive(shop), shop.home / "ask.jsonl"
    first = shop("judge-me", file, "--ask", asked)
    assert first.exit_code == 0, first.stderr
    samples = [json.loads(line) for line in asked.read_text(encoding="utf-8").splitlines()]
    mine = [one for one in samples if one["topic"] == TOPIC]
    assert {"external_id", "topic", "right", "flagged", "chance", "text"} == set(mine[0])
    assert mine[0]["right"] is None
    assert [one["chance"] for one in mine] == sorted((one["chance"] for one in mine), reverse=True)
    lines = [one | {"right": False} if one["flagged"] != "not flagged" else one for one in mine]
    done = shop("judge-me", file, "--verdicts", answers(shop, *lines), "--format", "jsonl")
    assert done.exit_code == 0, done.stderr
    row = rows(done.stdout)[TOPIC]
    assert row["n"] == row["alarms"] == row["flagged"] >= 3
    assert row["upper95"] == 1.0
    assert row["threshold_after"] > row["threshold_before"]
    assert row["said_after"] > row["said_before"]
    other = rows(done.stdout)["agency-leak"]
    assert (other["n"], other["upper95"]) == (0, None)
    assert other["threshold_after"] == other["threshold_before"]


def test_bad_lines_of_both_files_are_told_and_the_rest_counts(shop: Cli) -> None:
    file = archive(shop, bad="not json\n")
    lines = answers(shop, {"external_id": "p0", "topic": TOPIC, "right": True}, "{", {"external_id": "zz"})
    done = shop("judge-me", file, "--verdicts", lines, "--format", "jsonl")
    assert done.exit_code == 1
    assert "line 9: " in done.stderr
    assert "line 2: is not JSON" in done.stderr
    assert 'line 3: needs "external_id", "topic" and "right"' in done.stderr
    assert rows(done.stdout)[TOPIC]["n"] == 1


def test_two_answers_move_nothing_and_neither_does_an_empty_file(shop: Cli) -> None:
    two = [{"external_id": f"p{n}", "topic": TOPIC, "right": False} for n in range(2)]
    done = shop("judge-me", archive(shop), "--verdicts", answers(shop, *two), "--format", "jsonl")
    row = rows(done.stdout)[TOPIC]
    assert row["threshold_after"] == row["threshold_before"]
    empty = shop("judge-me", archive(shop), "--verdicts", answers(shop))
    assert "nothing moves" in empty.stderr


def test_a_business_whose_posts_are_all_flagged_is_told_what_to_set(shop: Cli) -> None:
    vet = [post(100 + n, f"Old Rex number {n} was put to sleep at home today.") for n in range(40)]
    done = shop("judge-me", archive(shop, *vet))
    assert "40 of 48 posts would be flagged as death" in done.stderr
    assert "status: shadow" in done.stderr
    assert "death p100" in done.stdout
    linted = shop("lint", archive(shop, *vet))
    assert "40 of 48 posts would be flagged as of-death" in linted.stderr
    assert "of-death" not in shop("lint", archive(shop)).stderr


def test_an_archive_without_own_posts_is_refused(shop: Cli) -> None:
    said = post(1, "Hello", direction="inbound", author="anna")
    done = shop("judge-me", shop.write(said))
    assert done.exit_code == 2
    assert "no post of the brand" in done.stderr
    assert shop("judge-me", shop.write(more="Just a text\n")).exit_code != 0


def test_limits_that_are_kept_are_shown_used_and_taken_back(shop: Cli) -> None:
    file = archive(shop)
    fine = [{"external_id": f"p{n}", "topic": TOPIC, "right": False} for n in range(len(ASKS))]
    lines = answers(shop, *fine)
    done = shop("judge-me", file, "--verdicts", lines, "--apply", "--format", "jsonl")
    assert done.exit_code == 0, done.stderr
    assert "1 topics have new limits" in done.stderr
    kept, *others = map(json.loads, shop("policy", "limits", "--format", "jsonl").stdout.splitlines())
    assert (kept["topic"], kept["made_by"], kept["shipped"]) == (TOPIC, "operator", False)
    assert kept["why"].startswith("5 of 5 were fine")
    assert kept["asked"] == rows(done.stdout)[TOPIC]["threshold_after"]
    assert all(other["shipped"] for other in others)
    again = rows(shop("judge-me", file, "--verdicts", lines, "--format", "jsonl").stdout)[TOPIC]
    assert again["threshold_before"] == kept["asked"]
    assert TOPIC in shop("policy", "limits", "--undo", TOPIC).stdout
    first = json.loads(shop("policy", "limits", "--format", "jsonl").stdout.splitlines()[0])
    assert (first["shipped"], first["why"]) == (True, "The last change was taken back.")
    assert "taken back" in shop("policy", "limits").stdout


def test_what_cannot_be_kept_or_taken_back_is_refused(shop: Cli, tmp_path: Path) -> None:
    file = archive(shop)
    assert "--verdicts" in shop("judge-me", file, "--apply").stderr
    settings = shop.home / "brands" / "bakery.yaml"
    assert settings.exists()
    there = shop("judge-me", file, "--verdicts", answers(shop), "--apply", "--settings", settings)
    assert "--brand" in there.stderr
    nothing = shop("policy", "limits", "--undo", TOPIC)
    assert nothing.exit_code == 2
    assert "no limits of its own" in nothing.stderr
    other = Cli(home=tmp_path / "empty")
    nobody = other("judge-me", file, "--verdicts", answers(shop), "--apply")
    assert nobody.exit_code == 2


def questions(stdout: str) -> dict[str, bool]:
    judged = map(json.loads, stdout.splitlines())
    return {row["external_id"]: one["question"] for row in judged for one in row["findings"]}


def test_lint_and_replay_judge_by_the_brands_own_limits(shop: Cli) -> None:
    file = archive(shop)
    before = questions(shop("lint", file, "--brand", "bakery", "--format", "jsonl").stdout)
    assert before
    assert not any(before.values())
    assert shop("import", file, "--brand", "bakery", "--no-check").exit_code == 0
    strict = LimitsChange(limits=TopicLimits(asked=0.3, said=SURE), code="kept")
    with open_store(shop.home / "oversight.db") as store:
        store.limits.change("bakery", {TOPIC: strict}, actor="maya", now=datetime.now(UTC))
    after = questions(shop("lint", file, "--brand", "bakery", "--format", "jsonl").stdout)
    assert any(after.values()), "what was said is asked"
    bare = questions(
        shop("lint", file, "--settings", shop.home / "brands" / "bakery.yaml", "--format", "jsonl").stdout
    )
    assert bare == before, "a brand file has no store"
    told = [json.loads(line) for line in shop("replay", file, "--format", "jsonl").stdout.splitlines()]
    accused = {
        one
        for event in told
        if event["event"] == "case-opened" and not event["question"]
        for one in event["external_ids"]
    }
    assert accused == {name for name, question in after.items() if not question}
