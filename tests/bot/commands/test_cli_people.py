"""case, roster, link, digest and score: what people read."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cli_stage import Cli, post

sys.path.append(str(Path(__file__).parents[1] / "channels"))
from mail_servers import Inbox, smtp_server

BAD = "You are an idiot, shut up."


def test_the_roster_and_links_know_people_by_id(cli: Cli) -> None:
    cli.set_up()
    roster = cli("roster").stdout
    assert "Tom [x]" in roster
    assert "^TK" in roster
    assert "/l/" in cli("link", "maya").stdout
    assert "/l/" in cli("link", "tk").stdout
    for name, words in (("nobody", "Known: maya, theo, tk"), ("theo", "is staff")):
        result = cli("link", name)
        assert result.exit_code == 2
        assert words in result.stderr


def test_a_case_can_be_listed_and_shown(cli: Cli) -> None:
    cli.set_up()
    assert "Nothing waits." in cli("case", "list").stdout
    cli("import", cli.write(post(1, f"[bold]{BAD}\x1b[31m")), "--brand", "bakery")
    listed = cli("case", "list").stdout
    assert "[bold]You are an idiot" in listed
    assert "Off-brand" in listed  # as pages and mails call it
    assert "\x1b" not in listed
    shown = cli("case", "show", "1").stdout
    assert "x/juniperandrye/p1" in shown
    assert "why:" in shown
    missing = cli("case", "show", "99")
    assert missing.exit_code == 2
    assert "no case 99" in missing.stderr


def test_cases_of_every_kind_are_listed_for_machines(cli: Cli) -> None:
    cli.set_up()
    cli("import", cli.write(post(1, f"{BAD} ^LB")), "--brand", "bakery")
    lines = [json.loads(line) for line in cli("case", "list", "--format", "jsonl").stdout.splitlines()]
    flagged, stranger = sorted(lines, key=lambda line: line["kind"])
    assert list(flagged) == [
        *("case", "kind", "subject", "state", "waits_for", "opened_at", "due_at", "external_ids", "thread_id")
    ]
    assert (flagged["kind"], flagged["subject"], flagged["waits_for"]) == (
        "post",
        "x/juniperandrye/p1",
        "agency",
    )
    assert (stranger["kind"], stranger["subject"], stranger["waits_for"], stranger["due_at"]) == (
        "unknown-signer",
        "^LB",
        "owner",
        None,
    )
    assert flagged["external_ids"] == stranger["external_ids"] == ["p1"]
    only = cli("case", "list", "--kind", "unknown-signer", "--format", "jsonl").stdout
    assert [json.loads(line) for line in only.splitlines()] == [stranger]
    assert "^LB" in cli("case", "list", "--kind", "unknown-signer").stdout
    assert cli("case", "list", "--kind", "nonsense").exit_code == 2
    shown = cli("case", "show", str(stranger["case"])).stdout
    assert "unknown-signer: '^LB'" in shown
    assert "open, waits for owner" in shown


def test_a_digest_without_a_mail_server_is_kept_as_a_file(cli: Cli) -> None:
    cli.set_up()
    assert cli("digest").exit_code == 0
    assert len(list((cli.home / "mail").glob("*.eml"))) == 1


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        ("250 OK", 0, "on its way"),
        ("451 4.3.0 try later", 1, "did not take the digest yet"),
        ("550 5.1.1 no such user", 1, "refused the digest for good"),
    ],
)
def test_what_became_of_a_digest_is_said(cli: Cli, reply: str, code: int, words: str) -> None:
    inbox = Inbox(on_data=[reply])
    with smtp_server(inbox) as port:
        cli.set_up(
            OVERSIGHT_SMTP_HOST="127.0.0.1", OVERSIGHT_SMTP_PORT=str(port), OVERSIGHT_SMTP_SECURITY="none"
        )
        result = cli("digest")
        checked = cli("doctor")
    assert result.exit_code == code
    assert words in result.stdout
    assert ("FAIL mail" in checked.stdout) is reply.startswith("550")
    assert len(inbox.taken) == (code == 0)


def test_doctor_says_when_the_mail_server_is_not_there(cli: Cli) -> None:
    cli.set_up(OVERSIGHT_SMTP_HOST="127.0.0.1", OVERSIGHT_SMTP_PORT="1", OVERSIGHT_SMTP_SECURITY="none")
    result = cli("doctor")
    assert result.exit_code == 1
    assert "FAIL mail server" in result.stdout


def test_every_text_gets_a_reading_on_one_line(cli: Cli) -> None:
    lines = (
        json.dumps(post(1, "I love this bread"))
        + "\nplain words\n\n"
        + json.dumps(post(2, "🔥\x1b\u2028"))
        + "\n"
    )
    result = cli("score", "-", input=lines)
    assert result.exit_code == 0, result.output
    readings = [json.loads(line) for line in result.stdout.split("\n")[:-1]]
    assert [r["external_id"] for r in readings] == ["p1", "2", "p2"]
    assert readings[0]["sentiment"]["label"] == "positive"
    assert abs(sum(readings[0]["sentiment"]["scores"].values()) - 1) < 0.01
    assert "\x1b" not in result.stdout


def test_a_bad_line_does_not_keep_the_others_from_being_scored(cli: Cli) -> None:
    result = cli(
        "score", "-", input='{"platform": "x"}\ngood words\n' + json.dumps(post(3, "x" * 100_000)) + "\n"
    )
    assert result.exit_code == 2
    assert "line 1" in result.stderr
    assert result.stdout.count("\n") == 2


def test_a_text_alone_can_be_scored(cli: Cli) -> None:
    result = cli(
        "score", "-", input='{"text": "Lovely!"}\n\n{"external_id": 7, "text": "Awful.", "mine": 1}\n'
    )
    assert result.exit_code == 0, result.output
    assert [json.loads(line)["external_id"] for line in result.stdout.splitlines()] == ["1", "7"]


def test_a_lone_surrogate_can_be_scored(cli: Cli) -> None:
    result = cli("score", "-", input=json.dumps(post(1, "half \ud83d of it")) + "\n")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["external_id"] == "p1"
