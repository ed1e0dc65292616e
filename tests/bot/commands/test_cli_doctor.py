"""doctor for machines, and doctor of one file: each mistake with its place, a code and the mend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_stage import Cli, brand_file

KEYS = ["check", "state", "file", "line", "column", "code", "message", "mend"]
GOOD = """\
brand: bakery
name: Juniper
time_zone: UTC
people: [{id: maya, name: Maya, role: owner, email: maya@juniper.example}]
"""


def looked(cli: Cli, *args: object) -> tuple[int, list[dict[str, Any]]]:
    result = cli("doctor", *args, "--format", "jsonl")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(list(one) == KEYS for one in found)
    assert {one["state"] for one in found} <= {"ok", "warn", "fail", "skipped"}
    return result.exit_code, found


def test_a_sound_file_is_ok_and_the_rest_is_said_to_be_skipped(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "brand.yaml"
    path.write_text(GOOD)
    code, found = looked(cli, "--settings", path)
    states = {one["check"]: one["state"] for one in found}
    assert code == 0
    assert states["settings"] == states["hours"] == states["policies"] == "ok"
    assert states["store"] == states["mail server"] == "skipped"
    assert not (cli.home / "oversight.db").exists()
    assert "All is well." in cli("doctor", "--settings", path).stdout


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("answer_within: 2", 16, "bad-value"),
        ("colour: red", 1, "unknown-field"),
        ("accounts: [{platform: x}]", 12, "missing-field"),
        ("policies: [costumer-care]", 12, "unknown-pack"),
        ("digest: {times: [18]}", 18, "bad-value"),
        ("hours: {mon: [09:00-13:00}", 26, "bad-yaml"),
    ],
)
def test_each_mistake_has_its_place_a_code_and_the_mend(
    cli: Cli, tmp_path: Path, line: str, column: int, code: str
) -> None:
    path = tmp_path / "brand.yaml"
    path.write_text(f"{GOOD}{line}\n")
    exit_code, found = looked(cli, "--settings", path)
    (wrong,) = (one for one in found if one["state"] == "fail")
    assert exit_code == 1
    assert (wrong["check"], wrong["file"], wrong["line"]) == ("settings", str(path), 5)
    assert (wrong["column"], wrong["code"]) == (column, code)
    assert wrong["mend"]
    assert f"{path}:5:{column}: " in cli("doctor", "--settings", path).stdout


def test_days_that_are_closed_because_nobody_named_them_are_said(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "brand.yaml"
    path.write_text(GOOD + "hours: {mon: '09:00-17:00', tue: '09:00-17:00'}\n")
    code, found = looked(cli, "--settings", path)
    (hours,) = (one for one in found if one["check"] == "hours")
    assert (code, hours["state"], hours["code"]) == (0, "warn", "closed-by-silence")
    assert "wed, thu, fri, sat, sun are not named" in hours["message"]
    path.write_text(GOOD + "hours: {sat: closed}\n")
    assert "hours: round the clock, save sat" in cli("doctor", "--settings", path).stdout


def test_a_rule_that_does_not_load_is_named_with_its_place(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    rules = tmp_path / "ours" / "rules.yaml"
    rules.write_text("pack: {name: ours}\nrules: [{id: a}]\n")
    path = tmp_path / "brand.yaml"
    path.write_text(GOOD + "policies: [ours]\n")
    code, found = looked(cli, "--settings", path)
    wrong = [one for one in found if one["state"] == "fail"]
    assert code == 1
    assert {(one["check"], one["file"]) for one in wrong} == {("policies", str(rules.resolve()))}
    assert all(one["line"] for one in wrong)


def test_a_home_with_mistakes_in_several_files_names_each(cli: Cli) -> None:
    cli.set_up(brand_file(time_zone="Mars"))
    (cli.home / ".env").write_text("OVERSIGHT_LISTEN_PORT=many\n")
    code, found = looked(cli, "--offline")
    assert code == 1
    places = {(Path(one["file"]).name, one["code"]) for one in found if one["state"] == "fail"}
    assert places == {("bakery.yaml", "bad-value"), (".env", "bad-setting")}
    assert all(one["line"] for one in found)
