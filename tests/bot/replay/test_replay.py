"""A replay runs the service's own jobs: what would have reached whom, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from replay_values import (
    CARD,
    MONDAY,
    PHOTO,
    PlainScorer,
    archive,
    brand,
    line,
    minutes,
    of,
    replayed,
)

from bot.queue.embedded import EmbeddedQueue
from bot.replay.events import Event
from bot.replay.stage import live, staged
from bot.sandbox import Edit, Publish, Story, load_story
from bot.settings.home import load_home
from policies.engine import Context, Engine
from policies.model.finding import Finding
from policies.model.post import Post
from policies.scoring import Reading

ORDINARY = [line(f"o{number}", MONDAY + timedelta(hours=5 * number)) for number in range(60)]


def test_a_critical_post_opens_a_case_and_reaches_the_owner_within_a_round_of_pulling(tmp_path: Path) -> None:
    at = MONDAY + minutes(7)
    events = replayed(archive(line("first", MONDAY), line("bad", at, CARD)), tmp_path)
    opened, alert = of(events, "case-opened")[0], of(events, "alert")[0]
    assert (opened.kind, opened.to, opened.external_ids, opened.severity) == (
        "post",
        "agency",
        ("bad",),
        "critical",
    )
    assert (alert.to, alert.case, alert.external_ids) == ("owner", opened.case, ("bad",))
    assert (alert.rule, alert.topic, alert.reason) == (opened.rule, opened.topic, opened.reason)
    assert at <= opened.at <= alert.at <= at + minutes(17)
    assert alert.delay_s == round((alert.at - at).total_seconds())


def test_the_digest_comes_at_its_local_time_each_day_and_names_what_it_shows(tmp_path: Path) -> None:
    told = archive(*ORDINARY, line("bad", MONDAY + timedelta(days=3), PHOTO))
    digests = of(replayed(told, tmp_path), "digest")
    assert [event.at for event in digests] == [
        datetime(2026, 11, 2, 18, tzinfo=UTC) + timedelta(days=number) for number in range(len(digests))
    ]
    assert digests[-1].at >= told.changes[-1].at
    assert {event.to for event in digests} == {"owner"}
    assert digests[3].external_ids[0] == "bad"
    assert digests[3].delay_s is None


def test_the_agency_hears_of_what_waits_for_it_with_the_digest(tmp_path: Path) -> None:
    events = replayed(archive(line("bad", MONDAY, PHOTO)), tmp_path)
    assert [(event.to, event.external_ids) for event in of(events, "notice")][:1] == [("agency", ("bad",))]


@pytest.mark.parametrize(
    "mended",
    [
        {"text": "Cozy up this winter.", "edited_at": MONDAY + minutes(90)},
        {"deleted_at": MONDAY + minutes(90)},
    ],
    ids=["edited", "deleted"],
)
def test_a_fix_is_seen_when_the_file_says_that_it_was_made_and_closes_the_case(
    tmp_path: Path, mended: dict[str, object]
) -> None:
    fix = line("bad", MONDAY, **({"text": PHOTO} | mended))
    events = replayed(archive(line("bad", MONDAY, PHOTO), fix), tmp_path)
    opened, fixed, closed = (of(events, name) for name in ("case-opened", "fix-seen", "case-closed"))
    assert len(opened) == len(fixed) == len(closed) == 1
    assert MONDAY + minutes(90) <= fixed[0].at <= MONDAY + minutes(107)
    assert (fixed[0].case, fixed[0].external_ids, fixed[0].rule) == (opened[0].case, ("bad",), opened[0].rule)


@pytest.mark.parametrize(
    "mended",
    [{"text": "Call us tonight", "edited_at": MONDAY + minutes(90)}, {"deleted_at": MONDAY + minutes(90)}],
    ids=["edited", "deleted"],
)
def test_a_small_fault_that_is_mended_is_a_fix_too(tmp_path: Path, mended: dict[str, object]) -> None:
    small = "See the menu at https://bit.ly/3xYzAbC"
    events = replayed(
        archive(line("bad", MONDAY, small), line("bad", MONDAY, **({"text": small} | mended))), tmp_path
    )
    (fixed,) = of(events, "fix-seen")
    assert (fixed.case, fixed.external_ids, fixed.rule) == (None, ("bad",), "shortened-link")
    assert of(events, "case-opened") == []


def test_the_same_archive_in_any_order_of_lines_gives_the_same_events(tmp_path: Path) -> None:
    lines = [*ORDINARY[:10], line("bad", MONDAY + minutes(7), CARD), line("bad2", MONDAY + minutes(5), PHOTO)]
    assert replayed(archive(*lines), tmp_path) == replayed(archive(*reversed(lines)), tmp_path)


def test_accounts_that_the_settings_do_not_list_are_taken_as_they_come(tmp_path: Path) -> None:
    elsewhere = line("bad", MONDAY, CARD, platform="facebook", account="Crumb Bakery")
    config = brand(accounts=[{"platform": "reddit", "handle": "crumb"}])
    events = replayed(archive(elsewhere, line("fine", MONDAY + timedelta(days=9))), tmp_path, config)
    assert [event.external_ids for event in of(events, "alert")] == [("bad",)]


def test_a_mark_that_nobody_on_the_roster_has_is_asked_about_once(tmp_path: Path) -> None:
    people = [
        {"id": "maya", "name": "Maya", "role": "owner", "email": "maya@example.org"},
        {"id": "tom", "name": "Tom", "role": "agency", "email": "tom@example.org", "marks": ["^TM"]},
    ]
    marks = ["^TM", "^ZQ", "^TM", "^ZQ", "^ZQ"]
    signed = [line(str(n), MONDAY + timedelta(hours=n), f"Fresh bread. {m}") for n, m in enumerate(marks)]
    (asked,) = of(replayed(archive(*signed), tmp_path, brand(people=people)), "case-opened")
    assert (asked.kind, asked.to, asked.external_ids, asked.rule) == ("unknown-signer", "owner", ("1",), None)
    assert "^ZQ" in str(asked.reason)


def test_a_month_runs_few_jobs_and_nothing_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    turns: list[datetime] = []
    with staged(archive(*ORDINARY), brand(), load_home(tmp_path, process={}), (PlainScorer(), None)) as stage:
        list(live(stage, turns.append))
        assert stage.problems == []
        streams = stage.work.store.streams.health("crumb")
    # One for each of the 60 changes, and a few for each of the 14 days; the service itself would tick a million times.
    assert len(turns) < 60 + 14 * 6
    assert all(stream.failing_since is None for stream in streams)


def test_a_job_that_fails_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    class Mute(PlainScorer):
        def read(self, texts: Sequence[str]) -> list[Reading]:
            raise RuntimeError("no voice")

    with staged(archive(*ORDINARY[:3]), brand(), load_home(tmp_path, process={}), (Mute(), None)) as stage:
        events = list(live(stage))
    assert of(events, "digest")
    assert stage.problems[0] == "check of crumb: RuntimeError: no voice"


def test_the_pulls_that_are_left_out_would_have_changed_nothing(tmp_path: Path) -> None:
    fixed = line("bad", MONDAY + minutes(40), "Noted.", edited_at=MONDAY + minutes(300))
    told = archive(*ORDINARY[:4], line("bad", MONDAY + minutes(40), CARD), fixed)
    home = load_home(tmp_path, process={})
    with staged(told, brand(), home, (PlainScorer(), None)) as stage:
        queue = EmbeddedQueue(stage.work.store)  # the service's own, which pulls each quarter of an hour
        ticking = replace(stage, work=replace(stage.work, queue=queue), queue=queue)
        assert list(live(ticking)) == replayed(told, tmp_path)


def lines_of(story: Story) -> list[dict[str, object]]:
    """A story as an archive, under the names that it has for its posts."""
    posts = {post.ref: post for post in story.posts()}
    ends = {event.ref: event.at for event in story.events if not isinstance(event, Publish | Edit)}

    def told(post: Publish, text: str, **more: object) -> dict[str, object]:
        ours = story.brand[post.platform]
        return line(
            post.ref,
            post.at,
            text,
            platform=str(post.platform),
            account=ours,
            thread_id=root(post),
            parent_id=post.parent,
            direction="outbound" if post.author == ours else "inbound",
            author=post.author,
            **({"deleted_at": ends[post.ref]} if post.ref in ends else {}),
            **more,
        )

    def root(post: Publish) -> str:
        return root(posts[post.parent]) if post.parent else post.ref

    edits = [event for event in story.events if isinstance(event, Edit)]
    edited = [told(posts[event.ref], event.text, edited_at=event.at) for event in edits]
    return [told(post, post.text) for post in posts.values()] + edited


def test_the_demo_s_story_reaches_the_owner_as_it_was_written(tmp_path: Path) -> None:
    story = load_story("bakery")
    accounts = [{"platform": str(platform), "handle": handle} for platform, handle in story.brand.items()]
    config = brand(accounts=accounts, time_zone=story.time_zone, policies=["starter"])
    events = replayed(archive(*lines_of(story)), tmp_path, config)
    leak = "cake-promise/4"  # a client's card number in public, deleted within the hour
    opened = {n for e in of(events, "case-opened") if e.kind == "post" for n in e.external_ids}
    assert {leak, "wrong-draft/1"} <= opened <= set(story.expected())
    assert [e.external_ids[0] for e in of(events, "alert") if e.kind == "post"] == [leak]
    assert leak in {event.external_ids[0] for event in of(events, "fix-seen")}
    days = (story.end - story.start).days
    assert days - 1 <= len(of(events, "digest")) <= days + 2


def test_the_line_for_people_says_who_when_and_why(tmp_path: Path) -> None:
    config = brand()
    (alert,) = of(replayed(archive(line("bad", MONDAY, CARD)), tmp_path), "alert")
    shown = alert.line(config.zone)
    assert shown.startswith("Mon 02 Nov 09:00  alert       to the owner: case 1, Urgent, ")
    assert "“Your card" in shown


def test_what_is_unknown_is_null_and_the_key_is_there() -> None:
    told = Event(at=MONDAY, event="digest").json()
    names = "at event kind to case external_ids thread_id rule topic severity question reason delay_s"
    assert list(told) == names.split()
    assert told["at"] == "2026-11-02T09:00:00Z"
    assert told["rule"] is None


def test_what_is_likely_is_told_of_when_it_is_asked_and_not_when_it_lapses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def likely(engine: Engine, posts: Iterable[tuple[Post, Context]]) -> Iterator[list[Finding]]:
        for (post, _), found in zip(posts, check_many(engine, posts), strict=True):
            yield [replace(one, question=True, score=0.5 + int(post.key.external_id) / 20) for one in found]

    check_many = Engine.check_many
    monkeypatch.setattr(Engine, "check_many", likely)
    told = archive(
        *(line(f"{number}", MONDAY + minutes(number), PHOTO) for number in range(3)), *ORDINARY[:6]
    )
    events = replayed(told, tmp_path)
    (opened,) = of(events, "case-opened")
    assert (opened.question, opened.to, opened.external_ids, opened.kind) == (True, "owner", ("2",), "post")
    assert opened.at == datetime(2026, 11, 2, 18, tzinfo=UTC), "with the digest"
    assert not of(events, "case-closed")
    assert not of(events, "notice")
