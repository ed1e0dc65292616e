"""Numbers that must not leak: what commands print and write has the last four digits, the store keeps the text."""

from __future__ import annotations

import json

import pytest
from cli_stage import Cli, post

CARD = "4111 1111 1111 1111"
ACCOUNT = "de89370400440532013000"
TEXT = f"Your card {CARD} 12/26 was charged, or pay to {ACCOUNT} please"


@pytest.mark.parametrize(
    "command",
    [
        ("lint", "FILE", "--pack", "starter"),
        ("lint", "FILE", "--pack", "starter", "--format", "jsonl"),
        ("replay", "FILE"),
        ("replay", "FILE", "--format", "jsonl"),
        ("search", "charged"),
        ("case", "list"),
        ("case", "show", "1"),
        ("digest", "--preview", "MAILS"),
        ("export", "findings"),
        ("export", "findings", "--format", "csv"),
    ],
)
def test_what_is_shown_has_the_last_four_digits(cli: Cli, command: tuple[str, ...]) -> None:
    cli.set_up()
    file, mails = cli.write(post(1, TEXT)), cli.home / "mails"
    cli("import", file, "--brand", "bakery")
    places = {"FILE": str(file), "MAILS": str(mails)}
    result = cli(*(places.get(word, word) for word in command))
    shown = result.stdout + "".join(one.read_text(encoding="utf-8") for one in mails.glob("*.[ht]*"))
    shown = shown.replace("\\u2022", "•").replace("&#8226;", "•")
    assert "4111" not in shown
    assert "0130" not in shown
    assert "•••• •••• •••• 1111" in shown


def test_lint_masks_every_number_that_a_rule_calls_personal(cli: Cli) -> None:
    told = "Thanks Ann, we will call (415) 555-2671 tonight"
    file = cli.write(post(1, told, kind="reply", parent_id="p0"))
    row = json.loads(cli("lint", file, "--pack", "starter", "--format", "jsonl").stdout)
    [found] = [one for one in row["findings"] if one["rule"] == "contact-details-in-reply"]
    assert found["shown"] == "(•••) •••-2671"
    assert "555" not in found["message"]
    assert told[found["start"] : found["end"]] == "(415) 555-2671"


def test_posts_are_exported_as_they_were(cli: Cli) -> None:
    cli.set_up()
    cli("import", cli.write(post(1, TEXT)), "--brand", "bakery")
    assert json.loads(cli("export", "posts").stdout)["text"] == TEXT
