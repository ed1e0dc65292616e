"""Links and pictures in the check job, on the command line and in doctor: asked where a rule asks, and only there."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from drawing import picture
from fault_stage import brand_file, make_home, working
from internet import OTHER, Internet

from bot.commands.rules.lint import lint
from bot.commands.rules.policy import policy
from bot.commands.rules.tools import RuleTools
from bot.doctor import Soundness, examine
from bot.jobs.check import check
from bot.jobs.work import Work
from bot.judging.facts.find import NOT_INSTALLED, Facts, facts_from
from bot.judging.facts.reader import PictureReader, installed
from policies.import_format import read_lines
from policies.model.coverage import Why
from policies.model.finding import Severity
from policies.model.keys import AccountKey, StreamKey

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
DEAD = {"link": {"dead": True}}
WORDS = {"media": {"words": ["best in town"]}}
RULE = {
    "id": "asks",
    "title": "Asks",
    "topic": "a-topic",
    "severity": "breach",
    "why": "Because of the test.",
}


def pack(folder: Path, check: dict[str, Any], **changes: Any) -> Path:
    """A pack of one rule."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pack.yaml"
    path.write_text(yaml.safe_dump({"rules": [{**RULE, "check": check, **changes}]}), encoding="utf-8")
    return path


@contextmanager
def at_work(tmp_path: Path, facts: Facts, check: dict[str, Any], **changes: Any) -> Iterator[Work]:
    """The jobs' surroundings with one rule, no accounts and the small internet."""
    pack(tmp_path / "home" / "ours", check, **changes)
    home = make_home(tmp_path / "home", {}, brand_file(accounts=[], policies=["ours/pack.yaml"]))
    with working(home, lambda: NOW) as work:
        yield replace(work, facts=facts)


def line(number: int, text: str, **changes: Any) -> str:
    """One post in the import format."""
    post = {"platform": "x", "account": "b", "external_id": f"p{number}", "direction": "outbound", "kind": "post",
            "author": "b", "created_at": f"2026-06-03T10:{number:02}:00Z", "text": text, **changes}  # fmt: skip
    return json.dumps(post)


def judged(work: Work, *lines: str) -> dict[str, str]:
    """Save posts and judge them: the message of each finding by the post's id."""
    posts = [one.post for one in read_lines(lines)]
    assert all(posts)
    saved = [post for post in posts if post]
    stream = StreamKey(account=AccountKey(platform="x", handle="b"), stream="own")
    work.store.posts.save("example", stream, saved, cursor=None, now=NOW)
    while check(work, "example", NOW).next_due_at <= NOW:
        pass
    period = {"since": NOW - timedelta(hours=1), "until": NOW + timedelta(hours=1)}
    found = work.store.periods.findings("example", **period, at_least=Severity.INFO, limit=100)
    return {one.finding.post.external_id: one.finding.message for one, _ in found}


def notes(work: Work) -> list[tuple[Why, str, int | None]]:
    """What was not checked."""
    found = work.store.periods.unchecked(
        "example", since=NOW - timedelta(hours=1), until=NOW + timedelta(hours=1)
    )
    return [(note.why, note.detail, note.count) for note in found]


def test_a_shared_post_that_was_cut_is_said_to_be_unread(net: Internet, tmp_path: Path) -> None:
    with at_work(tmp_path, facts_from(net.network(), reader=None), DEAD) as work:
        cut, whole = "RT @guest: what a surprise it was to see\u2026", "RT @guest: what a surprise"
        judged(work, line(1, cut), line(2, whole), line(3, "Our own words\u2026"))
        assert [(why, count) for why, _, count in notes(work)] == [(Why.CUT, 1)]


def test_dead_links_become_findings_and_unknown_ones_notes(net: Internet, tmp_path: Path) -> None:
    alive, dead = net.page("http://good.example/a"), net.page("http://good.example/b", status=404)
    busy = net.page("http://busy.example/", status=503)
    net.names["home.example"] = ["10.0.0.1"]
    with at_work(tmp_path, facts_from(net.network(), reader=None), DEAD) as work:
        found = judged(
            work,
            line(1, f"see {alive}"),
            line(2, f"see {dead}"),
            line(3, f"see {busy} and http://home.example/"),
            line(4, f"a client says {dead}", direction="inbound"),
            line(5, f"again {dead} and {alive}"),
        )
        assert set(found) == {"p2", "p5"}
        assert dead in found["p2"]
        assert sorted(notes(work)) == [
            (Why.LINKS, "it leads into a private network", 1),
            (Why.LINKS, "its server answered 503", 1),
        ]
    assert sorted(net.asked) == sorted(
        [f"{m} good.example/b" for m in ("HEAD", "GET")] + [f"{m} busy.example/" for m in ("HEAD", "GET")]
        + ["HEAD good.example/a"]
    ), "each link once"  # fmt: skip


@pytest.mark.parametrize("rule", [{"link": {"shorteners": True}}, {"media": {"alt_missing": True}}])
def test_without_a_rule_that_asks_nobody_is_asked(
    net: Internet, tmp_path: Path, rule: dict[str, Any]
) -> None:
    address = net.page("http://good.example/a")
    with at_work(tmp_path, facts_from(net.network(), reader=PictureReader()), rule) as work:
        judged(work, line(1, f"see {address}", media=[{"kind": "image", "url": address}]))
        assert notes(work) == []
    assert (net.asked, net.looked_up) == ([], [])


def test_a_host_that_never_answers_does_not_hold_the_job_up(net: Internet, tmp_path: Path) -> None:
    net.names = {f"s{n}.example": [OTHER] for n in range(40)}
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        net.servers[OTHER] = silent.getsockname()[:2]
        facts = facts_from(net.network(), reader=None, seconds=0.4)
        with at_work(tmp_path, facts, DEAD) as work:
            started = time.monotonic()
            assert judged(work, *(line(n, f"see http://s{n}.example/") for n in range(40))) == {}
            assert time.monotonic() - started < 10, "three batches, each bounded"
            assert sum(count or 0 for _, _, count in notes(work)) == 40


@pytest.mark.skipif(not installed(), reason="the extra is not installed: pip install 'social-oversight[ocr]'")
def test_words_in_a_picture_become_a_finding(net: Internet, tmp_path: Path) -> None:
    bad = net.page("http://good.example/a.png", body=picture("BEST IN TOWN", "since 1990"))
    fine = net.page("http://good.example/b.png", body=picture("Fresh bread"))
    with at_work(tmp_path, facts_from(net.network(), reader=PictureReader()), WORDS) as work:
        media = [{"kind": "image", "url": fine}, {"kind": "image", "url": bad}]
        found = judged(work, line(1, "New!", media=media), line(2, "New!", media=media[:1]))
        assert found == {"p1": "Asks: picture 2 of 2 says “BEST IN TOWN”"}
        assert notes(work) == []


def test_without_the_reader_a_note_says_what_to_install(net: Internet, tmp_path: Path) -> None:
    with at_work(tmp_path, facts_from(net.network(), reader=None), WORDS) as work:
        media = [{"kind": "image", "url": "http://good.example/a.png"}]
        assert judged(work, line(1, "New!", media=media), line(2, "New!", media=media)) == {}
        assert notes(work) == [(Why.PICTURES, NOT_INSTALLED, 2)]
    assert net.asked == []


@pytest.mark.parametrize("there", [True, False])
def test_doctor_says_whether_pictures_can_be_read_where_a_rule_asks(
    tmp_path: Path, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if there and not installed():
        pytest.skip("the extra is not installed")
    if not there:
        monkeypatch.setitem(sys.modules, "rapidocr", None)
    pack(tmp_path / "ours", WORDS)
    make_home(tmp_path, {}, brand_file(accounts=[], policies=["ours/pack.yaml"]))
    (found,) = (one for one in examine(tmp_path, offline=True) if one.what == "pictures")
    assert (found.state is Soundness.OK) is there
    assert ("social-oversight[ocr]" in found.mend) is not there


def test_doctor_says_nothing_of_pictures_where_no_rule_asks(tmp_path: Path) -> None:
    pack(tmp_path / "ours", DEAD)
    make_home(tmp_path, {}, brand_file(accounts=[], policies=["ours/pack.yaml"]))
    assert not [one for one in examine(tmp_path, offline=True) if one.what == "pictures"]


def test_lint_and_explain_ask_only_with_fetch(net: Internet, tmp_path: Path) -> None:
    dead = net.page("http://good.example/b", status=410)
    own = str(pack(tmp_path, DEAD))
    tools = RuleTools(make_facts=lambda: facts_from(net.network(), reader=None))
    quiet = CliRunner().invoke(lint, ["--pack", own], input=f"see {dead}", obj=tools)
    assert (quiet.exit_code, net.asked) == (0, [])
    told = CliRunner().invoke(policy, ["explain", f"see {dead}", "--pack", own], obj=tools)
    assert "skipped" in told.stdout
    assert "nobody has followed the links" in told.stdout
    loud = CliRunner().invoke(lint, ["--pack", own, "--fetch"], input=f"see {dead}", obj=tools)
    assert loud.exit_code == 1
    assert dead in loud.stdout
    told = CliRunner().invoke(policy, ["explain", f"see {dead}", "--pack", own, "--fetch"], obj=tools)
    assert "the link is dead: the page was taken away" in told.stdout
