"""init, doctor and mistakes in files: everything at once, with its place and the mend, and no traceback."""

from __future__ import annotations

import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cli_stage import Cli, brand_file, post

from bot.doctor import Soundness, examine
from bot.sandbox import Fault, FaultKind, Sandbox, SandboxClock, story_of, timeline
from bot.wiring import utc_now

BRAND = "brands/bakery.yaml"


def test_init_answers_by_options_and_doctor_is_content(cli: Cli) -> None:
    given = [
        "--name",
        "Juniper & Rye",
        "--owner",
        "Maya",
        "--email",
        "maya@example.org",
        "--time-zone",
        "Europe/Berlin",
    ]
    result = cli("init", "--yes", *given)
    assert result.exit_code == 0, result.output
    assert (cli.home / ".env").stat().st_mode & 0o077 == 0
    written = (cli.home / "brands/juniper-rye.yaml").read_text()
    for shown in ("marks: []", "policies:\n- starter\n", "sat: closed"):
        assert shown in written, "what most people change stands there to be changed"
    checked = cli("doctor", "--offline")
    assert checked.exit_code == 0, checked.output
    assert "All is well." in checked.stdout


def test_init_asks_again_where_an_answer_cannot_be_used(cli: Cli) -> None:
    answers = (
        "Juniper & Rye\nMaya\nnot an address\nmaya@example.org\nMars\nEurope/Berlin\n@juniperandrye\n\n\n"
    )
    result = cli("init", input=answers)
    assert result.exit_code == 0, result.output
    assert "is no e-mail address" in result.output
    assert "there is no time zone 'Mars'" in result.output
    assert "handle: juniperandrye" in (cli.home / "brands/juniper-rye.yaml").read_text()


def test_a_second_brand_joins_the_first_and_keeps_its_keys(cli: Cli) -> None:
    cli("init", "--yes", "--name", "One", "--email", "one@example.org")
    env = (cli.home / ".env").read_bytes()
    result = cli("init", "--yes", "--name", "Two", "--email", "two@example.org")
    assert result.exit_code == 0, result.output
    assert (cli.home / ".env").read_bytes() == env
    again = cli("init", "--yes", "--name", "Two", "--email", "two@example.org")
    assert again.exit_code == 2
    assert "two.yaml is there already" in again.stderr
    unnamed = cli("roster")
    assert unnamed.exit_code == 2
    assert "Known brands: one, two" in unnamed.stderr


def test_without_a_home_each_command_says_what_to_do_and_makes_nothing(cli: Cli) -> None:
    for command in (
        "roster",
        "pull",
        "check",
        "digest",
        "case list",
        "search x",
        "export posts",
        "link maya",
        "run",
    ):
        result = cli(*command.split())
        assert result.exit_code == 2, command
        assert "oversight init" in result.stderr, command
    assert cli("doctor", "--offline").exit_code == 1
    assert not (cli.home / "oversight.db").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text + "colour: red\n", "colour"),
        (lambda text: text + "name: Again\n", "name"),
        (lambda text: text.replace("America/New_York", "Mars"), "no time zone"),
        (lambda text: text.replace("id: theo", "id: maya"), "twice"),
        (lambda text: text.replace("maya@example.org", "maya"), "is no e-mail address"),
        (lambda text: text.replace("id: tk", "id: T K"), "is no short name"),
        (lambda text: text + "extra: [\n", ""),
        (lambda text: "", ""),
        (lambda text: "- a\n- list\n", ""),
        (lambda text: "brand: " + "[" * 10_000, ""),
        (lambda text: "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n", ""),
        (lambda text: "brand: !!python/object/apply:os.system ['true']\n", ""),
        (lambda text: text + "# " + "x" * 9_000_000, ""),
        (lambda text: text.encode("utf-16").decode("latin-1"), ""),
    ],
)
def test_a_mistake_in_brand_yaml_is_named_with_its_place(cli: Cli, change, words: str) -> None:  # type: ignore[no-untyped-def]
    cli.set_up()
    path = cli.home / BRAND
    path.write_text(change(path.read_text()), encoding="utf-8")
    for command in ("doctor", "roster"):
        result = cli(command)
        assert result.exit_code in (1, 2)
        assert f"{path}:" in result.output
        assert words in result.output


def test_mistakes_in_all_files_come_at_once(cli: Cli) -> None:
    cli.set_up()
    path = cli.home / BRAND
    path.write_text(path.read_text().replace("America/New_York", "Mars") + "colour: red\n")
    (cli.home / ".env").write_text("OVERSIGHT_LISTEN_PORT=many\nOVERSIGHT_LINK_DAY=1\n")
    result = cli("roster")
    assert result.exit_code == 2
    for words in ("Mars", "colour", ".env:2:1", "OVERSIGHT_LINK_DAYS"):
        assert words in result.stderr


def test_a_policy_that_does_not_load_is_named_and_stops_the_service(cli: Cli) -> None:
    cli.set_up(brand_file(policies=["starter", "policies/ours"]))
    result = cli("run")
    assert result.exit_code == 2
    assert "policies/ours" in result.stderr


def test_missing_link_keys_are_said_by_doctor_and_by_links(cli: Cli) -> None:
    cli.set_up()
    (cli.home / ".env").write_text("")
    for command in (["doctor", "--offline"], ["link", "maya"], ["run"]):
        result = cli(*command)
        assert result.exit_code in (1, 2)
        assert "OVERSIGHT_LINK_KEYS is not set" in result.output


@pytest.mark.parametrize(("platform", "words"), [("x", "X_BEARER_TOKEN"), ("reddit", "REDDIT_CLIENT_ID")])
def test_missing_platform_keys_are_said_and_noted_as_not_checked(
    cli: Cli, tmp_path: Path, platform: str, words: str
) -> None:
    cli.set_up(brand_file(accounts=[{"platform": platform, "handle": "juniperandrye"}]))
    result = cli("pull")
    assert result.exit_code == 1
    assert words in result.stdout
    assert cli("digest", "--preview", tmp_path / "preview").exit_code == 0
    assert "There are no keys" in (tmp_path / "preview" / "digest.txt").read_text()


@pytest.fixture
def box() -> Sandbox:  # type: ignore[misc]
    story = story_of(*timeline(12))
    with Sandbox(story, SandboxClock(story.end)) as running:
        yield running  # type: ignore[misc]


def on_x(cli: Cli, box: Sandbox, token: str) -> None:
    account = {"platform": "x", "handle": "examplebrand", "first_days": 365}
    cli.set_up(brand_file(accounts=[account]), X_BEARER_TOKEN=token, X_API_URL=box.url("x"))


@pytest.mark.fault(31)
def test_a_dead_token_is_said_everywhere_and_shown_nowhere(cli: Cli, box: Sandbox, tmp_path: Path) -> None:
    on_x(cli, box, "canary-dead-token")
    pulled, checked = cli("pull"), cli("doctor")
    assert pulled.exit_code == checked.exit_code == 1
    assert "x/examplebrand" in pulled.stdout
    assert "FAIL x/examplebrand" in checked.stdout
    assert cli("digest", "--preview", tmp_path / "preview").exit_code == 0
    text = (tmp_path / "preview" / "digest.txt").read_text()
    assert "all clean" not in text
    assert "examplebrand" in text
    for shown in (pulled.output, checked.output, text):
        assert "canary" not in shown


def test_a_living_token_reads_everything_once(cli: Cli, box: Sandbox) -> None:
    on_x(cli, box, box.fake("x").keys.bearer_token)
    assert "read to the end" in cli("pull").stdout
    assert cli("pull").exit_code == 0
    assert cli("export", "posts").stdout.count("\n") == 12
    assert "12 posts judged" in cli("check").stdout
    assert "0 posts judged" in cli("check").stdout


def test_a_platform_that_is_down_fails_the_pull_and_the_next_one_catches_up(cli: Cli, box: Sandbox) -> None:
    on_x(cli, box, box.fake("x").keys.bearer_token)
    box.faults.add(Fault(kind=FaultKind.UNAVAILABLE, times=None))
    assert cli("pull").exit_code == 1
    box.faults.clear()
    assert cli("pull").exit_code == 0
    assert cli("export", "posts").stdout.count("\n") == 12


def test_no_accounts_is_said_and_no_failure(cli: Cli) -> None:
    cli.set_up()
    result = cli("pull")
    assert result.exit_code == 0
    assert "no accounts to pull" in result.stderr
    assert "note bakery: no accounts" in cli("doctor").stdout


def test_an_account_that_published_nothing_is_read_to_the_end(cli: Cli, tmp_path: Path) -> None:
    with Sandbox(story_of()) as box:
        on_x(cli, box, box.fake("x").keys.bearer_token)
        assert "read to the end" in cli("pull").stdout
        assert cli("digest", "--preview", tmp_path / "preview").exit_code == 0


def test_doctor_sees_a_clock_that_went_back_a_day(cli: Cli) -> None:
    cli.set_up()
    assert cli("digest").exit_code == 0
    with time_machine.travel(utc_now() - timedelta(days=1)):
        result = cli("doctor", "--offline")
    assert result.exit_code == 1
    assert "FAIL clock" in result.stdout
    assert "timedatectl" in result.stdout
    assert cli("doctor", "--offline").exit_code == 0


def test_doctor_sees_a_clock_that_differs_from_the_platforms(
    cli: Cli, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_x(cli, box, box.fake("x").keys.bearer_token)
    theirs = utc_now()  # the sandbox dates its answers by the machine's clock
    for ahead, right in ((timedelta(0), True), (timedelta(days=1), False), (timedelta(days=-1), False)):
        monkeypatch.setattr("bot.doctor.installation.utc_now", lambda ahead=ahead: theirs + ahead)
        clocks = [f for f in examine(cli.home) if f.what == "clock"]
        assert [f.state for f in clocks] == [Soundness.OK if right else Soundness.FAIL], (ahead, clocks)


def test_pages_are_where_links_lead(cli: Cli) -> None:
    cli.set_up(OVERSIGHT_LISTEN_PORT="9091")
    assert "links: http://127.0.0.1:9091 opens" in cli("doctor", "--offline").stdout
    with (cli.home / ".env").open("a") as stream:
        stream.write("OVERSIGHT_BASE_URL=http://127.0.0.1:8080\n")
    said = cli("doctor", "--offline").stdout
    assert "links lead to http://127.0.0.1:8080, and the pages listen on port 9091" in said
    assert "Write port 9091" in said


def test_doctor_sees_a_clock_from_before_this_release(cli: Cli) -> None:
    cli.set_up()
    with time_machine.travel("2020-01-01T00:00:00+00:00"):
        assert "FAIL clock" in cli("doctor", "--offline").stdout


def test_doctor_sees_a_placeholder_address_a_damaged_store_and_a_broken_audit_log(cli: Cli) -> None:
    cli.set_up(
        brand_file(people=[{"id": "owner", "name": "Owner", "role": "owner", "email": "owner@example.com"}])
    )
    cli("import", cli.write(post(1, "You are an idiot, shut up.")), "--brand", "bakery")
    assert "still mails owner@example.com" in cli("doctor", "--offline").stdout
    with sqlite3.connect(cli.home / "oversight.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            if "audit" in name:
                connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit_log SET actor = 'nobody' WHERE seq = 1")
    connection.close()
    assert "audit log does not verify" in cli("doctor", "--offline").stdout
    (cli.home / "oversight.db").write_bytes(b"this is no store" * 512)
    result = cli("doctor", "--offline")
    assert result.exit_code == 1
    assert "FAIL store" in result.stdout
    assert "backup" in result.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_home_that_is_closed_to_us_is_said(cli: Cli) -> None:
    cli.set_up()
    (cli.home / ".env").chmod(0)
    assert ".env" in cli("roster").stderr
