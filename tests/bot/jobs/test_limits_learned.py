"""The whole way: verdicts on the desk, new limits overnight, the digest says so once, and one press undoes it."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import yaml
from starlette.testclient import TestClient
from watch_stage import Stage, plain, said, staged

from policies.topics import shipped
from storage.schema import judgements

TOPIC = "testimonial-request"
RULE = {"id": "asks-for-reviews", "title": "Asks for a review", "topic": TOPIC, "severity": "breach",
        "why": "Only the owner asks for reviews.", "check": {"means": {"topic": TOPIC, "ask": True}}}  # fmt: skip
ASKS = [
    "Please leave us a five star review on Google!",
    "Would you mind writing a few words about us on Tripadvisor?",
    "If you liked the cake, rate us and tell the world on Yelp.",
    "Leave us a review on Google, here is the link.",
    "Please rate us five stars on our page.",
    "Please write us a review, it takes a minute.",
    "Loved it? Please leave a review on Facebook!",
    "Leave us five stars on Google, it means the world.",
    "Please post a review of our bread on Yelp.",
    "Please leave a five star review for our rye on Google!",
    "Please give us a five star review on Facebook!",
    "Please leave us a nice review on Tripadvisor!",
]
LATER = "Please leave us another five star review on Google!"


def owned(folder: Path) -> Path:
    (folder / "mine").mkdir()
    (folder / "mine" / "pack.yaml").write_text(yaml.safe_dump({"rules": [RULE]}), encoding="utf-8")
    return folder


def sleep(stage: Stage, hours: float) -> None:
    """Let time pass in larger steps than minutes."""
    for _ in range(round(3 * hours)):
        stage.box.clock.advance(timedelta(minutes=20))
        stage.scheduler.run_due(stage.box.clock.now())


def press(stage: Stage, client: TestClient, path: str, **filled: str) -> str:
    """Fill the form on a page and send it; where it led."""
    page = client.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    form = {name: html.unescape(value) for name, value in hidden.items()} | filled
    ours = {"Origin": stage.home.service.base_url, "Sec-Fetch-Site": "same-origin"}
    done = client.post(path, data=form, headers=ours)
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


def digests(stage: Stage) -> list[EmailMessage]:
    return [one for one in stage.mails(but="nothing at all") if "WHAT YOUR ANSWERS CHANGED" in plain(one)]


def judged_by(stage: Stage) -> list[str]:
    with stage.work.store.database.read() as conn:
        return list(conn.scalars(judgements.select().with_only_columns(judgements.c.policy_version)))


def test_seven_of_nine_were_fine_so_it_is_asked_the_digest_says_so_and_undo_undoes(tmp_path: Path) -> None:
    asks = [said(f"ask{n}", 6 + n, text, author="examplebrand") for n, text in enumerate(ASKS)]
    later = said("later", 60 * 36, LATER, author="examplebrand")
    with staged(owned(tmp_path), *asks, later, real=True, policies=["mine"]) as stage:
        stage.live(timedelta(minutes=35))
        numbers = sorted(view.case.id for view in stage.cases() if not view.case.unsaid)[:9]
        assert len(numbers) == 9, "said, not asked"
        client, desk = stage.page()
        for place, number in enumerate(numbers):
            action = "uphold" if place < 2 else "false_alarm"
            press(stage, client, f"{desk}/case/{number}", action=action, note="")
        sleep(stage, 1)
        assert stage.work.store.limits.in_force("example") == {}, "not before tomorrow"
        sleep(stage, 47)
        own = stage.work.store.limits.in_force("example")[TOPIC]
        assert own.said > shipped().limits_of(TOPIC).said
        assert own.asked > shipped().limits_of(TOPIC).asked
        assert len(set(judged_by(stage))) == 2, "what was judged later names the limits"
        (mail,) = digests(stage)
        text = plain(mail)
        assert "Asks for a review" in text
        assert "7 of 9 were fine" in text
        body = mail.get_body(("html",))
        assert body is not None
        (address,) = set(re.findall(r'href="(http[^"]+/l/[^"?]+\?to=limits)"', str(body.get_content())))
        entered = client.get(address)
        assert entered.headers["location"] == f"{desk}/limits"
        page = client.get(f"{desk}/limits").text
        assert "Asks for a review" in page
        (number,) = re.findall(r'name="change" value="(\d+)"', page)
        assert press(stage, client, f"{desk}/limits", change=number) == f"{desk}/limits?undone=1"
        assert stage.work.store.limits.in_force("example") == {}
        assert "taken back" in client.get(f"{desk}/limits").text
        press(stage, client, f"{desk}/limits", change=number)
        assert stage.work.store.limits.in_force("example") == {}, "an old form does nothing"
        sleep(stage, 26)
        assert stage.work.store.limits.in_force("example") == {}, "it stays so until there are new verdicts"
        assert len(digests(stage)) == 1, "once"
