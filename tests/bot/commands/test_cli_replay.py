"""`oversight replay` on the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from cli_stage import Cli, brand_file, post
from rich.console import Console

CARD = "Your card 4111 1111 1111 1111 is noted."


def test_the_brand_of_the_settings_is_replayed_without_a_home(cli: Cli, tmp_path: Path) -> None:
    settings = tmp_path / "brand.yaml"
    settings.write_text(json.dumps(brand_file(policies=["starter", "./own"])))  # JSON is YAML
    rule = {"id": "bread", "title": "Speaks of bread", "topic": "bread", "severity": "breach"}
    rule |= {"why": "The owner is tired of it.", "say": "Speaks of it: {words}", "suggest": "Speak of cake."}
    rule |= {"check": {"terms": ["bread"]}, "cases": {"flag": ["Our bread."], "ok": ["Our cake."]}}
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pack.yaml").write_text(
        json.dumps({"pack": {"title": "Our own", "about": "What the owner minds."}, "rules": [rule]})
    )
    file = cli.write(post(1, CARD), post(2))
    result = cli("replay", file, "--settings", settings, "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["to"] for event in events if event["event"] == "alert"] == ["owner"]
    assert {event["rule"] for event in events if event["external_ids"] == ["p2"]} == {"bread"}
    assert not (cli.home / "oversight.db").exists()
    assert not (cli.home / "mail").exists()


def test_the_home_s_own_brand_is_replayed_in_words_and_its_store_is_not_touched(cli: Cli) -> None:
    cli.set_up()
    result = cli("replay", cli.write(post(1, CARD)))
    assert result.exit_code == 0, result.stderr
    assert "to the owner: case 1, Urgent" in result.stdout
    assert not (cli.home / "oversight.db").exists()


def test_a_bar_on_a_terminal_leaves_the_events_on_standard_output(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr("bot.commands.replay.console", Console(file=terminal, force_terminal=True, width=80))
    result = cli("replay", cli.write(post(1, CARD)), "--format", "jsonl")
    assert '"event": "alert"' in result.stdout
    assert "Nov" in terminal.getvalue()
    assert "event" not in terminal.getvalue()


def test_without_any_settings_somebody_owns_the_archive(cli: Cli) -> None:
    result = cli("replay", cli.write(post(1, CARD)), "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    assert "alert" in result.stdout


def test_bad_lines_are_left_out_by_number_and_the_rest_is_replayed(cli: Cli) -> None:
    result = cli("replay", cli.write(post(1, CARD), more="{broken\n"), "--format", "jsonl")
    assert result.exit_code == 1
    assert "line 2: is no JSON" in result.stderr
    assert '"event": "alert"' in result.stdout


def test_years_without_end_are_refused_rather_than_lived_through(cli: Cli) -> None:
    years = (post(n, created_at=f"{year}-01-01T00:00:00Z") for n, year in enumerate((2022, 2024, 2026)))
    refused = cli("replay", cli.write(*years))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "too long to live through" in refused.stderr


@pytest.mark.parametrize("at", ["1991-01-01T00:00:00Z", "2099-12-31T23:59:59Z"])
@pytest.mark.parametrize("which", ["created_at", "edited_at", "deleted_at"])
def test_one_time_years_from_the_others_is_left_out_by_number(cli: Cli, at: str, which: str) -> None:
    lines = cli.write(post(1, CARD), post(2), post(3), post(4, **{which: at}))
    rest = cli("replay", lines, "--format", "jsonl")
    assert rest.exit_code == 1
    assert f"line 4: {which} is {at[:10]}, years from the other posts" in rest.stderr
    assert '"event": "alert"' in rest.stdout


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_line_of_no_year_of_ours_is_left_out(cli: Cli, at: str) -> None:
    rest = cli("replay", cli.write(post(1, CARD), post(2, created_at=at)), "--format", "jsonl")
    assert rest.exit_code == 1
    assert "line 2: created_at is" in rest.stderr
    assert '"event": "alert"' in rest.stdout


def test_a_file_without_posts_and_settings_with_mistakes_are_refused(cli: Cli, tmp_path: Path) -> None:
    nothing = cli("replay", cli.write(more="\n"))
    assert (nothing.exit_code, nothing.stdout) == (2, "")
    assert "no post to replay" in nothing.stderr
    settings = tmp_path / "brand.yaml"
    settings.write_text("brand: crumb\nname: Crumb\n")
    refused = cli("replay", cli.write(post(1)), "--settings", settings)
    assert refused.exit_code == 2
    assert "brand.yaml:" in refused.stderr
