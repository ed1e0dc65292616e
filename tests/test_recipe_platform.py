"""CONTRIBUTING.md's recipe for a platform, followed to the letter with one that only the tests have.

The folder is tests/guestbook/, its stage stands in tests/contract/stages/, and the line in the table is written here.
The contract suite runs over it as over the others; here the rest of the program meets it.
"""

from __future__ import annotations

import ast
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner
from fault_stage import KeptMail, brand_file, make_home, working

from benchmarks import structure
from bot.cli import main
from bot.connectors import SITES, sites
from bot.doctor import examine
from bot.errors import ConfigError
from bot.sandbox import Sandbox, SandboxClock, replies, story_of, timeline
from bot.schedule import Scheduler
from bot.settings.home import Home
from bot.settings.starter import brand_schema, env_text

ROOT = Path(__file__).resolve().parents[1]
NAME = "guestbook"
CARD = "Your card 4111 1111 1111 1111 has been charged, order {n}"


@pytest.fixture(autouse=True)
def _the_line_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SITES, NAME, "guestbook")


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """Two entries of the brand and what a customer wrote below the first, on the made-up platform."""
    own = timeline(2, platform=NAME, every=timedelta(minutes=10), text=CARD)
    said = [replace(one, text="~examplebrand is it still warm?") for one in replies(1, to=own[0])]
    story = story_of(*own, *said)
    with Sandbox(story, SandboxClock(story.start + timedelta(hours=1))) as running:
        yield running


def made_home(path: Path, box: Sandbox, **changes: object) -> Home:
    account = {"platform": NAME, "handle": "~examplebrand", "chapter": "one", "monthly_budget": 1, **changes}
    env = {**box.environment(), "OVERSIGHT_GUESTBOOK_PRICE_OWNED": "0.001"}
    return make_home(path, env, brand_file(accounts=[account]))


def test_the_daemon_pulls_judges_and_tells_it(tmp_path: Path, box: Sandbox) -> None:
    home, mail = made_home(tmp_path, box), KeptMail()
    with working(home, box.clock, channel=mail) as work:
        scheduler = Scheduler(work)
        scheduler.plan(box.clock.now())
        scheduler.run_due(box.clock.now())
        (ref,) = home.brands["example"].account_refs()
        assert (ref.platform, ref.handle, ref.options["chapter"]) == (NAME, "examplebrand", "one")
        box.clock.set(box.world.story.start + timedelta(hours=20))
        scheduler.run_due(box.clock.now())
        (client,) = work.store.conversations.find("example")
        assert "somecustomer" in str(client)
    bodies = [message_from_bytes(sent, policy=policy.default) for sent in mail.sent]
    texts = {
        str(body["Subject"]): str(body.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        for body in bodies
    }
    assert "Example: 2 posts need you now" in texts
    digest = next(text for subject, text in texts.items() if "urgent:" in subject)
    assert "Open on The Guestbook" in digest
    assert charges(tmp_path) == [1_000, 1_000, 2_000], (
        "two own entries at the price that .env says, one other's"
    )


def charges(home: Path) -> list[int]:
    """What reading the made-up platform has cost by the store, in millionths of a dollar."""
    query = "SELECT micro_dollars FROM charges WHERE platform = ? ORDER BY micro_dollars"
    with closing(sqlite3.connect(home / "oversight.db")) as connection:
        return [row[0] for row in connection.execute(query, (NAME,))]


def copied_tree(where: Path) -> Path:
    """The program in another place, where the recipe is followed: what it writes to is copied, the rest is linked."""
    for name in ("bot/connectors", "tests/contract"):
        shutil.copytree(ROOT / name, where / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", where)
    for path in (ROOT / "policies", ROOT / "storage", *(ROOT / "bot").iterdir()):
        if path.name not in ("connectors", "__pycache__"):
            (where / path.relative_to(ROOT)).symlink_to(path)
    return where


def follow_the_recipe(where: Path) -> None:
    """A folder and a line; the stage stands in tests/contract/stages/ already."""
    folder = where / "bot" / "connectors" / NAME
    shutil.copytree(ROOT / "tests" / NAME, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"from {NAME}.", f"from bot.connectors.{NAME}."), encoding="utf-8")
    table = where / "bot" / "connectors" / "__init__.py"
    text = table.read_text(encoding="utf-8")
    last = '    "reddit": "bot.connectors.reddit",\n'
    assert text.count(last) == 1
    table.write_text(text.replace(last, f'{last}    "{NAME}": "bot.connectors.{NAME}",\n'), encoding="utf-8")


def test_a_folder_and_a_line_are_enough(tmp_path: Path) -> None:
    """Followed in a copy of the tree: the command line knows it, and the contract suite runs over it."""
    where = copied_tree(tmp_path)
    follow_the_recipe(where)
    runs = (
        ["-c", "from bot.cli import main; main(['sites', '--format', 'jsonl'])"],
        [
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "tests/contract",
            "-k",
            f"{NAME} and (once or seen or inbound)",
        ],
    )
    said = [
        subprocess.run(
            [sys.executable, *arguments], cwd=where, env={"PYTHONPATH": str(where), "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, check=False,
        )
        for arguments in runs
    ]  # fmt: skip
    assert [done.returncode for done in said] == [0, 0], "".join(done.stdout + done.stderr for done in said)
    assert [json.loads(line)["site"] for line in said[0].stdout.splitlines()] == [*SITES]


def test_the_settings_know_it(tmp_path: Path, box: Sandbox) -> None:
    text = env_text()
    assert "The Guestbook: ask its keeper for a token" in text
    assert "# GUESTBOOK_TOKEN=" in text
    assert "# OVERSIGHT_GUESTBOOK_PRICE_POST=0.002" in text
    assert '"const": "guestbook"' in json.dumps(brand_schema())
    with pytest.raises(ConfigError, match=r"Did you mean 'chapter'"):
        made_home(tmp_path / "typo", box, chaptr="one")
    with pytest.raises(ConfigError, match=r"no handle"):
        made_home(tmp_path / "handle", box, handle="Two Words")
    home = made_home(tmp_path / "at", box, handle="~baker@pen.example")
    assert home.brands["example"].accounts[0].handle == "baker@pen.example"


def test_the_doctor_asks_it_who_we_are(tmp_path: Path, box: Sandbox) -> None:
    home = made_home(tmp_path, box)
    said = {finding.what: finding.detail for finding in examine(home.path)}
    assert said["guestbook/examplebrand"] == "The Guestbook answers; we read as ~examplebrand."


def test_the_list_of_sites_names_it() -> None:
    lines = CliRunner().invoke(main, ["sites", "--format", "jsonl"]).stdout.splitlines()
    assert [json.loads(line)["site"] for line in lines] == list(SITES)
    assert json.loads(lines[-1]) == {
        "site": NAME, "inbound": True, "outbound": True, "edits": True, "deletions": True, "private": False,
        "ads": False, "names_author": False, "tried": "loopback", "days_to_key": None, "keep_days": None,
    }  # fmt: skip
    text = CliRunner().invoke(main, ["sites"]).stdout
    assert "The Guestbook" in text
    assert "for 30 minutes" in text


def test_no_file_outside_its_folder_names_a_site() -> None:
    """What a platform is called stands in its own folder, in the table, and in the story that is told on it."""
    told = {*structure.recipes()["platform"], "bot/demo/stage.py"}
    names = {word for site in sites() for word in (site.name, site.title) if len(word) > 1}
    found = []
    for top in ("bot", "policies", "storage"):
        for path in (ROOT / top).rglob("*.py"):
            where = path.relative_to(ROOT).as_posix()
            if where in told or any(where.startswith(f"bot/connectors/{name}/") for name in SITES):
                continue
            texts = [
                n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)
            ]
            found += [f"{where}: {text!r}" for text in texts if text in names]
    assert found == []
