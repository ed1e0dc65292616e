"""`oversight policy learned` and what `oversight policy test` makes of it."""

from __future__ import annotations

import json

from cli_stage import Cli, brand_file, post

from bot.jobs.learn import write_lessons
from bot.settings.home import learned_file, load_home
from bot.wiring import engine_for, opened_store, utc_now
from policies.model.cases.flagged import FlaggedAction

BAD = "You are an idiot,\n\x1b[31m“shut up”: #1 🥐"


def learn(cli: Cli, action: FlaggedAction = FlaggedAction.FALSE_ALARM, brand: str = "bakery") -> None:
    """The owner settles case 1 and wants its text remembered; the daemon's job writes it down."""
    home = load_home(cli.home, process={})
    with opened_store(home) as store:
        owner = next(person for person in store.brands.people(brand) if person.id == "maya")
        store.cases.act(brand, 1, action, person=owner, note="", now=utc_now(), remember=True)
        write_lessons(store, brand, learned_file(home.path, brand), now=utc_now())


def test_examples_are_listed_tested_and_dropped(cli: Cli) -> None:
    cli.set_up()
    assert "Nothing was kept yet." in cli("policy", "learned").stdout
    cli("import", cli.write(post(1, BAD)), "--brand", "bakery")
    calm = cli("policy", "test", "--no-model").stdout
    learn(cli)
    listed = cli("policy", "learned", "--brand", "bakery")
    assert "You are an idiot" in listed.stdout
    assert "must be left alone" in listed.stdout
    assert "\x1b" not in listed.stdout
    rows = [json.loads(line) for line in cli("policy", "learned", "--format", "jsonl").stdout.splitlines()]
    assert {(row["case"], row["decided_by"], row["example"]["text"]) for row in rows} == {(1, "maya", BAD)}
    tested = cli("policy", "test", "--no-model")
    assert tested.exit_code == 1
    assert "Learned from case 1, decided by maya" in tested.stdout
    assert "Learned from" not in cli("policy", "test", "--no-model", "--pack", "starter").stdout
    named = cli("policy", "test", "--no-model", "--brand", "bakery", "--pack", "starter")
    assert named.stdout == tested.stdout

    dropped = cli("policy", "learned", "--drop", "1")
    assert "forgotten" in dropped.stdout
    assert "Nothing was kept yet." in cli("policy", "learned").stdout
    assert BAD.split(",")[0] not in learned_file(cli.home, "bakery").read_text(encoding="utf-8")
    assert cli("policy", "test", "--no-model").stdout == calm
    again = cli("policy", "learned", "--drop", "1")
    assert again.exit_code == 2
    assert "no example from case 1" in again.stderr


def test_what_was_rightly_found_holds(cli: Cli) -> None:
    cli.set_up()
    cli("import", cli.write(post(1, "You are an idiot, shut up.")), "--brand", "bakery")
    before = cli("policy", "test", "--no-model").stdout
    learn(cli, FlaggedAction.UPHOLD)
    tested = cli("policy", "test", "--no-model")
    assert "Learned from" not in tested.stdout
    assert tested.stdout != before, "it was run among the others"


def test_examples_do_not_stop_the_rules_from_loading_nor_change_their_version(cli: Cli) -> None:
    cli.set_up()
    cli("import", cli.write(post(1, BAD)), "--brand", "bakery")
    home = load_home(cli.home, process={})
    before = engine_for(home.brands["bakery"], home.path).rulebook.version
    learn(cli)
    assert engine_for(home.brands["bakery"], home.path).rulebook.version == before
    learned_file(cli.home, "bakery").write_text("learned: [oops", encoding="utf-8")
    assert engine_for(home.brands["bakery"], home.path).rulebook.version == before
    tested = cli("policy", "test", "--no-model")
    assert tested.exit_code == 2
    assert "bakery.yaml:2:1: is not YAML" in tested.stderr
    assert "FAIL examples" in cli("doctor", "--offline").stdout


def test_brands_keep_their_examples_apart(cli: Cli) -> None:
    cli.set_up()
    cli("import", cli.write(post(1, BAD)), "--brand", "bakery")
    learn(cli)
    florist = json.dumps(brand_file(brand="florist"))
    (cli.home / "brands" / "florist.yaml").write_text(florist, encoding="utf-8")
    assert cli("policy", "learned").exit_code == 2
    assert "Nothing was kept yet." in cli("policy", "learned", "--brand", "florist").stdout
    assert "Learned from" in cli("policy", "test", "--no-model", "--brand", "bakery").stdout
    assert "Learned from" not in cli("policy", "test", "--no-model", "--brand", "florist").stdout
    unknown = cli("policy", "test", "--no-model", "--brand", "nosuch")
    assert unknown.exit_code == 2
    assert "Known brands: bakery, florist" in unknown.stderr
