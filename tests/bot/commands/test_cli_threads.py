"""`oversight threads` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_stage import Cli, brand_file, post

FORM = (
    "thread_id platform account asker asked_at first_answer_s business_s state "
    "needs_owner complaint brushed_off reason"
)


def said(number: int, text: str, **more: object) -> dict[str, object]:
    return post(number, text, direction="inbound", author="anna", **more)


def told(cli: Cli, *posts: dict[str, object], **options: object) -> list[dict[str, object]]:
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    result = cli("threads", cli.write(*posts), *words, "--format", "jsonl")
    assert result.exit_code in {0, 1}, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_conversation_has_one_line_of_the_stable_form(cli: Cli) -> None:
    (one,) = told(cli, said(1, "Are you open on Monday?"))
    assert " ".join(one) == FORM
    assert one["state"] == "waiting"
    assert (one["asker"], one["first_answer_s"], one["business_s"]) == ("anna", None, None)
    assert not (cli.home / "oversight.db").exists()


def test_an_answer_is_timed_by_the_clock_and_by_opening_hours(cli: Cli, tmp_path: Path) -> None:
    settings = tmp_path / "brand.yaml"
    settings.write_text(
        json.dumps(brand_file(time_zone="UTC", hours={"mon": "09:00-17:00", "tue": "09:00-17:00"}))
    )
    asked = said(1, "Are you open on Sunday?", created_at="2026-11-16T16:30:00Z")  # a Monday
    answer = post(
        2, "No, on Saturday.", kind="reply", parent_id="p1", thread_id="p1", created_at="2026-11-17T09:15:00Z"
    )
    (one,) = told(cli, asked, answer, settings=settings)
    assert (one["first_answer_s"], one["business_s"]) == (60_300, 2_700)
    assert one["state"] == "answered"


def test_the_store_is_read_where_no_file_is_named(cli: Cli) -> None:
    cli.set_up()
    assert cli("import", cli.write(said(1, "Where is my cake?")), "--brand", "bakery").exit_code == 0
    result = cli("threads", "--days", "3660", "--format", "jsonl")
    assert [json.loads(line)["thread_id"] for line in result.stdout.splitlines()] == ["p1"], result.stderr


def test_an_unreadable_line_is_told_and_the_rest_is_kept(cli: Cli) -> None:
    file = cli.write(said(1, "Open?"))
    file.write_text(file.read_text() + "{broken\n")
    result = cli("threads", file)
    assert result.exit_code == 1
    assert "line 2" in result.stderr
    assert "Open?" in result.stdout


@pytest.mark.parametrize("time", ["yesterday", "2026-13-01"])
def test_a_time_that_is_none_is_refused_with_its_mend(cli: Cli, time: str) -> None:
    result = cli("threads", cli.write(said(1, "Open?")), "--now", time)
    assert result.exit_code == 2
    assert "2026-11-28T09:00:00Z" in result.stderr
