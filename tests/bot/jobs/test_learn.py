"""Verdicts become examples in the brand's file: whole, once, and never over something that is not ours."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs import learn as learn_job
from bot.jobs.learn import learn, write_lessons
from bot.jobs.work import Work
from bot.queue.port import Job, Subject
from bot.schedule import Scheduler
from bot.settings.home import learned_file
from bot.wiring import engine_for, utc_now
from policies.learned import read_lessons
from policies.model.cases.flagged import FlaggedAction
from policies.model.finding import Finding, Severity
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.people import Person, Role
from policies.model.post import Direction, Kind, Post
from storage.views import Judgement

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
OWN = StreamKey(account=AccountKey(platform="x", handle="examplebrand"), stream="own")
OLIVE = Person(id="owner", name="Olive", role=Role.OWNER)


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    home = make_home(tmp_path, {}, brand_file(policies=["starter"]))
    with working(home, lambda: NOW, channel=KeptMail()) as opened:
        yield opened


def decide(
    work: Work,
    number: int,
    action: FlaggedAction = FlaggedAction.FALSE_ALARM,
    text: str = "Oh damn: “so” good 🥐",
) -> int:
    """A post that was flagged, and the owner's verdict on it; the number of the case."""
    key = PostKey(platform="x", account="examplebrand", external_id=str(number))
    item = Post(key=key, thread_id=str(number), parent_id=None, direction=Direction.OUTBOUND, kind=Kind.POST,
                author="examplebrand", created_at=NOW, text=text)  # fmt: skip
    work.store.posts.save("example", OWN, [item], cursor={}, now=NOW)
    found = Finding(rule="swear-words", title="Swears", topic="manners", severity=Severity.BREACH, message="m",
                    why="w", suggest=None, policy="starter", policy_version="1", post=key, matched="damn")  # fmt: skip
    judgement = Judgement(post=key, revision=1, policy_version="p", scorer_version="s", findings=(found,))
    (case,) = work.store.judgements.record("example", [judgement], now=NOW).opened
    work.store.cases.act("example", case, action, person=OLIVE, note="", now=NOW, remember=True)
    return case


def file_of(work: Work) -> Path:
    return learned_file(work.home, "example")


def test_a_verdict_ends_in_the_file_by_itself(work: Work) -> None:
    scheduler = Scheduler(work)
    scheduler.plan(NOW)
    scheduler.run_due(NOW)
    assert not file_of(work).parent.exists(), "nothing is made before there is something to keep"
    case = decide(work, 1)
    work.queue.wake(Job(name="learn", subject=Subject(brand="example")), at=NOW)
    scheduler.run_due(NOW)
    (lesson,) = read_lessons(file_of(work))
    assert (lesson.rule, lesson.sort, lesson.case) == ("swear-words", "ok", case)
    assert (lesson.decided_at, lesson.decided_by) == (NOW, "owner")
    assert lesson.example.text == "Oh damn: “so” good 🥐"
    assert stat.S_IMODE(file_of(work).stat().st_mode) == 0o600


def test_a_verdict_that_nobody_woke_the_job_for_is_written_within_the_hour(work: Work) -> None:
    scheduler = Scheduler(work)
    scheduler.plan(NOW)
    scheduler.run_due(NOW)
    decide(work, 1)
    scheduler.run_due(NOW + timedelta(hours=1))
    assert len(read_lessons(file_of(work))) == 1


def test_writing_again_changes_nothing_and_a_drop_takes_it_out(work: Work) -> None:
    cases = [decide(work, number) for number in (1, 2)]
    learn(work, "example", NOW)
    before = file_of(work).stat()
    learn(work, "example", NOW + timedelta(days=1))
    assert file_of(work).stat().st_ino == before.st_ino
    work.store.examples.drop("example", cases[0], actor="operator", now=NOW)
    learn(work, "example", NOW)
    assert [lesson.case for lesson in read_lessons(file_of(work))] == cases[1:]


@pytest.mark.parametrize(
    "content", [b"", b"rules: []\n", b"\xff\xfe garbage", b"learned: [", b"notes of mine\n"]
)
def test_what_is_not_ours_is_put_aside_and_the_rules_load(work: Work, content: bytes) -> None:
    decide(work, 1)
    file_of(work).parent.mkdir()
    file_of(work).write_bytes(content)
    engine_for(work.brands["example"], work.home)
    assert learn(work, "example", NOW).error is None
    (aside,) = file_of(work).parent.glob("*.unreadable-*")
    assert aside.read_bytes() == content
    assert len(read_lessons(file_of(work))) == 1


def test_a_folder_that_cannot_be_written_is_said_and_tried_again(work: Work) -> None:
    decide(work, 1)
    file_of(work).parent.write_text("in the way")
    done = learn(work, "example", NOW)
    assert "rules-learned" in (done.error or "")
    assert done.next_due_at > NOW
    file_of(work).parent.unlink()
    assert learn(work, "example", NOW).error is None
    assert len(read_lessons(file_of(work))) == 1


def test_a_file_that_is_full_stays_as_it_is(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(work, 1)
    learn(work, "example", NOW)
    before = file_of(work).read_bytes()
    decide(work, 2)
    monkeypatch.setattr(learn_job, "MAX_BYTES", len(before) + 10)
    assert "--drop" in (learn(work, "example", NOW).error or "")
    assert file_of(work).read_bytes() == before


def test_a_kill_at_any_moment_leaves_a_whole_file_and_the_next_run_completes_it(work: Work) -> None:
    for number in range(3):
        decide(work, number, text="damn " * 1_500)
    learn(work, "example", NOW)
    work.store.examples.drop("example", 1, actor="operator", now=NOW)
    path = file_of(work)
    steps = ("open", "fsync", "replace")
    for step in steps:
        child = os.fork()
        if child == 0:
            _die_at(step)
            write_lessons(work.store, "example", path, now=NOW)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        assert len(read_lessons(path)) == 3, "the file before, whole"
    assert write_lessons(work.store, "example", path, now=NOW)
    assert [lesson.case for lesson in read_lessons(path)] == [2, 3]
    assert list(path.parent.iterdir()) == [path]


def _die_at(step: str) -> None:
    """Make this process end, as by kill -9, right when it is about to take a step of writing."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if step == "replace":
        Path.replace = die  # type: ignore[method-assign,assignment]
    elif step == "fsync":
        os.fsync = die  # type: ignore[assignment]
    else:
        os.fdopen = die  # type: ignore[assignment]


def test_many_writers_at_once_leave_what_the_store_says(work: Work) -> None:
    for number in range(5):
        decide(work, number)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: learn(work, "example", utc_now()), range(24)))
    assert len(read_lessons(file_of(work))) == 5
    assert list(file_of(work).parent.iterdir()) == [file_of(work)]
